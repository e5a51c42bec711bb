"""How scores are called and written: those of two groups, and those of a continuous outcome."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class ScoreWords:
    """Names and formats of the scores of a kind of outcome.

    Attributes
    ----------
    main, second : metrics of `classification.schemas.PERFORMANCE`; main_title, second_title : as headings.
    factor, digits : of the main score in cells; unit : of a difference of two.
    added : the score in which a gain beside the confounds is counted.
    counts : heading of what stands last: confusion counts, or the mean absolute error.
    grouped : whether there are two groups, of which some can be matched.
    chance : what the main score is where nothing is predicted.
    """

    main: str
    main_title: str
    second: str
    second_title: str
    factor: int
    digits: int
    unit: str
    added: str
    counts: str
    grouped: bool
    chance: float

    @property
    def name(self) -> str:
        """The main score in a sentence."""
        return self.main_title.removesuffix(" %")

    @property
    def difference(self) -> str:
        """Format of a difference of two main scores."""
        return f"+.{self.digits}f"


GROUPS = ScoreWords(
    "balanced_accuracy",
    "Balanced accuracy %",
    "auc",
    "AUC",
    factor=100,
    digits=1,
    unit="points of balanced accuracy",
    added="AUC",
    counts="TP/FN/TN/FP",
    grouped=True,
    chance=0.5,
)
CONTINUOUS = ScoreWords(
    "r2",
    "R²",
    "r",
    "r",
    factor=1,
    digits=3,
    unit="R²",
    added="R²",
    counts="Mean absolute error",
    grouped=False,
    chance=0.0,
)


def words_of(performance: pd.DataFrame) -> ScoreWords:
    """Those of a table of scores (`classification.schemas.PERFORMANCE`)."""
    return CONTINUOUS if (performance["metric"] == CONTINUOUS.main).any() else GROUPS
