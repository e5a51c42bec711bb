"""Figures of the cohort and the training."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from cgni.cohort.outcome import group_range, outcome_axis
from cgni.cohort.settings import OutcomeSettings
from cgni.figures.print_sizes import ONE_COLUMN, TWO_COLUMNS
from cgni.figures.style import SMALLEST_PT, printed

_NO_GROUP = "#c9ced6"
_MOST_BARS = 30


def outcome_distribution(values: pd.Series, outcome: OutcomeSettings, palette: Sequence[str]) -> Figure:
    """Fig. 1: distribution of the outcome, with the two groups marked where there are groups.

    Parameters
    ----------
    values
        One value a person; missing ones are left out.
    """
    known = values.dropna()
    figure, axes = plt.subplots(figsize=printed(ONE_COLUMN, 58))
    counts, width = _bars(known, outcome)
    ranges = (
        {} if outcome.kind == "continuous" else dict(zip(outcome.group_names, (outcome.low, outcome.high), strict=True))
    )
    colours = [_NO_GROUP if ranges else palette[0]] * len(counts)
    for number, (low, high) in enumerate(ranges.values()):
        inside = (counts.index >= low) & (counts.index <= high)
        colours = [palette[number] if own else colour for own, colour in zip(inside, colours, strict=True)]
    bars = axes.bar(counts.index, counts.to_numpy(), color=colours, width=0.85 * width)
    if len(counts) <= _MOST_BARS:
        axes.bar_label(bars, fontsize=SMALLEST_PT, padding=1)
        axes.set_xticks(list(counts.index))
    for number, (name, (low, high)) in enumerate(ranges.items()):
        title = f"{name[:1].upper()}{name[1:]} group: {group_range(outcome, (low, high))}"
        people = int(known.between(low, high).sum())
        axes.bar([0], [0], color=palette[number], label=f"{title} (n = {people:,})")
    counted = sum(int(known.between(low, high).sum()) for low, high in ranges.values())
    label = f"Not in a group (n = {len(known) - counted:,})" if ranges else f"n = {len(known):,}"
    axes.bar([0], [0], color=_NO_GROUP if ranges else palette[0], label=label)
    axes.set(xlabel=outcome_axis(outcome), ylabel="People", ylim=(0, counts.max() * 1.5))
    axes.set_xlim(counts.index[0] - 0.7 * width, counts.index[-1] + 0.7 * width)
    axes.legend(loc="upper right")
    return figure


def _bars(known: pd.Series, outcome: OutcomeSettings) -> tuple[pd.Series, float]:
    """People by the middle of each bar, and the bars' distance: one a value, or a histogram of many values."""
    whole = bool((known % 1 == 0).all())
    bounds = [known.min(), known.max()]
    if outcome.kind != "continuous":
        bounds = [min(bounds[0], outcome.low[0]), max(bounds[1], outcome.high[1])]
    if whole and bounds[1] - bounds[0] < _MOST_BARS:
        places = range(int(np.floor(bounds[0])), int(np.ceil(bounds[1])) + 1)
        return known.value_counts().reindex(places, fill_value=0).sort_index(), 1.0
    people, edges = np.histogram(known, bins=_MOST_BARS)
    return pd.Series(people, index=(edges[1:] + edges[:-1]) / 2), float(edges[1] - edges[0])


def learning_panels(
    pretraining: Sequence[pd.DataFrame],
    transfer: Sequence[pd.DataFrame],
    contrastive: pd.DataFrame,
    terms: Sequence[int],
    label: str,
) -> dict[str, pd.DataFrame]:
    """What `learning_curves` shows: the title "stage, metric" of each panel and its rows.

    Parameters
    ----------
    pretraining, transfer
        `networks.schemas.CURVE`, one table a fold in their order; none where features come from a table.
    contrastive
        `networks.schemas.FOLD_CURVE` of the chosen encoders.
    terms
        Numbers of the loss terms that these encoders were trained on.
    label
        Name of the outcome.
    """
    subset = "".join(str(number) for number in sorted(terms))
    panels = {"Brain age, MAE (years)": _metric(_folds(pretraining), "mae")} if pretraining else {}
    panels |= _outcome_panel(_folds(transfer), label) if transfer else {}
    return {**panels, f"Contrastive {subset}, loss": _metric(contrastive, "loss")}


def learning_curves(panels: Mapping[str, pd.DataFrame], palette: Sequence[str]) -> Figure:
    """One panel a stage: fit (dashed) and monitor (solid) people, one line a fold.

    `panels` maps a title "stage, metric" to rows fold, epoch, split, value.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=printed(TWO_COLUMNS, 62), squeeze=False)
    for axis, (title, curve) in zip(axes[0], panels.items(), strict=True):
        for (fold, split), line in curve.groupby(["fold", "split"]):
            colour, dashes = palette[int(fold) % len(palette)], "--" if split == "fit" else "-"
            axis.plot(line["epoch"], line["value"], color=colour, linestyle=dashes)
        stage, metric = title.split(", ", 1)
        axis.set(title=stage, xlabel="Epoch", ylabel=metric)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    lines = [Line2D([], [], color="black", linestyle=style) for style in ("--", "-")]
    folds = max(curve["fold"].nunique() for curve in panels.values())
    names = ["fit people", f"monitor people; n = {folds} folds, a colour each"]
    figure.legend(lines, names, loc="outside lower center", ncols=2)
    return figure


def _outcome_panel(curves: pd.DataFrame, label: str) -> dict[str, pd.DataFrame]:
    """The score that decides: of two groups, or of a continuous outcome."""
    name = label[:1].upper() + label[1:]
    if (curves["metric"] == "r2").any():
        return {f"{name}, R²": _metric(curves, "r2")}
    return {f"{name}, balanced accuracy": _metric(curves, "balanced_accuracy")}


def _folds(curves: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([curve.assign(fold=fold) for fold, curve in enumerate(curves)])


def _metric(curves: pd.DataFrame, metric: str) -> pd.DataFrame:
    return curves[curves["metric"] == metric]
