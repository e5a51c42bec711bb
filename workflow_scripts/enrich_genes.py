"""GO terms over-represented among the genes of the called SNPs, per component and together."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.base.files import write_json
from cgni.base.tables import read_table
from cgni.enrichment.own_annotation import load_annotation
from cgni.enrichment.schemas import TERMS
from cgni.enrichment.settings import EnrichmentSettings
from cgni.enrichment.study import Called, enrich_study

inputs = snakemake.input
own = {name: inputs.get(name) for name in ("gmt", "obo", "gaf")}
null = [read_table(path) for path in inputs.null]
terms, request = enrich_study(
    Called(read_table(inputs.contributions), null, job.value("contributions.rule")),
    read_table(inputs.snp_genes),
    load_annotation(Path(inputs.go[0]).parent, **own),
    job.section(EnrichmentSettings),
    cache=Path(snakemake.output.request).parent / "gprofiler_cache",
)
job.write(terms, snakemake.output.terms, TERMS)
write_json(request, snakemake.output.request)
