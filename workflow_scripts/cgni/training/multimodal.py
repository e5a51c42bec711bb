"""The people of a fold with their features, allele counts and labels, in one place."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workflow_scripts.cgni.cohort.roles import fold_people
from workflow_scripts.cgni.genetics.matrix import load_genotypes

UNLABELLED = -1


@dataclass(frozen=True)
class FoldData:
    """People with both modalities, sorted by id.

    Attributes
    ----------
    ids : participant ids.
    part : fit, monitor, validation or holdout.
    labels : 0 low, 1 high, -1 neither.
    h : float32 [people, features] of the fold's network.
    counts : float32 [people, SNPs], missing ones filled with the fold's values.
    variants : ids of the SNPs.
    """

    ids: pd.Index
    part: np.ndarray
    labels: np.ndarray
    h: np.ndarray
    counts: np.ndarray
    variants: list[str]

    def rows(self, *parts: str, labelled: bool = True) -> np.ndarray:
        """Row numbers of the people of `parts`, with a label unless told otherwise."""
        chosen = np.isin(self.part, parts)
        return np.flatnonzero(chosen & (self.labels != UNLABELLED) if labelled else chosen)


def assemble_fold(
    features: pd.DataFrame,
    genotypes: pd.DataFrame,
    fill: pd.DataFrame,
    participants: pd.DataFrame,
    splits: pd.DataFrame,
    fold: int,
) -> FoldData:
    """Join the tables of one fold; every table must be that fold's own."""
    ids = pd.Index(features["participant_id"]).intersection(pd.Index(genotypes["participant_id"])).sort_values()
    counts, variants = load_genotypes(genotypes, fill, ids)
    labels = participants.set_index("participant_id")["wm_group"].reindex(ids)
    h = features.set_index("participant_id").loc[ids].to_numpy(np.float32)
    return FoldData(
        ids=ids,
        part=fold_parts(splits, fold, ids),
        labels=labels.fillna(UNLABELLED).to_numpy(np.int64),
        h=h,
        counts=counts,
        variants=variants,
    )


def fold_parts(splits: pd.DataFrame, fold: int, ids: pd.Index) -> np.ndarray:
    """The part (fit, monitor, validation, holdout) of each of `ids` in a fold."""
    people = fold_people(splits, fold)
    part = pd.Series("", index=ids, dtype=object)
    for name in ("fit", "monitor", "validation", "holdout"):
        part[ids.isin(getattr(people, name))] = name
    return part.to_numpy()


def fit_rows(data: FoldData, fit_on: str) -> np.ndarray:
    """Rows of labelled people to fit on: `fit`, `monitor`, or `training` (both)."""
    return data.rows(*(("fit", "monitor") if fit_on == "training" else (fit_on,)))


def watch_rows(data: FoldData, fit_on: str) -> np.ndarray | None:
    """Rows of labelled people who watch a fit, or None when they are themselves fitted on."""
    return data.rows("monitor") if fit_on == "fit" else None
