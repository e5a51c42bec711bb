"""Correlations of the components beside what analyses of shuffled pairings reach."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cgni.contributions.schemas import NULL_CORRELATIONS
from cgni.figures.cells import few, small, small_of_tail
from cgni.figures.component_tables import correlations_of
from cgni.figures.print_sizes import ONE_COLUMN
from cgni.figures.style import NEUTRAL, SMALLEST_PT, printed

_GOLDEN = 0.6180339887
_HALF = 0.28  # height of the null's points about a row


def component_null(
    components: pd.DataFrame, correlations: pd.DataFrame, null: pd.DataFrame, palette: Sequence[str]
) -> Figure:
    """Partial r of every component out of fold, in the holdout, and of every null replicate out of fold.

    Parameters
    ----------
    components
        `contributions.schemas.COMPONENT_TESTS`.
    correlations
        `scca.schemas.CORRELATIONS`.
    null
        `contributions.schemas.NULL_CORRELATIONS` of all batches; empty where there is no null.
    """
    rows = {int(number): -place for place, number in enumerate(components["component"])}
    figure, axes = plt.subplots(figsize=printed(ONE_COLUMN, 17 * len(rows) + 36))
    means = null.groupby(["component", "replicate"])["partial_r"].mean()
    unseen = correlations_of(correlations)
    people = int(unseen["n"].min())
    for row in components.itertuples():
        height = rows[row.component]
        of_null = means.loc[row.component].dropna() if row.component in means.index else pd.Series(dtype=float)
        _null_row(axes, of_null, height)
        if not few(people):
            folds = unseen.loc[unseen["component"] == row.component, "partial_r"].dropna()
            axes.plot(folds, [height] * len(folds), "|", color=palette[0], markersize=7)
            axes.plot(row.r_out_of_fold, height, "o", color=palette[0], markersize=5)
        if not few(row.n):
            axes.plot(row.partial_r, height, "D", color=palette[1], markersize=4.5)
        words = f"holdout p {small(row.p)}; whole analysis p {small_of_tail(row.p_pipeline)}"
        axes.text(0.01, height + 0.42, words, transform=axes.get_yaxis_transform(), fontsize=SMALLEST_PT, va="center")
    axes.set_yticks(list(rows.values()), [f"Component {number}" for number in rows])
    axes.axvline(0, color="gray", linewidth=0.6)
    axes.set(xlabel="Partial r beyond confounds", ylim=(-len(rows) + 0.4, 0.65))
    holdout, replicates = int(components["n"].max()), null["replicate"].nunique()
    handles = [
        Line2D([], [], marker="o", linestyle="", color=palette[0], markersize=5),
        Line2D([], [], marker="|", linestyle="", color=palette[0], markersize=7),
        Line2D([], [], marker="D", linestyle="", color=palette[1], markersize=4.5),
        Line2D([], [], marker=".", linestyle="", color="#7d8795"),
    ]
    names = [
        f"out of fold, mean of folds (n ≥ {people:,} each)",
        "a fold",
        f"holdout (n = {holdout:,})",
        f"shuffled pairings, mean of folds (n = {replicates:,})" if replicates else "no null was run",
    ]
    figure.legend(handles, names, loc="outside lower center")
    return figure


def joined(batches: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The correlations of all null replicates; an empty table where no null was run."""
    columns = list(NULL_CORRELATIONS.names)
    return pd.concat(batches, ignore_index=True) if batches else pd.DataFrame(columns=columns, dtype=float)


def _null_row(axes: Axes, values: pd.Series, height: float) -> None:
    """A point a replicate, set apart from its neighbours, over a bar of their central 95 %."""
    if values.empty:
        return
    low, high = np.quantile(values, [0.025, 0.975])
    axes.barh(height, high - low, left=low, height=2 * _HALF, color=NEUTRAL, alpha=0.45)
    # multiples of the golden ratio: neighbours lie apart, and no chance is in it
    shifts = _HALF * 0.8 * (2 * (np.arange(len(values)) * _GOLDEN % 1) - 1)
    axes.plot(values.sort_values(), height + shifts, ".", color="#7d8795", markersize=2.5)
