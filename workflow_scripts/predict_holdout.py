"""Apply every fold's classifier of every model to the labelled people of the holdout, once, after selection."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.classification.holdout import predict_holdout
from cgni.classification.schemas import HOLDOUT
from cgni.classification.spec import ModelSpec
from cgni.fold_data.tables import StudyTables
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.device import prepare_torch

prepare_torch(0, snakemake.threads)  # nothing is drawn at random here
inputs, models = snakemake.input, [ModelSpec.of(params) for params in job.value("models")]
checkpoints = {spec.name: load_checkpoint(path) for spec, path in zip(models, inputs.models, strict=True)}
embeddings = dict(zip(job.value("encoders"), inputs.embeddings, strict=True))
tables = StudyTables.of(dict(inputs.items()))
table = predict_holdout(models, checkpoints, tables, embeddings, inputs.get("hidden"))
job.write(table, snakemake.output.holdout, HOLDOUT)
