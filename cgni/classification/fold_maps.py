"""What monitor people teach about a fold's predictions, applied to the fold's unseen people."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.classification.pooling import mean_holdout, pooled_validation
from cgni.classification.scores import Answers, answer_columns

Map = Callable[
    [np.ndarray], np.ndarray
]  # predictions [people, models] on their scale (`scores.ScoreSet.scale`) to new ones [people]


class Predictions(NamedTuple):
    """A model's predictions: `schemas.PREDICTIONS` of development people, the model's rows of `schemas.HOLDOUT`."""

    development: pd.DataFrame
    holdout: pd.DataFrame

    def pooled(self, split: str) -> pd.DataFrame:
        """Each person of a split of `pooling.UNSEEN` once, sorted by id."""
        return pooled_validation(self.development) if split == "validation" else mean_holdout(self.holdout)


def predictions_of(development: Mapping[str, pd.DataFrame], holdout: pd.DataFrame, model: str) -> Predictions:
    """A model's predictions out of everybody's."""
    return Predictions(development[model], holdout[holdout["model"] == model])


def map_folds(inputs: list[Predictions], learn: Callable[[np.ndarray, np.ndarray], Map]) -> Predictions:
    """Predictions out of those of one or several models, by a map that each fold's monitor people decide.

    Parameters
    ----------
    inputs
        Of models on the same people.
    learn
        From predictions float64 [monitor people, models] on their scale and what was observed [monitor people] to the
        fold's map.

    Returns
    -------
    Validation and holdout people with the mapped predictions, in the columns of the first model's tables.

    Raises
    ------
    InputError
        The models were scored on different people.
    """
    development, holdout = (_beside([getattr(own, part) for own in inputs]) for part in Predictions._fields)
    parts: dict[str, list[pd.DataFrame]] = {"development": [], "holdout": []}
    for fold, own in development.groupby("fold"):
        monitor = own[own["part"] == "monitor"]
        mapped = learn(_scaled(monitor), Answers.of(monitor).observed)
        unseen = {"development": own[own["part"] == "validation"], "holdout": holdout[holdout["fold"] == fold]}
        for name, people in unseen.items():
            parts[name].append(people.assign(**{answer_columns(people)[1]: mapped(_scaled(people))}))
    return Predictions(*(pd.concat(parts[name], ignore_index=True) for name in Predictions._fields))


def _beside(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """The first table, with all predictions on their scale in columns scaled_0 ..."""
    joined = tables[0].sort_values(["fold", "participant_id"]).reset_index(drop=True)
    for number, table in enumerate(tables):
        own = table.sort_values(["fold", "participant_id"]).reset_index(drop=True)
        if not own[["fold", "participant_id"]].equals(joined[["fold", "participant_id"]]):
            raise InputError("predictions: not of the same people in all models; delete classification/ and run again")
        answers = Answers.of(own)
        joined[f"scaled_{number}"] = answers.kind.scale(answers.predicted)
    return joined


def _scaled(people: pd.DataFrame) -> np.ndarray:
    return np.asarray(people.filter(regex=r"^scaled_\d+$").to_numpy())
