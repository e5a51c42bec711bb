"""Choose the loss subset from validation scores alone."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

from workflow_scripts.cgni.files import write_json
from workflow_scripts.cgni.tables import read_table
from workflow_scripts.cgni.training.selection import choose_terms

tables = {terms: read_table(path) for terms, path in zip(job.cfg["terms"], snakemake.input.predictions, strict=True)}
write_json(choose_terms(tables), snakemake.output.selection)
