"""Enriched terms: how far beyond the null's draws, and how many genes."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cgni.enrichment.schemas import ALL_COMPONENTS
from cgni.figures.print_sizes import TWO_COLUMNS
from cgni.figures.style import SMALLEST_PT, in_words, printed

_MOST, _LETTERS = 20, 58
_LEVEL = 0.05  # of the family-wise p
_SOURCE_MARKERS = "osD^v"
NOTHING = "No term: {why} (n = 0 terms)."


def term_dots(terms: pd.DataFrame, note: str, palette: Sequence[str]) -> Figure:
    """The first terms of all components' genes together by their p; dots as large as their genes are many.

    They come in the order of their family-wise p, which decides; filled: at most 0.05. The hypergeometric p on the axis
    takes genes as independent.

    Parameters
    ----------
    terms
        `enrichment.schemas.TERMS`; those against the configured background are shown.
    note
        Where no term was looked for, in words.
    """
    own = terms[(terms["component"] == ALL_COMPONENTS) & terms["primary"].astype(bool)]
    if own.empty:
        return in_words(NOTHING.format(why=note or "none has a gene of a called SNP"), TWO_COLUMNS)
    first = own.sort_values(["p_family", "p_null", "p", "term_id"], kind="stable").head(_MOST)
    x = -np.log10(first["p"])
    figure, axes = plt.subplots(figsize=printed(TWO_COLUMNS, 5 * len(first) + 32))
    sources = sorted(own["source"].unique())
    for number, source in enumerate(sources):
        mine = (first["source"] == source).to_numpy()
        beyond = (first["p_family"] <= _LEVEL).to_numpy()
        for filled in (True, False):
            chosen = mine & (beyond == filled)
            colour = palette[number % len(palette)]
            axes.scatter(
                x[chosen],
                -np.flatnonzero(chosen),
                s=9 + 5 * first.loc[chosen, "intersection"],
                marker=_SOURCE_MARKERS[number % 5],
                facecolors=colour if filled else "white",
                edgecolors=colour,
                linewidths=0.9,
            )
    names = [_short(name) for name in first["term"]]
    axes.set_yticks([-place for place in range(len(first))], names)
    counts = [f"{row.intersection} of {row.term_size}" for row in first.itertuples()]
    for place, text in enumerate(counts):
        axes.text(1.01, -place, text, transform=axes.get_yaxis_transform(), fontsize=SMALLEST_PT, va="center")
    axes.set(xlabel="-log10 p, hypergeometric (the null's draws decide)")
    axes.set_ylim(-len(first) + 0.4, 0.6)
    axes.margins(x=0.08)
    query, background, draws = (int(own[name].max()) for name in ("query_size", "background_size", "draws"))
    found = int((own["p_family"] <= _LEVEL).sum())
    head = f"{found} of n = {len(own):,} terms beyond the null (family-wise p at most {_LEVEL:g}, {draws} draws)"
    head += f"; n = {query:,} genes of {background:,}; at the right: how many are of the term, by its size"
    handles = [
        Line2D([], [], marker=_SOURCE_MARKERS[number % 5], linestyle="", color=palette[number % len(palette)])
        for number in range(len(sources))
    ]
    hollow = Line2D([], [], marker="o", linestyle="", color="gray", markerfacecolor="white")
    figure.legend([*handles, hollow], [*sources, "hollow: not beyond"], title=head, loc="outside lower center", ncols=5)
    return figure


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…"
