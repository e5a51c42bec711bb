"""Partial correlations of minor alleles with called regions, with their intervals."""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cgni.base.views import REGION_WORDS, FeatureWords
from cgni.figures.cells import few
from cgni.figures.print_sizes import TWO_COLUMNS
from cgni.figures.style import in_words, printed

_MOST = 20
# kind of people, offset of the row, marker, index into the palette
_PEOPLE = (("out_of_fold", 0.17, "o", 0), ("holdout", -0.17, "D", 1))
NOTHING = "No SNP and {feature} are both called: there is no effect of an allele on {several} to show (n = 0 pairs)."


def allele_region_effects(
    directions: pd.DataFrame, rsids: pd.Series, palette: Sequence[str], words: FeatureWords = REGION_WORDS
) -> Figure:
    """Genes' minor alleles on their component's called regions, and the strongest pairs of a SNP and a region.

    Parameters
    ----------
    directions
        `contributions.schemas_claims.DIRECTIONS`.
    rsids
        rsid by variant_id; missing where there is none.
    words
        What features are called.
    """
    genes = directions[directions["kind"] == "gene_region"]
    pairs = directions[directions["kind"] == "allele_region"]
    if pairs.empty:
        return in_words(NOTHING.format(feature=words.one["imaging"], several=words.several["imaging"]), TWO_COLUMNS)
    count = max(min(genes[["component", "feature"]].drop_duplicates().shape[0], _MOST), min(len(pairs), _MOST))
    figure, axes = plt.subplots(1, 2, figsize=printed(TWO_COLUMNS, 5.2 * count + 34))
    tested = pairs[["feature", "target"]].drop_duplicates().shape[0]
    _forest(axes[0], genes, _gene, palette)
    axes[0].set_title(f"Minor alleles of a gene, mean over\nthe called {words.several['imaging']}")
    _forest(axes[1], pairs, lambda row: _pair(row, rsids), palette)
    axes[1].set_title(f"Minor allele on {words.one['imaging']}:\nstrongest of n = {tested:,} pairs")
    handles = [
        Line2D([], [], marker=marker, color=palette[colour], markersize=3.5, linewidth=0.9)
        for _, _, marker, colour in _PEOPLE
    ]
    names = [f"{_TITLES[people]} (n = {_people(pairs, people)})" for people, *_ in _PEOPLE]
    figure.legend(handles, names, loc="outside lower center", ncols=2)
    return figure


_TITLES = {
    "out_of_fold": "out of fold, by which pairs are chosen, 95 % interval",
    "holdout": "holdout, 95 % interval",
}


def _forest(axes: Axes, rows: pd.DataFrame, name: Callable[[pd.Series], str], palette: Sequence[str]) -> None:
    """Estimates with intervals of the rows with the smallest p out of fold."""
    key = ["component", "feature", "target"]
    rows = rows.astype({"component": "float64"}).fillna({"component": -1})
    leading = rows[rows["people"] == "out_of_fold"].sort_values(["p", *key], kind="stable").head(_MOST)
    wide = rows.set_index([*key, "people"]).sort_index()
    for place, (_, row) in enumerate(leading.iterrows()):
        for people, offset, marker, colour in _PEOPLE:
            where = (*row[key], people)
            if where not in wide.index:
                continue
            found = wide.loc[where]
            if pd.isna(found["estimate"]) or few(found["n"]):
                continue
            bounds = [[found["estimate"] - found["low"]], [found["high"] - found["estimate"]]]
            y, own = -place + offset, palette[colour]
            axes.errorbar(found["estimate"], y, xerr=bounds, fmt=marker, color=own, markersize=3.5, elinewidth=0.8)
    axes.axvline(0, color="gray", linewidth=0.6)
    axes.set_yticks([-place for place in range(len(leading))], [name(row) for _, row in leading.iterrows()])
    axes.set(xlabel="Partial r beyond confounds", ylim=(-max(len(leading), 1) + 0.4, 0.6))


def _gene(row: pd.Series) -> str:
    """A gene, with its component where the estimate is of one."""
    return str(row["feature"]) + (f" ({row['component']:.0f})" if row["component"] > 0 else "")


def _pair(row: pd.Series, rsids: pd.Series) -> str:
    rsid = rsids.get(row["feature"])
    return f"{row['feature'] if pd.isna(rsid) else rsid}, {row['target'].replace('_', ' ')}"


def _people(pairs: pd.DataFrame, people: str) -> str:
    counts = pairs.loc[pairs["people"] == people, "n"]
    return f"{int(counts.max()):,}" if len(counts) else "0"
