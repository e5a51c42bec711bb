"""Choose the loss subset from validation scores alone."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import write_json
from cgni.base.tables import read_table
from cgni.classification.selection import choose_terms
from cgni.contrastive.terms import encoder_spec

specs = [encoder_spec(terms) for terms in job.value("encoders").values()]
tables = {spec: read_table(path) for spec, path in zip(specs, snakemake.input.predictions, strict=True)}
write_json(choose_terms(tables), snakemake.output.selection)
