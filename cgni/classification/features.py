"""What each classifier looks at, for the same people in the same order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from cgni.base.tables import column_names, read_arrow
from cgni.base.views import GENETICS, IMAGING
from cgni.cohort.confounds import confound_columns, site_levels
from cgni.cohort.settings import ConfoundSettings
from cgni.fold_data.people import FoldData
from cgni.fold_data.tables import StudyTables

Table: TypeAlias = "str | Path | pd.DataFrame | None"
# feature set: which table holds it, and how its columns begin
_NUMBERED = {
    "imaging_embedding": ("embeddings", "imaging_"),
    "genetics_embedding": ("embeddings", "genetics_"),
    "genetics_hidden": ("hidden", "hidden_"),
}
# feature set without confounds: the view
_CLEANED = {"imaging_cleaned": IMAGING, "genetics_cleaned": GENETICS}


@dataclass(frozen=True)
class FeatureTables:
    """Where features lie.

    Attributes
    ----------
    study : the tables of the folds.
    embeddings : of the model's encoders; hidden : of the genetic network's last hidden layer; as a table or its path,
        where a model needs them.
    """

    study: StudyTables
    embeddings: Table = None
    hidden: Table = None

    @classmethod
    def of(cls, inputs: Mapping[str, Any], confounds: ConfoundSettings | None = None) -> "FeatureTables":
        """From a rule's named inputs: those of `StudyTables`, embeddings and hidden where they are there."""
        return cls(StudyTables.of(inputs, confounds), inputs.get("embeddings"), inputs.get("hidden"))

    def inputs(self, features: Sequence[str], data: FoldData, fold: int, sites: Sequence[str]) -> np.ndarray:
        """Inputs float32 [people of `data`, columns] of a classifier in a fold.

        Parameters
        ----------
        features
            Names of feature sets: imaging, genetics (both as measured), imaging_cleaned, genetics_cleaned (without
            confounds, as encoders take them), imaging_embedding, genetics_embedding, genetics_hidden, confounds.
        sites
            Sites of the fit people, for the confounds.
        """
        return np.hstack([self._columns(name, data, fold, sites) for name in features])

    def fit_sites(self, data: FoldData, rows: np.ndarray) -> list[str]:
        """Sites of the people that a classifier is fitted on."""
        return site_levels(self.study.participants, data.ids[rows])

    def _columns(self, name: str, data: FoldData, fold: int, sites: Sequence[str]) -> np.ndarray:
        if name in (IMAGING, GENETICS):
            return data.raw[name]
        if name in _CLEANED:
            if self.study.confounds is None:
                raise ValueError(f"{name}: the tables were opened without the settings of confounds")
            return data.views[_CLEANED[name]]
        if name == "confounds":
            columns = confound_columns(self.study.participants, data.ids, sites)
            return np.asarray(columns.to_numpy(np.float32))
        table, prefix = _NUMBERED[name]
        return _fold_rows(getattr(self, table), fold, data.ids, prefix)


def _fold_rows(source: Table, fold: int, ids: pd.Index, prefix: str) -> np.ndarray:
    """The fold's rows of a numbered table, of `ids`, its columns that begin with `prefix`."""
    if source is None:
        raise ValueError(f"no table given for the columns {prefix}0 ...")
    if isinstance(source, pd.DataFrame):
        own = source[source["fold"] == fold]
    else:
        # one fold and one view at a time: the tables of 40,000 people do not fit together
        names = [name for name in column_names(source) if name.startswith(prefix)]
        own = read_arrow(source, ["participant_id", *names], [("fold", "==", fold)]).to_pandas()
    own = own.set_index("participant_id")
    chosen = own.loc[ids, [name for name in own.columns if name.startswith(prefix)]]
    return np.asarray(chosen.to_numpy(np.float32))
