"""What each classifier of Table 1 looks at, for the same people in the same order."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from cgni.cohort.confounds import confound_columns, site_levels
from cgni.base.tables import read_table
from cgni.fold_data.people import FoldData, assemble_fold

_OWN_FEATURES = {"genetic_nn": ("counts",), "genetic_linear": ("counts",), "imaging_cnn": ("h",),
                 "imaging_genetic_svm": ("h", "hg"), "imaging_genetic_nn": ("h", "hg"),
                 "confounds": ("confounds",)}  # fmt: skip


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


def model_features(model: str, classification: Mapping[str, Any]) -> tuple[str, ...]:
    """Feature sets of a model, in the order of its columns: zg, zv, h, hg, counts, confounds.

    Parameters
    ----------
    model
        Name of the model; `head_h_hg` is the proposed model's head on h_v and h_g.
    classification
        `proposed.features` and `finetune_encoder`, for the proposed models: where the genetic
        encoder is trained along, allele counts stand in the place of z_g, first.
    """
    if model in _OWN_FEATURES:
        return _OWN_FEATURES[model]
    if model.startswith("head_"):
        return tuple(model.split("_")[1:])
    features = tuple(classification["proposed"]["features"])
    if classification["finetune_encoder"] and "zg" in features:
        return ("counts", *(name for name in features if name != "zg"))
    return features


def classifier_inputs(
    features: Sequence[str],
    data: FoldData,
    fold: int,
    tables: StudyTables,
    extra: Mapping[str, str | Path | pd.DataFrame | None],
    levels: list[str],
) -> np.ndarray:
    """Inputs float32 [people of `data`, columns] of a classifier in a fold.

    Parameters
    ----------
    features
        Feature sets (`model_features`).
    extra
        `embeddings` (of the model's loss subset) and `hidden` (h_g of the genetic network), where
        needed, as a table or its path.
    levels
        Sites of the fit people, for the confound baseline.
    """

    def columns(name: str) -> np.ndarray:
        if name == "confounds":
            return confound_columns(tables.participants, data.ids, levels).to_numpy(np.float32)
        if name in ("h", "counts"):
            return data.h if name == "h" else data.counts
        return _fold_rows(extra["hidden" if name == "hg" else "embeddings"], fold, data.ids, f"{name}_")

    return np.hstack([columns(name) for name in features])


def fit_site_levels(tables: StudyTables, data: FoldData, rows: np.ndarray) -> list[str]:
    """Sites of the people that a classifier is fitted on."""
    return site_levels(tables.participants, data.ids[rows])


def _fold_rows(source: str | Path | pd.DataFrame | None, fold: int, ids: pd.Index, prefix: str) -> np.ndarray:
    """The fold's rows of a numbered table, of `ids`, its columns that begin with `prefix`."""
    if source is None:
        raise ValueError(f"no table given for the columns {prefix}0 ...")
    if isinstance(source, pd.DataFrame):
        own = source[source["fold"] == fold]
    else:
        # one fold and one modality at a time: the tables of 40,000 people do not fit together
        names = [name for name in pq.read_schema(source).names if name.startswith(prefix)]
        own = pq.read_table(source, columns=["participant_id", *names], filters=[("fold", "==", fold)]).to_pandas()
    own = own.set_index("participant_id")
    return own.loc[ids, [name for name in own.columns if name.startswith(prefix)]].to_numpy(np.float32)
