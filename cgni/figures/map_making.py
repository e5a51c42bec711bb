"""How maps came out of T1 images: volumes against age and head, failures by reason, worst and middle cases."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from cgni.figures.cells import FEWEST_PEOPLE
from cgni.figures.people_points import PeopleLook, hexagons
from cgni.figures.print_sizes import TWO_COLUMNS
from cgni.figures.style import SMALLEST_PT, printed

_WORST, _MIDDLE = 4, 2
_SLICES = ("axial", "coronal")
_GRAY_EDGE = 0.4  # of gray matter a voxel, where its outline is drawn
_LONGEST = 44  # characters of a reason


@dataclass(frozen=True)
class MapMaking:
    """What is known of the maps that the study made.

    Attributes
    ----------
    quality : `imaging.schemas.T1_QUALITY`; ids are for the merge alone, none are printed.
    participants : participant_id and age.
    cases : title to slices (`imaging.t1.preview`) of the worst and the middle cases; empty where there are none.
    """

    quality: pd.DataFrame
    participants: pd.DataFrame
    cases: Mapping[str, Mapping[str, np.ndarray]]


def cases_of(quality: pd.DataFrame) -> dict[str, str]:
    """Title to path of the map of the cases with the smallest r with the template, and of those in the middle."""
    made = quality[quality["path"].notna()].sort_values(["r_template", "participant_id"])
    middle = max(len(made) // 2 - _MIDDLE // 2, 0)
    chosen = [("worst", made.iloc[:_WORST]), ("median", made.iloc[max(middle, _WORST) :][:_MIDDLE])]
    return {
        f"{name} {number}: r = {row.r_template:.3f}": str(row.path)
        for name, part in chosen
        for number, row in enumerate(part.itertuples(), start=1)
    }


def map_making(made: MapMaking, look: PeopleLook) -> Figure:
    """Gray matter by age and by intracranial volume, r with the template, failures by reason; slices of cases."""
    palette = look.palette
    figure = plt.figure(figsize=printed(TWO_COLUMNS, 130 if made.cases else 58))
    rows = figure.subfigures(2 if made.cases else 1, 1, height_ratios=[1, 1.3] if made.cases else None, squeeze=False)
    panels = rows[0, 0].subplots(1, 4, width_ratios=[1, 1, 1, 1.3])
    table = made.quality.merge(made.participants, on="participant_id", how="left")
    _scatter(panels[0], table, ("age", "Age (years)"), look)
    _scatter(panels[1], table, ("tiv_ml", "Intracranial volume (ml)"), look)
    _likeness(panels[2], table, palette)
    _reasons(panels[3], table, palette)
    if made.cases:
        _cases(rows[1, 0], made.cases, palette)
    return figure


def _scatter(axes: Axes, table: pd.DataFrame, along: tuple[str, str], look: PeopleLook) -> None:
    column, title = along
    known = table[[column, "gm_ml"]].dropna()
    axes.set(xlabel=title, ylabel="Gray matter (ml)")
    if len(known) < FEWEST_PEOPLE:
        axes.text(0.5, 0.5, "not known for\nenough people", ha="center", va="center", transform=axes.transAxes)
        return
    if look.as_points:
        axes.scatter(known[column], known["gm_ml"], s=6, color=look.palette[0], linewidths=0, rasterized=True)
    else:
        hexagons(axes, known[column], known["gm_ml"], None, look.palette)
    r = known.corr().iloc[0, 1]
    axes.set_title(f"r = {r:.2f}, n = {len(known):,}", fontweight="normal")


def _likeness(axes: Axes, table: pd.DataFrame, palette: Sequence[str]) -> None:
    known = table["r_template"].dropna()
    axes.hist(known, bins=30, color=palette[0])
    axes.set(xlabel="r with the template", ylabel="Maps")
    axes.set_title(f"n = {len(known):,}", fontweight="normal")


def _reasons(axes: Axes, table: pd.DataFrame, palette: Sequence[str]) -> None:
    counts = Counter(table["reason"].dropna())
    axes.set_title(f"{sum(counts.values()):,} images without a map", fontweight="normal")
    axes.set_yticks([])
    axes.set_xlabel("Images")
    for place, (reason, count) in enumerate(counts.most_common()):
        axes.barh(place, count, color=palette[1])
        shown = reason if len(reason) <= _LONGEST else reason[: _LONGEST - 1] + "…"
        axes.text(0, place + 0.42, f"{count:,} {shown}", fontsize=SMALLEST_PT, va="bottom")
    axes.set_ylim(-0.6, max(len(counts), 3))


def _cases(figure: SubFigure, cases: Mapping[str, Mapping[str, np.ndarray]], palette: Sequence[str]) -> None:
    """One column a case: cuts through the T1 on the template, with the outline of its gray matter."""
    axes = figure.subplots(len(_SLICES), len(cases), squeeze=False)
    for column, (title, slices) in enumerate(cases.items()):
        for axis, name in zip(axes[:, column], _SLICES, strict=True):
            axis.imshow(slices[f"t1_{name}"].T, origin="lower", cmap="gray", interpolation="nearest")
            gray = slices[f"gray_{name}"].T.astype(float) / 255
            if gray.max() > _GRAY_EDGE:
                axis.contour(gray, levels=[_GRAY_EDGE], colors=palette[1], linewidths=0.6)
            axis.set_axis_off()
        axes[0, column].set_title(title, fontsize=SMALLEST_PT, fontweight="normal")
