"""Which imaged people a fold's networks are fitted on, watched with and scored on."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cgni.cohort.roles import fold_people
from cgni.imaging.store import GmStore
from cgni.pretraining.fit import People


def passing_people(qc: pd.DataFrame) -> pd.Index:
    """Ids of everybody whose packed map passed quality control."""
    return pd.Index(qc.loc[qc["passed"], "participant_id"])


def known_values(participants: pd.DataFrame, column: str, ids: pd.Index) -> pd.Series:
    """`column` of those of `ids` for whom it is known, indexed by participant_id, sorted."""
    values = participants.set_index("participant_id")[column].reindex(ids).dropna()
    return values.sort_index()


def fold_groups(splits: pd.DataFrame, fold: int, fit_on: str, values: pd.Series) -> dict[str, pd.Series]:
    """The people of `values` in a fold's parts fit, monitor and validation.

    Holdout people are in none of them, and families never straddle parts. With
    `fit_on="training"` the monitor people are fitted on and nobody watches. `fit_on="everybody"`
    fits on holdout and validation people too (study B5): the lineage audit calls that a leak.

    Parameters
    ----------
    values
        What is learned (age, class) for everybody usable, indexed by participant_id.
    """
    people = fold_people(splits, fold)
    parts = {"fit": people.fit, "monitor": people.monitor, "validation": people.validation}
    if fit_on == "training":
        parts = {"fit": people.training, "monitor": people.monitor[:0], "validation": people.validation}
    if fit_on == "everybody":
        parts = {"fit": values.index, "monitor": people.monitor[:0], "validation": people.validation}
    return {name: values[values.index.isin(ids)] for name, ids in parts.items()}


def located(groups: Mapping[str, pd.Series], store: GmStore) -> dict[str, People]:
    """The groups as rows of the store and values."""
    return {name: People(store.rows_of(group.index), group.to_numpy()) for name, group in groups.items()}


def lineage_table(groups: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Who was fitted on and who watched (`audit.schemas.LINEAGE`)."""
    parts = [
        pd.DataFrame({"participant_id": groups[use].index.to_numpy(), "use": use}).astype({"use": object})
        for use in ("fit", "monitor")
    ]
    return pd.concat(parts, ignore_index=True)


def masked_scaling(store: GmStore, rows: np.ndarray, mask: np.ndarray) -> tuple[float, float]:
    """Mean and SD over the masked voxels of the maps in `rows`: the one input scaling of a fold's networks."""
    total = squares = 0.0
    for row in rows:
        values = store.read_one(row)[mask].astype(np.float64)
        total += values.sum()
        squares += np.square(values).sum()
    count = len(rows) * int(mask.sum())
    mean = total / count
    return float(mean), float(np.sqrt(max(squares / count - mean**2, 0.0)) or 1.0)
