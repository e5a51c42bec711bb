"""How well predictions tell people apart, and whether they are right on average."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import roc_curve

from cgni.classification.pooling import pooled_people
from cgni.classification.schemas import LABEL, PREDICTED, PROBABILITY, TARGET
from cgni.figures.cells import FEWEST_PEOPLE, Scores
from cgni.figures.people_points import PeopleLook
from cgni.figures.print_sizes import TWO_COLUMNS
from cgni.figures.style import SMALLEST_PT, printed

_SPLITS = {"holdout": "Holdout", "validation": "Out of fold"}  # the holdout leads
# the proposed model comes first; the others are drawn where the study has them
_BESIDE = ("imaging_cnn", "imaging_logistic", "imaging_genetic_svm", "confounds")
_DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
_MARKERS = "os^Dv"


@dataclass(frozen=True)
class Predictions:
    """What the models of a study said of unseen people.

    Attributes
    ----------
    development : model to `classification.schemas.PREDICTIONS`.
    holdout, performance, reliability : `classification.schemas`.
    labels : model name to what readers see.
    proposed : name of the chosen proposed model.
    """

    development: Mapping[str, pd.DataFrame]
    holdout: pd.DataFrame
    performance: pd.DataFrame
    reliability: pd.DataFrame
    labels: Mapping[str, str]
    proposed: str

    @property
    def shown(self) -> list[str]:
        """The proposed model and those beside it."""
        return [self.proposed, *(name for name in _BESIDE if name in self.development)]

    def people(self, split: str) -> dict[str, pd.DataFrame]:
        """Shown model to its people of a split, each once (`classification.pooling.pooled_people`)."""
        shown = {name: self.development[name] for name in self.shown}
        return pooled_people(shown, self.holdout, split)


def discrimination(found: Predictions, look: PeopleLook) -> Figure:
    """Of two groups: ROC and reliability, holdout and out of fold. Of a continuous outcome: observed by predicted."""
    scores = Scores(found.performance)
    if not scores.words.grouped:
        return _observed_by_predicted(found, scores, look)
    figure, grid = plt.subplots(2, 2, figsize=printed(TWO_COLUMNS, 172))
    for (curves, shares), (split, title) in zip(grid.T, _SPLITS.items(), strict=True):
        n = scores.people(found.proposed, split)
        curves.set(title=f"{title}, n = {n:,}", xlabel="1 - specificity", ylabel="Sensitivity")
        shares.set(title=f"{title}, n = {n:,}", xlabel="Mean probability", ylabel="Share of the high group")
        if nothing := scores.few(found.proposed, split):
            for axes in (curves, shares):
                axes.text(0.5, 0.5, f"too few people ({nothing})", ha="center", va="center")
            continue
        _roc(curves, found.people(split), scores, (split, found.labels), look.palette)
        _reliability(shares, found, split, look.palette)
    return figure


def _roc(
    axes: Axes,
    people: Mapping[str, pd.DataFrame],
    scores: Scores,
    names: tuple[str, Mapping[str, str]],
    palette: Sequence[str],
) -> None:
    """A curve a model, with its AUC and interval; `names` are the split and what readers see of models."""
    split, labels = names
    for number, (model, table) in enumerate(people.items()):
        false, true, _ = roc_curve(table[LABEL], table[PROBABILITY])
        label = f"{labels[model]}: AUC {scores.second(model, split)}"
        axes.plot(false, true, color=palette[number % len(palette)], linestyle=_DASHES[number % 5], label=label)
    axes.plot([0, 1], [0, 1], color="gray", linewidth=0.6)
    axes.set(xlim=(0, 1), ylim=(0, 1.005), aspect="equal")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16))


def _reliability(axes: Axes, found: Predictions, split: str, palette: Sequence[str]) -> None:
    """Observed share of the high group by mean probability, in bins of equally many people, if they are enough."""
    own = found.reliability[(found.reliability["split"] == split) & ~found.reliability["scaled"].astype(bool)]
    own = own[own["people"] >= FEWEST_PEOPLE]
    for number, model in enumerate(found.shown):
        bins = own[own["model"] == model].sort_values("bin")
        colour, dashes, marker = palette[number % len(palette)], _DASHES[number % 5], _MARKERS[number % 5]
        axes.plot(bins["predicted"], bins["observed"], marker=marker, markersize=3, color=colour, linestyle=dashes)
    axes.plot([0, 1], [0, 1], color="gray", linewidth=0.6)
    axes.set(xlim=(0, 1), ylim=(0, 1.005), aspect="equal")
    words = (
        f"bins of at least {own['people'].min()} people" if len(own) else f"no bin of {FEWEST_PEOPLE} people or more"
    )
    axes.text(0.98, 0.03, words, fontsize=SMALLEST_PT, ha="right")


def _observed_by_predicted(found: Predictions, scores: Scores, look: PeopleLook) -> Figure:
    figure, grid = plt.subplots(1, 2, figsize=printed(TWO_COLUMNS, 88))
    for axes, (split, title) in zip(grid, _SPLITS.items(), strict=True):
        table = found.people(split)[found.proposed]
        axes.set(xlabel="Predicted", ylabel="Observed", title=f"{title}, n = {len(table):,}")
        if nothing := scores.few(found.proposed, split):
            axes.text(0.5, 0.5, f"too few people ({nothing})", ha="center", va="center", transform=axes.transAxes)
            continue
        missing = pd.Series(np.nan, index=table.index)
        look.draw(axes, table[PREDICTED], table[TARGET], missing)
        axes.axline((table[TARGET].mean(), table[TARGET].mean()), slope=1, color="gray", linewidth=0.6)
        axes.set_title(f"{title}, n = {len(table):,}\nR² {scores.main(found.proposed, split)}")
    return figure
