"""How far each model's out-of-fold predictions follow the confounds beyond the label."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.audit.confounds import audit_confounds
from cgni.audit.schemas import CONFOUND_SHARES, CONFOUNDS
from cgni.base.tables import read_table

models, paths = job.value("models"), snakemake.input.predictions
predictions = {model: read_table(path) for model, path in zip(models, paths, strict=True)}
confounds, shares = audit_confounds(predictions, read_table(snakemake.input.participants), job.seed)
job.write(confounds, snakemake.output.confounds, CONFOUNDS)
job.write(shares, snakemake.output.shares, CONFOUND_SHARES)
