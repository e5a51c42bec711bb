"""Figures of classification, of canonical variates and of the planted truth."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cgni.classification.schemas import POOLED
from cgni.figures.cells import Scores, few
from cgni.figures.people_points import PeopleLook
from cgni.figures.print_sizes import ONE_COLUMN, TWO_COLUMNS
from cgni.figures.style import NEUTRAL, SMALLEST_PT, printed

_PARTS = {"holdout": "Holdout", "validation": "Out of fold (validation)"}  # the holdout leads
_CONFOUNDS = "confounds"  # the model that every score is held against
_PANELS = 4  # beside each other


def performance(
    scores: pd.DataFrame, models: Sequence[str], labels: Mapping[str, str], palette: Sequence[str]
) -> Figure:
    """Main score of every model: folds as dots, pooled people with 95 % intervals, hollow where selected.

    Of too few people (`cells.few`) nothing is drawn.

    Parameters
    ----------
    scores
        `classification.schemas.PERFORMANCE`.
    models
        Names from top to bottom.
    labels
        Model name to what readers see.
    """
    figure, axes = plt.subplots(1, 2, figsize=printed(TWO_COLUMNS, 5.2 * len(models) + 26), sharey=True)
    rows = {model: len(models) - position for position, model in enumerate(models)}
    sizes = Scores(scores)
    words = sizes.words
    own = scores[scores["metric"] == words.main]
    for axis, (split, title) in zip(axes, _PARTS.items(), strict=True):
        part = own[own["split"] == split]
        for model, row in rows.items():
            _score_row(axis, (row, part[part["model"] == model]), sizes, palette)
        reference_lines(axis, sizes, split, palette)
        people = max(sizes.people(model, split) for model in models)
        axis.set(title=f"{title}, n = {people:,}", xlabel=words.name, xlim=score_limits(own, sizes))
    axes[0].set_yticks(list(rows.values()), [labels[model] for model in rows])
    handles = [Line2D([], [], marker="o", linestyle="", color=palette[0], alpha=0.45, markersize=3)]
    handles += score_handles(palette)
    figure.legend(handles, ["fold", *SCORE_NAMES], loc="outside lower center", ncols=5)
    return figure


SCORE_NAMES = ("pooled, 95 % interval", "selected by this score", "chance", "confounds alone")


def score_handles(palette: Sequence[str]) -> list[Line2D]:
    """What stands in a legend for `SCORE_NAMES`."""
    return [
        Line2D([], [], marker="D", linestyle="-", color=palette[1], markersize=4),
        Line2D([], [], marker="D", linestyle="-", color=palette[1], markersize=4, markerfacecolor="white"),
        Line2D([], [], linestyle=":", color="gray"),
        Line2D([], [], linestyle="--", color=palette[3]),
    ]


def score_limits(own: pd.DataFrame, sizes: Scores) -> tuple[float, float]:
    """Ends of the axis of the rows `own` of the main score."""
    lowest, highest = own[["value", "low"]].min().min() - 0.02, own[["value", "high"]].max().max() + 0.02
    if sizes.words.grouped:
        return min(0.4, lowest), min(1.02, max(0.7, highest))
    return max(-1.0, min(-0.05, lowest)), highest


def reference_lines(axis: Axes, sizes: Scores, split: str, palette: Sequence[str]) -> None:
    """Lines at chance and at the score of the confounds alone."""
    axis.axvline(sizes.words.chance, color="gray", linestyle=":", linewidth=0.8)
    if not sizes.few(_CONFOUNDS, split):
        alone = sizes.value(_CONFOUNDS, split, sizes.words.main)
        axis.axvline(alone, color=palette[3], linestyle="--", linewidth=0.8)


def pooled_score(axis: Axes, row: float, pooled: pd.Series, colour: str) -> None:
    """Diamond with interval of value, low and high; hollow where `selected`."""
    value, low, high, selected = pooled[["value", "low", "high", "selected"]]
    fill: dict[str, Any] = {"markerfacecolor": "white"} if selected else {}
    bounds = [[max(value - low, 0)], [max(high - value, 0)]]
    axis.errorbar(value, row, xerr=bounds, fmt="D", color=colour, capsize=2, markersize=4, elinewidth=0.9, **fill)


def _score_row(axis: Axes, place: tuple[float, pd.DataFrame], sizes: Scores, palette: Sequence[str]) -> None:
    """A model's scores of a split at a height, or how few people they would be of."""
    row, mine = place
    model, split = mine[["model", "split"]].iloc[0]
    if nothing := sizes.few(model, split):
        where = axis.get_yaxis_transform()
        axis.text(0.5, row, nothing, transform=where, ha="center", va="center", fontsize=SMALLEST_PT, color="gray")
        return
    folds, pooled = mine[mine["fold"] >= 0], mine[mine["fold"] == POOLED]
    folds = folds[:0] if sizes.few_a_fold(model, split) else folds
    axis.plot(folds["value"], [row] * len(folds), "o", color=palette[0], alpha=0.45, markersize=3)
    pooled_score(axis, row, pooled.iloc[0], palette[1])


def canonical_variates(variates: pd.DataFrame, look: PeopleLook) -> Figure:
    """Imaging against genetic variate of validation people, first fold, one panel a component.

    `variates` is `scca.schemas.VARIATES`.
    """
    components = sorted(variates["component"].unique())
    across = min(len(components), _PANELS)
    down = -(-len(components) // across)
    size = printed(ONE_COLUMN if across == 1 else TWO_COLUMNS, (72 if across == 1 else 52) * down + 10)
    figure, grid = plt.subplots(down, across, figsize=size, squeeze=False)
    own = variates[(variates["part"] == "validation") & (variates["fold"] == variates["fold"].min())]
    for axis in grid.flat[len(components) :]:
        axis.remove()
    for axis, component in zip(grid.flat, components, strict=False):
        part = own[own["component"] == component]
        nothing = few(len(part))
        if not nothing:
            look.draw(axis, part["genetics"], part["imaging"], part["outcome_group"])
        r = nothing or f"r = {part['genetics'].corr(part['imaging']):.2f}, n = {len(part):,}"
        axis.set(title=f"Component {component}\n{r}", xlabel="Genetic variate", ylabel="Imaging variate")
    handles, names = grid.flat[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, names, loc="outside lower center", ncols=len(names), markerscale=1.5)
    return figure


def recovery(table: pd.DataFrame, palette: Sequence[str]) -> Figure:
    """Recall and precision of the oracle, the pipeline and its claims (LD blocks) against the planted truth.

    `table` is `audit.schemas.RECOVERY`; its n, planted or called ones, stand at the end of each bar.
    """
    names = [f"{what} {score}" for what in ("SNP", "block", "region", "gene") for score in ("recall", "precision")]
    quantities = [name for name in names if name in set(table["quantity"])]
    places = {name: -position for position, name in enumerate(quantities)}
    figure, axes = plt.subplots(figsize=printed(ONE_COLUMN, 9 * len(quantities) + 22))
    for who, offset, colour in (
        ("oracle", 0.26, palette[2]),
        ("pipeline", -0.26, palette[0]),
        ("claims", 0, palette[1]),
    ):
        own = table[(table["who"] == who) & table["quantity"].isin(quantities)]
        if len(own):
            y = own["quantity"].map(places) + offset
            bars = axes.barh(y, own["value"].fillna(0), height=0.25, color=colour, label=who)
            ends = [_of(*pair) for pair in zip(own["value"], own["n"], strict=True)]
            axes.bar_label(bars, ends, fontsize=SMALLEST_PT, padding=2)
    axes.set_yticks(list(places.values()), quantities)
    axes.set(xlim=(0, 1.35), xlabel="Share", xticks=[0, 0.25, 0.5, 0.75, 1])
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    axes.axvline(0, color=NEUTRAL, linewidth=0.8)
    return figure


def _of(value: float, n: int) -> str:
    """A share with the number that it is of."""
    return "none called" if np.isnan(value) else f"{value:.2f}, n = {n:d}"
