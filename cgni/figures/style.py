"""One look for all figures, and files whose bytes repeat."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.figure import Figure

from cgni.base.files import atomic_path
from cgni.figures.settings import FigureSettings

INCREASE, DECREASE, NEUTRAL = "#c0392b", "#2c6fbb", "#b8bec6"
_METADATA = {"svg": {"Date": None}, "pdf": {"CreationDate": None, "ModDate": None}, "png": {"Software": None}}


@dataclass(frozen=True)
class Style:
    """The look in force.

    Attributes
    ----------
    palette : colours as #rrggbb.
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
            figure.suptitle(self.stamp, color=INCREASE, fontsize=10, fontweight="bold")
        for path in paths:
            kind = Path(path).suffix.removeprefix(".")
            with atomic_path(path) as temporary:
                figure.savefig(temporary, format=kind, dpi=self.dpi, metadata=_METADATA[kind], facecolor="white")
        plt.close(figure)


def open_style(settings: FigureSettings, stamp: str) -> Style:
    """Set fonts, colours and lines of all figures made from now on."""
    plt.rcParams.update(
        {
            "font.size": 10,
            "font.family": "DejaVu Sans",
            "text.parse_math": False,  # a name may hold a dollar sign
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 11,
            "axes.titleweight": "bold",
            "axes.prop_cycle": cycler(color=list(settings.palette)),
            "legend.frameon": False,
            "figure.constrained_layout.use": True,
            "svg.hashsalt": "cgni",
            "svg.fonttype": "path",
        }
    )
    return Style(settings.palette, settings.dpi, stamp)
