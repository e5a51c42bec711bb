"""Which imaged people a fold's networks are fitted on, watched with and scored on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.tables import read_table
from cgni.cohort.roles import fold_people
from cgni.imaging.store import GmStore


@dataclass(frozen=True)
class People:
    """Rows of the store, and the value (age in years, or class) of each."""

    rows: np.ndarray
    values: np.ndarray


@dataclass(frozen=True)
class ImagedStudy:
    """The packed maps of a study with the tables that say who may be used for what.

    Attributes
    ----------
    store : all packed maps.
    qc : which of them pass (`imaging.schemas.QC`).
    participants, splits : tables of the cohort.
    """

    store: GmStore
    qc: pd.DataFrame
    participants: pd.DataFrame
    splits: pd.DataFrame

    @classmethod
    def read(cls, maps: str | Path, qc: str | Path, participants: str | Path, splits: str | Path) -> "ImagedStudy":
        """From the store's array and three tables; InputError names a file that cannot be used."""
        return cls(GmStore.open(Path(maps).parent), read_table(qc), read_table(participants), read_table(splits))

    def groups(self, fold: int, fit_on: str, column: str) -> dict[str, pd.Series]:
        """`fold_groups` of everybody whose map passed and whose `column` of the participants is known."""
        return fold_groups(self.splits, fold, fit_on, known_values(self.participants, column, passing_people(self.qc)))


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


def watchers(people: Mapping[str, People]) -> People | None:
    """The monitor people; None when there are none."""
    return people["monitor"] if len(people["monitor"].rows) else None


def lineage_table(groups: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Who was fitted on and who watched (`networks.schemas.LINEAGE`)."""
    parts = [
        pd.DataFrame({"participant_id": groups[use].index.to_numpy(), "use": use}).astype({"use": object})
        for use in ("fit", "monitor")
    ]
    return pd.concat(parts, ignore_index=True)
