"""GO terms over-represented among the genes of the called SNPs, per component and together."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

from pathlib import Path

from workflow_scripts.cgni.enrichment.ontology import load_snapshot
from workflow_scripts.cgni.enrichment.schemas import TERMS
from workflow_scripts.cgni.enrichment.study import enrich_study
from workflow_scripts.cgni.files import write_json
from workflow_scripts.cgni.tables import read_table, write_table

terms, request = enrich_study(
    read_table(snakemake.input.contributions),
    read_table(snakemake.input.snp_genes),
    load_snapshot(Path(snakemake.input.go[0]).parent),
    job.cfg["enrichment"],
)
write_table(terms, snakemake.output.terms, TERMS, job.provenance())
write_json(request, snakemake.output.request)
