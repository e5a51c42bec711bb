"""People as points where nobody is disclosed by them, or as hexagons of at least a few."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap

from cgni.figures.cells import FEWEST_OF_GROUP

_GROUP_MARKERS = ("o", "^", "s")
_HEXAGONS = 25  # across a panel at most
_REACH_SD = 2.0  # from the mean, of what hexagons cover
_LIGHT = "#eef1f5"
_VECTORS = 3000  # marks from which on they become an image inside PDF and SVG


@dataclass(frozen=True)
class PeopleLook:
    """How people are shown.

    Attributes
    ----------
    names : of the outcome's two groups; empty: a continuous outcome.
    palette : colours, those of the two groups first.
    as_points : one point a person, which is for simulated people alone.
    """

    names: Sequence[str]
    palette: Sequence[str]
    as_points: bool

    def draw(self, axes: Axes, x: pd.Series, y: pd.Series, group: pd.Series) -> None:
        """People by two of their numbers: points by their group (0, 1, missing), or hexagons of 5 people or more."""
        if not self.as_points:
            hexagons(axes, x, y, None, self.palette)
            return
        look: dict[str, Any]
        for code, name in enumerate(self.names):
            own = (group == code).fillna(False)
            marker, colour = _GROUP_MARKERS[code], self.palette[code]
            look = {"marker": marker, "linewidths": 0, "alpha": 0.85, "rasterized": len(x) > _VECTORS}
            axes.scatter(x[own], y[own], s=7, color=colour, label=name, **look)
        rest = group.isna() if self.names else pd.Series(data=True, index=group.index)
        if not rest.any():
            return
        name = "no group" if self.names else "people"
        look = {"marker": "s", "linewidths": 0, "alpha": 0.85, "rasterized": len(x) > _VECTORS}
        axes.scatter(x[rest], y[rest], s=5, color="#9aa3af", label=name, **look)

    @property
    def words(self) -> str:
        """What a mark stands for."""
        return "one mark a person" if self.as_points else f"hexagons of at least {FEWEST_OF_GROUP} people"


def people_look(kind: str, names: Sequence[str], palette: Sequence[str], simulated: bool) -> PeopleLook:
    """How people are shown: by group where the outcome (`outcome.kind`) has groups, as points if simulated."""
    return PeopleLook([] if kind == "continuous" else list(names), palette, as_points=simulated)


def hexagons(axes: Axes, x: pd.Series, y: pd.Series, value: pd.Series | None, palette: Sequence[str]) -> PolyCollection:
    """Hexagons coloured by the people in them, or by the mean `value` of theirs; those of few people are empty."""
    colours = [_LIGHT, palette[0]] if value is None else [palette[0], _LIGHT, palette[1]]
    if value is not None:
        known = value.notna()
        x, y, value = x[known], y[known], value[known].astype(float)
    # so many that the middle ones hold enough people; where the outermost person lies is nobody's business
    gridsize = int(np.clip(np.sqrt(len(x) / (3 * FEWEST_OF_GROUP)), 3, _HEXAGONS))
    ends = [float(part.mean() + sign * _REACH_SD * part.std()) for part in (x, y) for sign in (-1, 1)]
    drawn = axes.hexbin(
        x,
        y,
        extent=(ends[0], ends[1], ends[2], ends[3]),
        C=None if value is None else value,
        gridsize=gridsize,
        mincnt=FEWEST_OF_GROUP,
        reduce_C_function=np.mean,
        cmap=LinearSegmentedColormap.from_list("people", colours),
        linewidths=0.2,
    )
    return drawn
