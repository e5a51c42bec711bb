"""Apply every fold's classifier of every model to the holdout: the only place where that happens."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cgni.classification.features import FeatureTables, Table
from cgni.classification.fitters.restore import restore
from cgni.classification.folds import answers
from cgni.classification.spec import ModelSpec
from cgni.fold_data.tables import StudyTables


def predict_holdout(
    models: Sequence[ModelSpec],
    checkpoints: Mapping[str, Mapping[str, Any]],
    study: StudyTables,
    embeddings: Mapping[str, str],
    hidden: Table,
) -> pd.DataFrame:
    """Predictions of the labelled people of the holdout (`schemas.holdout_schema`), by fold and model.

    Parameters
    ----------
    checkpoints
        What `folds.ClassifierFits` wrote, by model name.
    embeddings
        Path of the embeddings by the encoders' name.
    hidden
        Last hidden layer of the genetic network; None when no model reads it.
    """
    parts = []
    for fold in study.folds():
        data = study.fold_data(fold)
        rows = data.rows("holdout")
        for spec in models:
            own = checkpoints[spec.name][f"fold{fold}"]
            tables = FeatureTables(study, embeddings.get(spec.encoders), hidden)
            x = tables.inputs(own["features"], data, fold, own["site_levels"])
            people = {"model": spec.name, "fold": fold, "participant_id": data.ids[rows]}
            parts.append(pd.DataFrame({**people, **answers(data, rows, restore(own).predict(x[rows]))}))
    return pd.concat(parts, ignore_index=True)
