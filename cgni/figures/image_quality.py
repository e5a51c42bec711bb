"""Quality of the gray-matter maps: the distribution of r, what goes with it, and the worst maps as slices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from cgni.figures.cells import FEWEST_PEOPLE
from cgni.figures.people_points import PeopleLook, hexagons
from cgni.figures.print_sizes import TWO_COLUMNS
from cgni.figures.style import SMALLEST_PT, printed
from cgni.imaging.quality import worst_rows
from cgni.imaging.store import GmStore

_REMOVED = 1  # index into the palette


@dataclass(frozen=True)
class MapQuality:
    """What is known of the maps.

    Attributes
    ----------
    qc : `imaging.schemas.QC`, one row a map.
    column : of `qc`, the r that is shown: `r` inside the gray-matter mask, `r_image` over the whole image.
    threshold : lowest such r that was kept.
    participants : participant_id, site, head_size; ids are for the merge alone, none are printed.
    relations : `imaging.schemas.QC_RELATIONS`; site and head_size give the panels' titles.
    least_r_image : r over the whole image that every map was to exceed.
    worst : (r, map [x, y, z]) of the maps with the smallest r, worst first.
    reference : mean map [x, y, z].
    """

    qc: pd.DataFrame
    column: str
    threshold: float
    participants: pd.DataFrame
    relations: pd.DataFrame
    least_r_image: float
    worst: Sequence[tuple[float, np.ndarray]]
    reference: np.ndarray

    def known(self, *columns: str) -> pd.DataFrame:
        """One row a map that has all the `columns` (of r, site, head_size), with these and `passed`."""
        qc = self.qc.assign(r=self.qc[self.column])
        table = qc.merge(self.participants, on="participant_id", how="left")
        return table[["passed", *columns]].dropna(subset=list(columns))

    def relation(self, variable: str, symbol: str) -> str:
        """How r goes with a variable, such as "η² = 0.012, p < 0.001"."""
        found: Mapping[str, Mapping[str, Any]] = self.relations.set_index("variable").to_dict("index")
        if variable not in found:
            return "not known for enough people"
        p = found[variable]["p"]
        return f"{symbol} = {found[variable]['value']:.3f}, " + ("p < 0.001" if p < 0.001 else f"p = {p:.3f}")


def worst_maps(store: GmStore, r: np.ndarray, count: int) -> list[tuple[float, np.ndarray]]:
    """(r, map float32 [x, y, z]) of the `count` maps with the smallest r, worst first; those without an r lead.

    `r` is float64 [maps], in the order of the store.
    """
    return [(float(r[row]), store.read_one(row)) for row in worst_rows(r, count)]


def gm_quality(quality: MapQuality, look: PeopleLook) -> Figure:
    """Histogram of r with the threshold; r by site and head size; slices of the reference and the worst maps.

    Real people (`look`) are neither points nor outliers of a box.
    """
    palette = look.palette
    figure = plt.figure(figsize=printed(TWO_COLUMNS, 112))
    upper, lower = figure.subfigures(2, 1, height_ratios=[1.25, 1], squeeze=False)[:, 0]
    distribution, site, head = upper.subplots(1, 3, width_ratios=[1.5, 1, 1])
    _distribution(distribution, quality, palette)
    _by_site(site, quality, look)
    _by_head_size(head, quality, look)
    _slices(lower, quality, palette)
    return figure


def _distribution(axes: Axes, quality: MapQuality, palette: Sequence[str]) -> None:
    known, threshold = quality.known("r"), quality.threshold
    low = max(min(float(known["r"].min()), threshold) - 0.02, -1)
    bins = np.linspace(low, max(float(known["r"].max()), threshold) + 0.005, 45).tolist()
    for passed, colour, name in ((True, palette[0], "kept"), (False, palette[_REMOVED], "removed")):
        part = known.loc[known["passed"] == passed, "r"]
        axes.hist(part, bins=bins, color=colour, label=f"{name} (n = {len(part):,})")
    axes.axvline(threshold, color="black", linestyle="--", linewidth=1, label=f"threshold {threshold:.3g}")
    where = "inside the mask" if quality.column == "r" else "over the whole image"
    axes.set(xlabel=f"r with the mean gray-matter map, {where}", ylabel="Images", yscale="symlog", title="All images")
    axes.yaxis.set_major_formatter("{x:g}")  # powers would be written as mathematics, which is off (`style`)
    axes.set_ylim(bottom=0, top=axes.get_ylim()[1] * 6)
    also = f"and r > {quality.least_r_image:.3g} over the whole image" if quality.column == "r" else None
    axes.legend(loc="upper left", title=also, alignment="left")


def _by_site(axes: Axes, quality: MapQuality, look: PeopleLook) -> None:
    known = quality.known("r", "site")
    sites = sorted(known["site"].unique())
    if sites:
        axes.boxplot(
            [known.loc[known["site"] == site, "r"] for site in sites],
            tick_labels=sites,
            widths=0.6,
            showfliers=look.as_points,
            flierprops={"markersize": 2.5, "markeredgecolor": look.palette[_REMOVED]},
            medianprops={"color": look.palette[0]},
        )
    axes.axhline(quality.threshold, color="black", linestyle="--", linewidth=1)
    axes.set(xlabel="Site", ylabel="r")
    axes.tick_params(axis="x", labelrotation=45 if len(sites) > 3 else 0)
    axes.set_title(f"{quality.relation('site', 'η²')}\nn = {len(known):,}", fontweight="normal")


def _by_head_size(axes: Axes, quality: MapQuality, look: PeopleLook) -> None:
    known = quality.known("r", "head_size")
    if look.as_points:
        colours = np.where(known["passed"], look.palette[0], look.palette[_REMOVED])
        axes.scatter(known["head_size"], known["r"], s=5, c=colours, linewidths=0, rasterized=True)
    elif len(known) >= FEWEST_PEOPLE:
        hexagons(axes, known["head_size"], known["r"], None, look.palette)
    axes.axhline(quality.threshold, color="black", linestyle="--", linewidth=1)
    axes.set(xlabel="Head size (scaling factor)", ylabel="r")
    axes.set_title(f"{quality.relation('head_size', 'ρ')}\nn = {len(known):,}", fontweight="normal")


def _slices(figure: SubFigure, quality: MapQuality, palette: Sequence[str]) -> None:
    """One column a map: an axial cut above a coronal one through the middle of the reference's mass."""
    reference = quality.reference
    middle = [round(float(np.average(np.arange(size), weights=mass))) for size, mass in _masses(reference)]
    top = float(reference.max())
    axes = figure.subplots(2, 1 + len(quality.worst), squeeze=False)
    for column, (r, density) in enumerate([(None, reference), *quality.worst]):
        for axis, cut in zip(axes[:, column], (density[:, :, middle[2]], density[:, middle[1], :]), strict=True):
            axis.imshow(cut.T, origin="lower", cmap="gray", vmin=0, vmax=top, interpolation="nearest")
            axis.set_axis_off()
        colour = "black" if r is None or r > quality.threshold else palette[_REMOVED]
        name = "reference" if r is None else "no variance" if np.isnan(r) else f"r = {r:.3f}"
        axes[0, column].set_title(name, fontsize=SMALLEST_PT, fontweight="normal", color=colour)


def _masses(reference: np.ndarray) -> list[tuple[int, np.ndarray]]:
    axes = range(reference.ndim)
    return [(reference.shape[axis], reference.sum(axis=tuple(set(axes) - {axis})) + 1e-12) for axis in axes]
