"""Apply every fold's classifier of every model to the labelled people of the holdout, once, after selection."""

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.base.tables import write_table
from cgni.networks.checkpoint import load_checkpoint
from cgni.classification.classifiers import probabilities
from cgni.networks.device import prepare_torch
from cgni.classification.inputs import StudyTables, classifier_inputs
from cgni.classification.schemas import HOLDOUT

prepare_torch(0, snakemake.threads)  # nothing is drawn at random here
inputs, models = snakemake.input, job.cfg["models"]
tables = StudyTables(inputs.features, inputs.fills, inputs.genotypes, inputs.participants, inputs.splits)
checkpoints = {model: load_checkpoint(path) for model, path in zip(models, inputs.models, strict=True)}
embeddings = {f"cgni_{terms}": path for terms, path in zip(job.cfg["terms"], inputs.embeddings, strict=True)}
parts = []
for fold in tables.folds():
    data = tables.fold_data(fold)
    rows = data.rows("holdout")
    for model, checkpoint in checkpoints.items():
        fitted = checkpoint[f"fold{fold}"]
        extra = {"embeddings": embeddings.get(model), "hidden": inputs.get("hidden")}
        x = classifier_inputs(fitted["features"], data, fold, tables, extra, fitted["site_levels"])
        parts.append(
            pd.DataFrame(
                {
                    "model": model,
                    "fold": fold,
                    "participant_id": data.ids[rows],
                    "label": data.labels[rows],
                    "probability": probabilities(fitted, x[rows]),
                }
            )
        )
write_table(pd.concat(parts, ignore_index=True), snakemake.output.holdout, HOLDOUT, job.provenance())
