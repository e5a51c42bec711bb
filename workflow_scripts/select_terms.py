"""Choose the loss subset from validation scores alone."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import write_json
from cgni.base.tables import read_table
from cgni.classification.selection import choose_terms

tables = {terms: read_table(path) for terms, path in zip(job.cfg["terms"], snakemake.input.predictions, strict=True)}
write_json(choose_terms(tables), snakemake.output.selection)
