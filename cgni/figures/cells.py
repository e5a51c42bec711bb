"""Cells of the tables: a number with what stands beside it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cgni.classification.schemas import POOLED
from cgni.figures.score_words import ScoreWords, words_of

NOT_KNOWN = "–"
SELECTED = " (selected)"  # beside a score that a choice has looked at
YES_NO = {True: "yes", False: "no"}
NOTHING_SIGNIFICANT = "no component is significant: nothing is called"
_TAIL_CHECKED = 0.001  # `scca.pipeline_p`
NO_CLAIM = "no component is significant: no LD block is called"
# people, and people of either group, for a number of theirs to be shown; one wrong among fewer moves it by 10 points
FEWEST_PEOPLE, FEWEST_OF_GROUP = 10, 5
_FEW = "n = "
_COUNTS = ("tp", "fn", "tn", "fp")


class Scores:
    """Cells of the tables from `classification.schemas.PERFORMANCE`."""

    def __init__(self, performance: pd.DataFrame) -> None:
        pooled = performance[performance["fold"] == POOLED]
        self._rows = pooled.set_index(["model", "split", "metric"])[["value", "se", "low", "high"]].sort_index()
        chosen = performance.loc[performance["selected"], ["model", "split"]].drop_duplicates()
        self._selected = set(chosen.itertuples(index=False, name=None))
        self.words = words_of(performance)
        self._sizes = _sizes(performance, self.words)

    def marked(self, cell: str, model: str, split: str) -> str:
        """A cell of a score, followed by " (selected)" where a choice has looked at such scores of these people."""
        empty = cell == NOT_KNOWN or cell.startswith(_FEW)
        return f"{cell}{SELECTED}" if not empty and (model, split) in self._selected else cell

    def few(self, model: str, split: str) -> str:
        """What stands in the place of a score of a split with too few people (`few`); empty where they are enough."""
        return few(*self._sizes.loc[(model, split, POOLED), ["people", "group"]])

    def people(self, model: str, split: str) -> int:
        """How many people of the split are scored."""
        return int(self._sizes.at[(model, split, POOLED), "people"])

    def few_a_fold(self, model: str, split: str) -> str:
        """The same of the fold with the fewest people."""
        folds = self._sizes.loc[(model, split)].drop(index=POOLED, errors="ignore")
        return few(folds["people"].min(), folds["group"].min())

    def value(self, model: str, split: str, metric: str, column: str = "value") -> float:
        """A score of the pooled people of the split, or its se, low or high."""
        return float(self._rows.at[(model, split, metric), column])

    def over_folds(self, model: str, split: str) -> str:
        """The main score, mean ± SD over folds; the fewest people of a fold where they are too few."""
        if nothing := self.few_a_fold(model, split):
            return f"{nothing} a fold"
        mean, sd = (self.value(model, split, name) for name in ("fold_mean", "fold_sd"))
        factor, digits = self.words.factor, self.words.digits + 1 if self.words.grouped else self.words.digits
        return f"{factor * mean:.{digits}f} ± {factor * sd:.{digits}f}"

    def main(self, model: str, split: str, suffix: str = "") -> str:
        """The main score with its 95 % interval, marked where a choice has looked at it; `suffix`: `_matched`."""
        return self._interval(model, split, self.words.main + suffix, self.words.factor, self.words.digits)

    def second(self, model: str, split: str) -> str:
        """AUC, or r of a continuous outcome, with its 95 % interval, marked where a choice has looked at it."""
        return self._interval(model, split, self.words.second, scale=1, digits=3)

    def counts(self, model: str, split: str) -> str:
        """Counts TP / FN / TN / FP, or the mean absolute error of a continuous outcome."""
        if not self.words.grouped:
            return self._interval(model, split, "mae", scale=1, digits=2)
        return " / ".join(f"{self.value(model, split, name):.0f}" for name in _COUNTS)

    def _interval(self, model: str, split: str, metric: str, scale: int, digits: int) -> str:
        value, low, high = (self.value(model, split, metric, name) for name in ("value", "low", "high"))
        matched = metric.endswith("_matched")  # as many of one group as of the other
        people = self.value(model, split, "matched_people") if matched else 0
        if nothing := few(people, people / 2) if matched else self.few(model, split):
            return nothing
        return self.marked(with_interval(value, low, high, f".{digits}f", scale), model, split)


def _sizes(performance: pd.DataFrame, words: ScoreWords) -> pd.DataFrame:
    """People, and people of the smaller group (all of a continuous outcome), by model, split and fold."""
    if not words.grouped:
        people = performance[performance["metric"] == "people"].set_index(["model", "split", "fold"])["value"]
        return pd.DataFrame({"people": people, "group": people}).sort_index()
    counts = performance[performance["metric"].isin(_COUNTS)]
    wide = counts.pivot(index=["model", "split", "fold"], columns="metric", values="value").sort_index()
    high, low = wide["tp"] + wide["fn"], wide["tn"] + wide["fp"]
    return pd.DataFrame({"people": high + low, "group": np.minimum(high, low)})


def few(people: float, group: float | None = None) -> str:
    """What stands in the place of a number of too few people: how many they are. Empty where they are enough.

    Parameters
    ----------
    people
        Of whom the number is.
    group
        Of them those of the smaller of the two groups; None: it is not of groups.
    """
    if people < FEWEST_PEOPLE:
        return f"{_FEW}{people:.0f}"
    return "" if group is None or group >= FEWEST_OF_GROUP else f"{_FEW}{people:.0f}, {group:.0f} in a group"


def with_interval(value: float, low: float, high: float, digits: str = "+.3f", scale: int = 1) -> str:
    """A number, times `scale`, with its 95 % interval in brackets; a dash where it is missing."""
    if pd.isna(value):
        return NOT_KNOWN
    own, *bounds = (format(scale * number, digits) for number in (value, low, high))
    return f"{own} [{', '.join(bounds)}]"


def number(value: float, digits: str = ".2f") -> str:
    """A number; a dash where it is missing."""
    return NOT_KNOWN if pd.isna(value) else format(value, digits)


def small(p: float) -> str:
    """A p or q with two digits; a dash where it is missing."""
    return number(p, ".2g")


def small_of_tail(p: float) -> str:
    """A p that may come from a fitted tail: nothing below .001, down to where such a tail has been checked."""
    return f"< {_TAIL_CHECKED:g}" if p < _TAIL_CHECKED else small(p)


def mean_sd(values: pd.Series) -> str:
    """Mean ± SD of the values that are there; a dash where there is none."""
    known = values.dropna()
    if known.empty:
        return NOT_KNOWN
    sd = f" ± {known.std(ddof=1):.2f}" if len(known) > 1 else ""
    return f"{np.mean(known):.2f}{sd}"


def in_words(columns: Sequence[str], words: str) -> pd.DataFrame:
    """A table of one row that says in its second column why there is no other."""
    return pd.DataFrame([(NOT_KNOWN, words, *[""] * (len(columns) - 2))], columns=list(columns))
