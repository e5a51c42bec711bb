"""Quality of the gray-matter maps: the distribution of r, what goes with it, and the worst maps as slices."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_REMOVED = 1  # index into the palette


def gm_quality(
    table: pd.DataFrame,
    relations: pd.DataFrame,
    threshold: float,
    worst: Sequence[tuple[float, np.ndarray]],
    reference: np.ndarray,
    palette: Sequence[str],
) -> Figure:
    """Histogram of r with the threshold; r by site and head size; slices of the reference and the worst maps.

    Parameters
    ----------
    table
        One row a map: r (may be missing), passed, site, head_size. No ids: none are printed.
    relations
        `imaging.schemas.QC_RELATIONS`; site and head_size give the panels' titles.
    worst
        (r, map [x, y, z]) of the maps with the smallest r, worst first.
    reference
        Mean map [x, y, z].
    """
    figure = plt.figure(figsize=(9.6, 5.9))
    upper, lower = figure.subfigures(2, 1, height_ratios=[1.25, 1])
    distribution, site, head = upper.subplots(1, 3, width_ratios=[1.5, 1, 1])
    found = relations.set_index("variable").to_dict("index")
    _distribution(distribution, table, threshold, palette)
    _by_site(site, table, threshold, found, palette)
    _by_head_size(head, table, threshold, found, palette)
    _slices(lower, worst, reference, threshold, palette)
    return figure


def _distribution(axes: Axes, table: pd.DataFrame, threshold: float, palette: Sequence[str]) -> None:
    known = table.dropna(subset="r")
    low = max(min(float(known["r"].min()), threshold) - 0.02, -1)
    bins = np.linspace(low, max(float(known["r"].max()), threshold) + 0.005, 45)
    for passed, colour, name in ((True, palette[0], "kept"), (False, palette[_REMOVED], "removed")):
        part = known.loc[known["passed"] == passed, "r"]
        axes.hist(part, bins=bins, color=colour, label=f"{name} (n = {len(part):,})")
    axes.axvline(threshold, color="black", linestyle="--", linewidth=1, label=f"threshold {threshold:g}")
    axes.set(xlabel="r with the mean gray-matter map", ylabel="Images", yscale="symlog", title="All images")
    axes.set_ylim(bottom=0, top=axes.get_ylim()[1] * 6)
    axes.legend(fontsize=8, loc="upper left")


def _by_site(
    axes: Axes, table: pd.DataFrame, threshold: float, found: Mapping[str, Mapping], palette: Sequence[str]
) -> None:
    known = table.dropna(subset=["r", "site"])
    sites = sorted(known["site"].unique())
    if sites:
        axes.boxplot(
            [known.loc[known["site"] == site, "r"] for site in sites],
            tick_labels=sites, widths=0.6, flierprops={"markersize": 2.5, "markeredgecolor": palette[_REMOVED]},
            medianprops={"color": palette[0]},
        )  # fmt: skip
    axes.axhline(threshold, color="black", linestyle="--", linewidth=1)
    axes.set(xlabel="Site", ylabel="r")
    axes.tick_params(axis="x", labelrotation=45 if len(sites) > 3 else 0)
    axes.set_title(_relation(found.get("site"), "η²"), fontsize=9, fontweight="normal")


def _by_head_size(
    axes: Axes, table: pd.DataFrame, threshold: float, found: Mapping[str, Mapping], palette: Sequence[str]
) -> None:
    known = table.dropna(subset=["r", "head_size"])
    colours = np.where(known["passed"], palette[0], palette[_REMOVED])
    axes.scatter(known["head_size"], known["r"], s=5, c=colours, linewidths=0, rasterized=True)
    axes.axhline(threshold, color="black", linestyle="--", linewidth=1)
    axes.set(xlabel="Head size (scaling factor)", ylabel="r")
    axes.set_title(_relation(found.get("head_size"), "ρ"), fontsize=9, fontweight="normal")


def _relation(found: Mapping | None, symbol: str) -> str:
    if found is None:
        return "not known for enough people"
    p = "p < 0.001" if found["p"] < 0.001 else f"p = {found['p']:.3f}"
    return f"{symbol} = {found['value']:.3f}, {p}"


def _slices(
    figure: plt.Figure,
    worst: Sequence[tuple[float, np.ndarray]],
    reference: np.ndarray,
    threshold: float,
    palette: Sequence[str],
) -> None:
    """One column a map: an axial cut above a coronal one through the middle of the reference's mass."""
    middle = [round(float(np.average(np.arange(size), weights=mass))) for size, mass in _masses(reference)]
    top = float(reference.max())
    axes = figure.subplots(2, 1 + len(worst), squeeze=False)
    for column, (r, density) in enumerate([(None, reference), *worst]):
        for axis, cut in zip(axes[:, column], (density[:, :, middle[2]], density[:, middle[1], :]), strict=True):
            axis.imshow(cut.T, origin="lower", cmap="gray", vmin=0, vmax=top, interpolation="nearest")
            axis.set_axis_off()
        colour = "black" if r is None or r > threshold else palette[_REMOVED]
        name = "reference" if r is None else "no variance" if np.isnan(r) else f"r = {r:.3f}"
        axes[0, column].set_title(name, fontsize=9, fontweight="normal", color=colour)


def _masses(reference: np.ndarray) -> list[tuple[int, np.ndarray]]:
    axes = range(reference.ndim)
    return [(reference.shape[axis], reference.sum(axis=tuple(set(axes) - {axis})) + 1e-12) for axis in axes]
