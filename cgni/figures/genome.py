"""SNPs along the genome by the statistic that decides, with the genes of the called ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cgni.base.views import GENETICS
from cgni.contributions.called import consensus
from cgni.figures.print_sizes import TWO_COLUMNS
from cgni.figures.style import DECREASE, INCREASE, MARKERS, NEUTRAL, SMALLEST_PT, printed

_COLOURS = {"increase": INCREASE, "decrease": DECREASE}
_GAP = 0.02  # between chromosomes, of all their lengths
_MOST_LABELS, _LETTERS = 40, 12
_PANEL_MM, _LABELS_MM = 34.0, 13.0


@dataclass(frozen=True)
class SnpPlaces:
    """Where SNPs lie, and what is near them.

    Attributes
    ----------
    variants : variant_id, chrom, pos, ld_block of the tested SNPs (`genetics.schemas.VARIANTS`).
    genes : variant_id and symbol of their genes (`genetics.schemas.SNP_GENES`).
    """

    variants: pd.DataFrame
    genes: pd.DataFrame

    def along(self) -> tuple[pd.Series, pd.Series]:
        """Place of every SNP (variant_id to 0 ... 1) and middle of every chromosome, in their order."""
        table = self.variants.assign(number=self.variants["chrom"].map(_chromosome_order))
        table = table.sort_values(["number", "chrom", "pos"], kind="stable")
        spans = table.groupby("chrom", sort=False)["pos"].agg(["min", "max"])
        lengths = (spans["max"] - spans["min"]).clip(lower=1).astype(float)
        lengths = np.maximum(lengths, 0.03 * lengths.sum())  # a chromosome of few genes stays readable
        gap = _GAP * lengths.sum()
        starts = (lengths + gap).cumsum() - lengths - gap
        scale = float(starts.iloc[-1] + lengths.iloc[-1])
        stretch = lengths / (spans["max"] - spans["min"]).clip(lower=1)
        first, own = table["chrom"].map(spans["min"]), table["chrom"]
        x = (own.map(starts) + (table["pos"] - first) * own.map(stretch)) / scale
        return pd.Series(x.to_numpy(), index=table["variant_id"].to_numpy()), (starts + lengths / 2) / scale

    def genes_of(self, variant: str) -> str:
        """Symbols of a SNP's genes; its own name where it has none."""
        names: list[str] = sorted(self.genes.loc[self.genes["variant_id"] == variant, "symbol"].dropna().unique())
        if not names:
            return variant
        text = names[0] if len(names[0]) <= _LETTERS else names[0][: _LETTERS - 1] + "…"
        return text + (f" +{len(names) - 1}" if len(names) > 1 else "")


def snp_contributions(
    contributions: pd.DataFrame, places: SnpPlaces, rule: Literal["permutation", "sd"], threshold: float
) -> Figure:
    """What decides on every SNP along the chromosomes, one panel a component; called ones with their genes.

    Under `permutation` -log10 of p against encoders trained on shuffled pairings, under `sd` the absolute z.

    Parameters
    ----------
    contributions
        `contributions.schemas.CONTRIBUTIONS`; its consensus is shown.
    threshold
        |z| from which on the published rule calls a SNP.
    """
    table = consensus(contributions, GENETICS)
    table = table[table["feature"].isin(places.variants["variant_id"])]
    by_p = rule == "permutation" and table["p"].notna().any()
    table = table.assign(height=-np.log10(table["p"]) if by_p else table["z"].abs())
    components = sorted(table["component"].unique())
    x, middles = places.along()
    blocks = places.variants.set_index("variant_id")["ld_block"]
    size = printed(TWO_COLUMNS, (_PANEL_MM + _LABELS_MM) * len(components) + 16)
    figure, axes = plt.subplots(len(components), 1, figsize=size, sharex=True, squeeze=False)
    for axis, component in zip(axes[:, 0], components, strict=True):
        part = table[table["component"] == component]
        called = part[part["called"]].assign(block=lambda rows: rows["feature"].map(blocks))
        _points(axis, part, x)
        _label_genes(axis, called, x, places)
        if not by_p:
            axis.axhline(threshold, color="gray", linestyle="--", linewidth=0.7)
        elif len(called):
            axis.axhline(called["height"].min(), color="gray", linestyle="--", linewidth=0.7)
        name = "-log10 p (null)" if by_p else "|z| of the contribution"
        told = f"{len(called)} of n = {len(part):,} called" if len(called) else f"none of n = {len(part):,} called"
        axis.set(ylabel=name, xlim=(-0.01, 1.01))
        # above the genes, which stand on end
        axis.set_title(f"Component {component}: {told}", loc="left", pad=_LABELS_MM * 72 / 25.4 if len(called) else 4)
        axis.set_ylim(bottom=0)
    axes[-1, 0].set_xticks(middles.to_numpy(), [str(chrom) for chrom in middles.index])
    axes[-1, 0].set_xlabel("Chromosome (positions of the tested SNPs to scale within each)")
    figure.legend(*_legend(by_p), loc="outside lower center", ncols=4)
    return figure


def _points(axis: Axes, part: pd.DataFrame, x: pd.Series) -> None:
    """Gray dots of alternating shade a chromosome; called SNPs as coloured triangles by their sign."""
    chroms = part["feature"].str.split(":").str[0]
    order = {chrom: number for number, chrom in enumerate(dict.fromkeys(x.index.str.split(":").str[0]))}
    shades = chroms.map(order).mod(2).map({0: "#7d8795", 1: NEUTRAL})
    axis.scatter(part["feature"].map(x), part["height"], s=5, c=shades, linewidths=0)
    for direction, own in part[part["called"]].groupby("direction"):
        colour, marker = _COLOURS.get(str(direction), "#5f6b7a"), MARKERS.get(str(direction), "o")
        axis.scatter(own["feature"].map(x), own["height"], s=16, color=colour, marker=marker, linewidths=0)


def _label_genes(axis: Axes, called: pd.DataFrame, x: pd.Series, places: SnpPlaces) -> None:
    """The genes of each called block's strongest SNP above the panel, with a line to it."""
    best = called.sort_values("height", ascending=False, kind="stable").drop_duplicates("block").head(_MOST_LABELS)
    best = best.assign(x=best["feature"].map(x)).sort_values("x", kind="stable")
    for row, place in zip(best.itertuples(), spread(best["x"].to_numpy(), 1 / (_MOST_LABELS + 3)), strict=True):
        axis.annotate(
            places.genes_of(row.feature),
            (row.x, row.height),
            (place, 1.06),
            textcoords=axis.get_xaxis_transform(),
            rotation=90,
            ha="center",
            va="bottom",
            fontsize=SMALLEST_PT,
            fontstyle="italic",
            arrowprops={"arrowstyle": "-", "color": "#a7afba", "linewidth": 0.4, "shrinkA": 0, "shrinkB": 2},
        )


def spread(places: np.ndarray, gap: float) -> np.ndarray:
    """The ascending places (float [n], inside 0 ... 1) moved as little as keeps neighbours `gap` apart."""
    moved = np.asarray(places, float).copy()
    for _ in range(200):
        over = gap - np.diff(moved)
        if not (over > 1e-9).any():
            break
        push = np.maximum(over, 0) / 2
        moved[:-1] -= push
        moved[1:] += push
        moved = np.clip(moved, 0, 1)
    for number in range(1, len(moved)):
        moved[number] = max(moved[number], moved[number - 1] + gap)
    return moved - max(moved[-1] - 1, 0) if len(moved) else moved


def _chromosome_order(chrom: str) -> int:
    return int(chrom) if chrom.isdigit() else 100


def _legend(by_p: bool) -> tuple[list[Line2D], Sequence[str]]:
    handles = [
        Line2D([], [], marker=MARKERS[sign], linestyle="", color=colour, markersize=4)
        for sign, colour in _COLOURS.items()
    ]
    handles += [Line2D([], [], marker="o", linestyle="", color="#7d8795", markersize=2.5)]
    handles += [Line2D([], [], linestyle="--", color="gray", linewidth=0.7)]
    line = "least p that is called" if by_p else "the published rule"
    return handles, ["called, positive sign against the variate", "called, negative sign", "not called", line]
