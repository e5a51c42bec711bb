"""h_g: what the genetic network makes of everybody's allele counts, for the models that read it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.tables import number_columns
from cgni.classification.features import FeatureTables
from cgni.classification.fitters.network_model import NetworkModel
from cgni.fold_data.people import FoldData

COLUMN = "hidden"


def extract_hidden(checkpoint: Mapping[str, Any], tables: FeatureTables) -> pd.DataFrame:
    """Last hidden layer of a fitted network: fold, participant_id, hidden_0 ... (float32).

    Parameters
    ----------
    checkpoint
        What `folds.ClassifierFits` wrote for a model of the fitter `network`.
    """
    models = [NetworkModel.restore(checkpoint[f"fold{fold}"]["model"]) for fold in tables.study.folds()]
    return hidden_layers(models, checkpoint["fold0"]["features"], tables)


def hidden_layers(models: Sequence[NetworkModel], features: Sequence[str], tables: FeatureTables) -> pd.DataFrame:
    """The same of each fold's fitted network, whose inputs are `features`."""
    parts = []
    for fold, model in enumerate(models):
        data = tables.study.fold_data(fold)
        parts.append(_layer(model.hidden(tables.inputs(features, data, fold, [])), data, fold))
    return pd.concat(parts, ignore_index=True)


def _layer(values: np.ndarray, data: FoldData, fold: int) -> pd.DataFrame:
    people = pd.DataFrame({"fold": np.full(len(values), fold), "participant_id": data.ids})
    return pd.concat([people, pd.DataFrame(values, columns=number_columns(COLUMN, values.shape[1]))], axis=1)
