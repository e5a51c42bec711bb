"""One model of Table 1 in every fold, and its predictions for development people."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

import numpy as np
import pandas as pd

from workflow_scripts.cgni.seeds import derive_seed
from workflow_scripts.cgni.tables import number_columns, write_table
from workflow_scripts.cgni.training import multimodal_schemas as schemas
from workflow_scripts.cgni.training.checkpoint import load_checkpoint, save_folds
from workflow_scripts.cgni.training.classifier_fits import fit_classifier
from workflow_scripts.cgni.training.classifiers import hidden_features, probabilities
from workflow_scripts.cgni.training.device import prepare_torch
from workflow_scripts.cgni.training.model_inputs import StudyTables, classifier_inputs, fit_site_levels
from workflow_scripts.cgni.training.multimodal import fit_rows, watch_rows

inputs, cfg = snakemake.input, job.cfg["classification"]
model = snakemake.wildcards.get("model", "genetic_nn")
heads_on = job.cfg["people"]["heads_on"]
seed = derive_seed(job.cfg["seed"], "classification", "cgni" if model.startswith("cgni") else model)
prepare_torch(seed, snakemake.threads)
tables = StudyTables(inputs.features, inputs.fills, inputs.genotypes, inputs.participants, inputs.splits)
checkpoint, predictions, curves, hidden, used = {}, [], [], [], []
for fold in tables.folds():
    data = tables.fold_data(fold)
    fit, watched = fit_rows(data, heads_on), watch_rows(data, heads_on)
    levels = fit_site_levels(tables, data, fit)
    features = cfg.get("proposed", {}).get("features", [])
    x = classifier_inputs(model, data, fold, tables, features, dict(inputs.items()), levels)
    cnn = load_checkpoint(inputs.networks[fold])["state"] if model == "imaging_cnn" else None
    fitted, curve = fit_classifier(model, x, data.labels, fit, watched, cfg, derive_seed(seed, fold), cnn)
    checkpoint[f"fold{fold}"] = {**fitted, "site_levels": levels}
    curves += [{"fold": fold, **row} for row in curve]
    rows = data.rows("fit", "monitor", "validation")
    predictions.append(
        pd.DataFrame(
            {
                "fold": fold,
                "participant_id": data.ids[rows],
                "part": data.part[rows],
                "label": data.labels[rows],
                "probability": probabilities(fitted, x[rows]),
            }
        )
    )
    own = [] if model == "imaging_cnn" else [(row, "fit") for row in fit]
    own += [] if watched is None or model in ("imaging_cnn", "confounds") else [(row, "monitor") for row in watched]
    used += [(fold, data.ids[row], use) for row, use in own]
    if model == "genetic_nn":
        values = hidden_features(fitted, x)
        names = number_columns("hg", values.shape[1])
        people = pd.DataFrame({"fold": np.full(len(x), fold), "participant_id": data.ids})
        hidden.append(pd.concat([people, pd.DataFrame(values, columns=names)], axis=1))

provenance = job.provenance()
save_folds(checkpoint, snakemake.output.model)
write_table(pd.concat(predictions, ignore_index=True), snakemake.output.predictions, schemas.PREDICTIONS, provenance)
curve = pd.DataFrame(curves, columns=schemas.FOLD_CURVE.names)
write_table(curve, snakemake.output.curve, schemas.FOLD_CURVE, provenance)
lineage = pd.DataFrame(used, columns=schemas.FOLD_LINEAGE.names)
write_table(lineage, snakemake.output.lineage, schemas.FOLD_LINEAGE, provenance)
if hidden:
    table = pd.concat(hidden, ignore_index=True)
    write_table(table, snakemake.output.features, schemas.hidden_schema(table.shape[1] - 2), provenance)
