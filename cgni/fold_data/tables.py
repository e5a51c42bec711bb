"""The tables of a study from which a fold's people are joined."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cgni.base.tables import read_table
from cgni.cohort.settings import ConfoundSettings
from cgni.fold_data.people import FoldData, assemble_fold


class StudyTables:
    """The tables that encoders and classifiers read, opened once; `fold_data` joins those of one fold.

    Parameters
    ----------
    features, fills
        Paths of each fold's imaging features and fill values.
    confounds
        What is taken out of the views; None for those who look at the raw views alone.
    """

    def __init__(
        self,
        features: Sequence[str],
        fills: Sequence[str],
        genotypes: str,
        participants: str,
        splits: str,
        confounds: ConfoundSettings | None = None,
    ) -> None:
        self.features, self.fills, self.confounds = features, fills, confounds
        self.genotypes, self.participants = read_table(genotypes), read_table(participants)
        self.splits = read_table(splits)

    @classmethod
    def of(cls, inputs: Mapping[str, Any], confounds: ConfoundSettings | None = None) -> "StudyTables":
        """From a rule's named inputs (features, fills, genotypes, participants, splits); others are passed over."""
        genotypes, participants, splits = (inputs[name] for name in ("genotypes", "participants", "splits"))
        return cls(inputs["features"], inputs["fills"], genotypes, participants, splits, confounds)

    def folds(self) -> range:
        """The folds."""
        return range(len(self.features))

    def features_of(self, fold: int) -> pd.DataFrame:
        """Imaging features of everybody who has them, of a fold; index participant_id."""
        return read_table(self.features[fold]).set_index("participant_id")

    def fold_data(self, fold: int) -> FoldData:
        """People with both modalities, with the fold's own features and fill values."""
        features, fill = read_table(self.features[fold]), read_table(self.fills[fold])
        return assemble_fold(features, self.genotypes, fill, self.participants, self.splits, fold, self.confounds)
