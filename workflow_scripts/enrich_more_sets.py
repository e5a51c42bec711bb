"""Sets of a further file that are over-represented among the genes of the called SNPs."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.base.files import write_json
from cgni.base.tables import read_table
from cgni.enrichment.own_annotation import load_annotation, refuse_untested
from cgni.enrichment.schemas import TERMS
from cgni.enrichment.settings import EnrichmentSettings
from cgni.enrichment.study import Called, enrich_study

inputs, settings = snakemake.input, job.section(EnrichmentSettings).changed(engine="offline", sources=("GMT",))
null, snp_genes = [read_table(path) for path in inputs.null], read_table(inputs.snp_genes)
annotation = load_annotation(Path(inputs.go[0]).parent, gmt=inputs.gmt)
refuse_untested(annotation, snp_genes["gene_id"])
called = Called(read_table(inputs.contributions), null, job.value("contributions.rule"))
terms, request = enrich_study(called, snp_genes, annotation, settings)
job.write(terms, snakemake.output.terms, TERMS)
write_json(request, snakemake.output.request)
