"""Figures of the cohort and the training."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

_NO_GROUP = "#c9ced6"


def wm_scores(scores: pd.Series, low: Sequence[int], high: Sequence[int], palette: Sequence[str]) -> Figure:
    """Fig. 1: distribution of the WM score with the two groups marked.

    Parameters
    ----------
    scores
        Maximum digits remembered, one value a person; missing ones are left out.
    low, high
        Lowest and highest score of each group, inclusive.
    """
    known = scores.dropna().astype(int)
    first, last = min(known.min(), low[0]), max(known.max(), high[1])
    counts = known.value_counts().reindex(range(first, last + 1), fill_value=0).sort_index()
    colours = [_NO_GROUP] * len(counts)
    for position, digits in enumerate(counts.index):
        if low[0] <= digits <= low[1]:
            colours[position] = palette[0]
        elif high[0] <= digits <= high[1]:
            colours[position] = palette[1]
    figure, axes = plt.subplots(figsize=(6.4, 3.6))
    bars = axes.bar(counts.index, counts.to_numpy(), color=colours, width=0.85)
    axes.bar_label(bars, fontsize=8, padding=2)
    for bounds, name, colour in ((low, "Low", palette[0]), (high, "High", palette[1])):
        total = int(counts.loc[bounds[0] : bounds[1]].sum())
        axes.bar([0], [0], color=colour, label=f"{name} group: {bounds[0]}–{bounds[1]} digits (n = {total:,})")
    axes.bar([0], [0], color=_NO_GROUP, label="Not in a group")
    axes.set(
        xlabel="Maximum digits remembered", ylabel="People", xlim=(first - 0.7, last + 0.7), xticks=list(counts.index)
    )
    axes.set_ylim(0, counts.max() * 1.5)
    axes.legend(loc="upper right", fontsize=8.5)
    return figure


def learning_panels(
    pretraining: Sequence[pd.DataFrame],
    transfer: Sequence[pd.DataFrame],
    contrastive: pd.DataFrame,
    terms: Sequence[int],
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
    """
    subset = "".join(str(number) for number in sorted(terms))
    panels = {
        "Brain age, MAE (years)": (pretraining, "mae"),
        "Working memory, balanced accuracy": (transfer, "balanced_accuracy"),
    }
    of_networks = {title: _metric(_folds(curves), metric) for title, (curves, metric) in panels.items() if curves}
    return {**of_networks, f"Contrastive {subset}, loss": _metric(contrastive, "loss")}


def learning_curves(panels: Mapping[str, pd.DataFrame], palette: Sequence[str]) -> Figure:
    """One panel a stage: fit (dashed) and monitor (solid) people, one line a fold.

    `panels` maps a title "stage, metric" to rows fold, epoch, split, value.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(3.5 * len(panels), 3.2), squeeze=False)
    for axis, (title, curve) in zip(axes[0], panels.items(), strict=True):
        for (fold, split), line in curve.groupby(["fold", "split"]):
            colour, dashes = palette[int(fold) % len(palette)], "--" if split == "fit" else "-"
            axis.plot(line["epoch"], line["value"], color=colour, linestyle=dashes, linewidth=1.3)
        stage, metric = title.split(", ", 1)
        axis.set(title=stage, xlabel="Epoch", ylabel=metric)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    lines = [Line2D([], [], color="black", linestyle=style) for style in ("--", "-")]
    axes[0][-1].legend(lines, ["fit people", "monitor people"], fontsize=8.5)
    return figure


def _folds(curves: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([curve.assign(fold=fold) for fold, curve in enumerate(curves)])


def _metric(curves: pd.DataFrame, metric: str) -> pd.DataFrame:
    return curves[curves["metric"] == metric]
