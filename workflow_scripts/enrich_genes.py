"""GO terms over-represented among the genes of the called SNPs, per component and together."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.enrichment.ontology import load_snapshot
from cgni.enrichment.own_annotation import with_gmt, with_obo
from cgni.enrichment.schemas import TERMS
from cgni.enrichment.study import enrich_study
from cgni.base.files import write_json
from cgni.base.tables import read_table, write_table

cfg, inputs = job.cfg["enrichment"], snakemake.input
ontology = load_snapshot(Path(inputs.go[0]).parent)
if inputs.get("gmt"):
    ontology = with_gmt(ontology, inputs.gmt)
elif inputs.get("obo"):
    ontology = with_obo(ontology, inputs.obo, inputs.gaf)
cache = Path(snakemake.output.request).parent / "gprofiler_cache"
terms, request = enrich_study(read_table(inputs.contributions), read_table(inputs.snp_genes), ontology, cfg, cache)
write_table(terms, snakemake.output.terms, TERMS, job.provenance())
write_json(request, snakemake.output.request)
