"""What predictions are scored by: those of two groups, and those of a continuous outcome."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.classification.bootstrap import (
    Interval,
    family_weights,
    interval,
    weighted_auc,
    weighted_balanced_accuracy,
    weighted_mean_absolute_error,
    weighted_pearson,
    weighted_r_squared,
)
from cgni.classification.metrics import (
    auc,
    balanced_accuracy,
    log_odds,
    mean_absolute_error,
    pearson,
    r_squared,
)
from cgni.classification.schemas import LABEL, PREDICTED, PROBABILITY, TARGET

Score = Callable[[np.ndarray, np.ndarray], float]
WeightedScore = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class ScoreSet:
    """The scores of a kind of outcome.

    Attributes
    ----------
    scores : of observed and predicted values, by name; the first is the one that choices and comparisons look at.
    weighted : the same of each row of weights (`bootstrap.family_weights`).
    added : name of the score in which a model's gain beside the confounds is counted.
    compared : name of the score that is held against chance; chance : what it is where nothing is predicted.
    scale : from predictions to a scale on which they are combined.
    """

    scores: Mapping[str, Score]
    weighted: Mapping[str, WeightedScore]
    added: str
    compared: str
    chance: float
    scale: Callable[[np.ndarray], np.ndarray]

    @property
    def main(self) -> str:
        """Name of the score that choices and comparisons look at."""
        return next(iter(self.scores))


def _as_it_is(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float64)


GROUPS = ScoreSet(
    {"balanced_accuracy": balanced_accuracy, "auc": auc},
    {"balanced_accuracy": weighted_balanced_accuracy, "auc": weighted_auc},
    added="auc",
    compared="balanced_accuracy",
    chance=0.5,
    scale=log_odds,
)
CONTINUOUS = ScoreSet(
    {"r2": r_squared, "r": pearson, "mae": mean_absolute_error},
    {"r2": weighted_r_squared, "r": weighted_pearson, "mae": weighted_mean_absolute_error},
    added="r2",
    compared="r",
    chance=0.0,
    scale=_as_it_is,
)


@dataclass(frozen=True)
class Answers:
    """Observed and predicted values of the same people, and what they are scored by.

    Attributes
    ----------
    observed : float64 [people], 0 and 1 of groups.
    predicted : float64 [people], probabilities of the high group, or values.
    kind : what they are scored by.
    """

    observed: np.ndarray
    predicted: np.ndarray
    kind: ScoreSet

    @classmethod
    def of(cls, table: pd.DataFrame) -> "Answers":
        """From a table of predictions (`schemas.predictions_schema`), whose columns say which kind they are of."""
        observed, predicted = answer_columns(table)
        kind = CONTINUOUS if predicted == PREDICTED else GROUPS
        return cls(table[observed].to_numpy(np.float64), table[predicted].to_numpy(np.float64), kind)

    def at(self, rows: np.ndarray) -> "Answers":
        """Those of some people."""
        return Answers(self.observed[rows], self.predicted[rows], self.kind)

    def main(self) -> float:
        """Their main score."""
        return self.kind.scores[self.kind.main](self.observed, self.predicted)

    def above_chance(self) -> float:
        """The score that is held against chance; chance itself where all predictions are the same."""
        score = self.kind.scores[self.kind.compared](self.observed, self.predicted)
        return self.kind.chance if np.isnan(score) else score

    def scorable(self) -> bool:
        """Whether there is more than one observed value to tell apart."""
        return len(np.unique(self.observed)) > 1


def answer_columns(table: pd.DataFrame) -> tuple[str, str]:
    """Names of the columns of observed and of predicted values."""
    return (TARGET, PREDICTED) if PREDICTED in table.columns else (LABEL, PROBABILITY)


def bootstrap_scores(
    answers: Answers, families: np.ndarray, resamples: int, seed: int
) -> dict[str, tuple[float, Interval]]:
    """Every score of the answers, each with its interval of a bootstrap over families.

    Returns
    -------
    Score and interval by the score's name; NaN where it is not defined (a class is absent, all values the same).
    """
    kind = answers.kind
    values = {name: score(answers.observed, answers.predicted) for name, score in kind.scores.items()}
    draws: dict[str, list[np.ndarray]] = {name: [] for name in values}
    if answers.scorable():
        for weights in family_weights(families, resamples, seed):
            for name, scorer in kind.weighted.items():
                draws[name].append(scorer(answers.observed, answers.predicted, weights))
    return {name: (value, interval(draws[name])) for name, value in values.items()}
