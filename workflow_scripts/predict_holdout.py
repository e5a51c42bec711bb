"""Apply every fold's classifier of every model to the labelled people of the holdout, once, after selection."""

from cgni.workflow.job import start

job = start(snakemake)

import logging

from cgni.classification.holdout import predict_holdout
from cgni.classification.ledger import ledger_entry, record_look
from cgni.classification.schemas import PREDICTED, holdout_schema
from cgni.classification.spec import ModelSpec
from cgni.cohort.settings import ConfoundSettings
from cgni.fold_data.tables import StudyTables
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.device import prepare_torch

prepare_torch(0, snakemake.threads)  # nothing is drawn at random here
inputs, models = snakemake.input, [ModelSpec.of(params) for params in job.value("models")]
fitted = {spec.name: path for spec, path in zip(models, inputs.models, strict=True)}
checkpoints = {name: load_checkpoint(path) for name, path in fitted.items()}
embeddings = dict(zip(job.value("encoders"), inputs.embeddings, strict=True))
tables = StudyTables.of(dict(inputs.items()), job.section(ConfoundSettings))
table = predict_holdout(models, checkpoints, tables, embeddings, inputs.get("hidden"))
looks = record_look(snakemake.params.ledger, ledger_entry(job.config, fitted, table["participant_id"]))
logging.info("%d sets of models have scored the holdout, %d of them these people", *looks)
job.write(table, snakemake.output.holdout, holdout_schema(PREDICTED in table))
