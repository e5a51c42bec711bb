"""One look for all figures, in the sizes of a journal's columns, and files whose bytes repeat."""

import logging
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.figure import Figure

from cgni.base.files import atomic_path
from cgni.figures.print_sizes import ONE_COLUMN, PAGE_HEIGHT
from cgni.figures.settings import FigureSettings

# red and blue as published, as light and dark as they can be told apart without colour
INCREASE, DECREASE, NEUTRAL = "#ef6548", "#123f7a", "#b8bec6"
MARKERS = {"increase": "^", "decrease": "v"}
STAMP_MM = 4.0  # of height that a stamp takes
SMALLEST_PT, PLAIN_PT = 6.0, 7.0
_MM_PER_INCH = 25.4
_LETTER_MM = 1.55  # mean width of a letter of PLAIN_PT
_METADATA = {"svg": {"Date": None}, "pdf": {"CreationDate": None, "ModDate": None}, "png": {"Software": None}}


@dataclass(frozen=True)
class Style:
    """The look in force.

    Attributes
    ----------
    palette : colours as #rrggbb; the first two are those of two groups.
    dpi : of raster files.
    stamp : printed across the top of every figure; empty: nothing.
    """

    palette: Sequence[str]
    dpi: int
    stamp: str = ""

    def save(self, figure: Figure, paths: Sequence[str | Path]) -> None:
        """Write the figure to each path by its suffix (svg, png, pdf), and close it.

        The same figure gives the same bytes.
        """
        if self.stamp:
            # where nothing is laid out by itself, the figure has left room (`STAMP_MM`)
            height = figure.get_figheight() * _MM_PER_INCH
            place = {} if figure.get_layout_engine() else {"y": 1 - 0.5 / height}
            figure.suptitle(self.stamp, color="#b3261e", fontsize=8, fontweight="bold", **place)
        for path in paths:
            kind = Path(path).suffix.removeprefix(".")
            with atomic_path(path) as temporary:
                figure.savefig(temporary, format=kind, dpi=self.dpi, metadata=_METADATA[kind], facecolor="white")
        plt.close(figure)


def open_style(settings: FigureSettings, stamp: str) -> Style:
    """Set fonts, colours and lines of all figures made from now on."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells every glyph that it embeds
    plt.rcParams.update(
        {
            "font.size": PLAIN_PT,
            "font.family": "sans-serif",  # its first family, DejaVu Sans, comes with matplotlib
            "text.parse_math": False,  # a name may hold a dollar sign
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": PLAIN_PT,
            "axes.titleweight": "bold",
            "axes.labelsize": PLAIN_PT,
            "axes.linewidth": 0.6,
            "axes.prop_cycle": cycler(color=list(settings.palette)),
            "xtick.labelsize": SMALLEST_PT,
            "ytick.labelsize": SMALLEST_PT,
            "xtick.major.width": 0.6,
            "ytick.major.width": 0.6,
            "xtick.major.size": 2.5,
            "ytick.major.size": 2.5,
            "lines.linewidth": 1.0,
            "legend.frameon": False,
            "legend.fontsize": SMALLEST_PT,
            "legend.title_fontsize": SMALLEST_PT,
            "legend.handlelength": 1.5,
            "figure.constrained_layout.use": True,
            "pdf.fonttype": 42,  # TrueType: journals refuse Type 3
            "svg.hashsalt": "cgni",
            "svg.fonttype": "none",  # text stays text
        }
    )
    return Style(settings.palette, settings.dpi, stamp)


def printed(width_mm: float, height_mm: float) -> tuple[float, float]:
    """Size of a figure in inches, of its size in print; none is taller than a page."""
    return width_mm / _MM_PER_INCH, min(height_mm, PAGE_HEIGHT) / _MM_PER_INCH


def in_words(words: str, width_mm: float = ONE_COLUMN) -> Figure:
    """A figure that says why there is nothing to draw."""
    figure = plt.figure(figsize=printed(width_mm, 20), layout="none")
    lines = textwrap.fill(words, int(width_mm / _LETTER_MM))
    figure.text(0.5, 0.5, lines, ha="center", va="center")
    return figure
