"""What each classifier of Table 1 looks at, for the same people in the same order."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from workflow_scripts.cgni.cohort.confounds import confound_columns, site_levels
from workflow_scripts.cgni.tables import read_table
from workflow_scripts.cgni.training.multimodal import FoldData, assemble_fold


class StudyTables:
    """The tables that classifiers read, opened once; `fold_data` joins those of one fold."""

    def __init__(self, features: list[str], fills: list[str], genotypes: str, participants: str, splits: str) -> None:
        self.features, self.fills = features, fills
        self.genotypes, self.participants = read_table(genotypes), read_table(participants)
        self.splits = read_table(splits)

    def folds(self) -> range:
        """The folds."""
        return range(len(self.features))

    def fold_data(self, fold: int) -> FoldData:
        """People with both modalities, with the fold's own features and fill values."""
        return assemble_fold(
            read_table(self.features[fold]), self.genotypes, read_table(self.fills[fold]),
            self.participants, self.splits, fold,
        )  # fmt: skip


def classifier_inputs(
    model: str,
    data: FoldData,
    fold: int,
    tables: StudyTables,
    features: list[str],
    extra: Mapping[str, Path],
    levels: list[str],
) -> np.ndarray:
    """Inputs float32 [people of `data`, columns] of a classifier in a fold.

    Parameters
    ----------
    model
        Name of the model.
    features
        For the proposed model: which of zg, zv and h.
    extra
        `embeddings` (of the model's loss subset) and `hidden` (h_g of the genetic network), where needed.
    levels
        Sites of the fit people, for the confound baseline.
    """
    if model == "confounds":
        return confound_columns(tables.participants, data.ids, levels).to_numpy(np.float32)
    if model == "genetic_nn":
        return data.counts
    if model == "imaging_cnn":
        return data.h
    if model.startswith("imaging_genetic"):
        return np.hstack([data.h, _fold_rows(extra["hidden"], fold, data.ids, "hg_")])
    parts = {
        "h": lambda: data.h,
        **{p: lambda p=p: _fold_rows(extra["embeddings"], fold, data.ids, f"{p}_") for p in ("zg", "zv")},
    }
    return np.hstack([parts[name]() for name in features])


def fit_site_levels(tables: StudyTables, data: FoldData, rows: np.ndarray) -> list[str]:
    """Sites of the people that a classifier is fitted on."""
    return site_levels(tables.participants, data.ids[rows])


def _fold_rows(path: Path, fold: int, ids: pd.Index, prefix: str) -> np.ndarray:
    table = read_table(path)
    own = table[table["fold"] == fold].set_index("participant_id")
    return own.loc[ids, [name for name in own.columns if name.startswith(prefix)]].to_numpy(np.float32)
