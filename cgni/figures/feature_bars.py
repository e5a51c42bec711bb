"""Contributions of a table's features, in the place of the regions on the brain."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from cgni.base.views import IMAGING
from cgni.contributions.called import consensus
from cgni.figures.print_sizes import TWO_COLUMNS
from cgni.figures.style import DECREASE, INCREASE, NEUTRAL, printed

_SHOWN = 15  # features a component
_COLOURS = {"increase": INCREASE, "decrease": DECREASE}


def feature_contributions(contributions: pd.DataFrame, shown: int = _SHOWN) -> Figure:
    """Mean absolute contribution of the strongest features (consensus), by that of all; called ones in colour.

    One panel a component, a line where a feature contributes as much as they all do on average.

    Parameters
    ----------
    contributions
        `contributions.schemas.CONTRIBUTIONS`.
    shown
        Features of each panel at most, called ones first.
    """
    features = consensus(contributions, IMAGING)
    components = sorted(features["component"].unique())
    rows = min(shown, features["feature"].nunique())
    across = min(len(components), 2)
    down = -(-len(components) // across)
    size = printed(TWO_COLUMNS, down * (4.2 * rows + 18) + 12)
    figure, grid = plt.subplots(down, across, figsize=size, squeeze=False)
    for axis in grid.flat[len(components) :]:
        axis.remove()
    for axis, component in zip(grid.flat, components, strict=False):
        own = features[features["component"] == component]
        own = own.sort_values(["called", "share"], ascending=False).head(shown).iloc[::-1]
        colours = [
            _COLOURS.get(row.direction, NEUTRAL) if row.called else NEUTRAL for row in own.itertuples(index=False)
        ]
        axis.barh(range(len(own)), own["share"].fillna(0), color=colours)
        axis.set_yticks(range(len(own)), own["feature"].str.replace("_", " "))
        total = int((features["component"] == component).sum())
        called = int(features.loc[features["component"] == component, "called"].sum())
        axis.set(
            title=f"Component {component}: {called} of n = {total:,} called",
            xlabel="Absolute contribution (mean feature = 1)",
        )
        axis.axvline(1, color="gray", linestyle="--", linewidth=0.8)
    handles = [Patch(color=colour) for colour in (INCREASE, DECREASE, NEUTRAL)]
    names = ["called, positive sign against the imaging variate", "called, negative sign", "not called"]
    figure.legend(handles, names, loc="outside lower center", ncols=3)
    return figure
