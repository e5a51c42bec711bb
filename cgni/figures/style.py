"""One look for all figures, and files whose bytes repeat."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from cgni.base.files import atomic_path

INCREASE, DECREASE, NEUTRAL = "#c0392b", "#2c6fbb", "#b8bec6"
_METADATA = {"svg": {"Date": None}, "pdf": {"CreationDate": None, "ModDate": None}, "png": {"Software": None}}


def use_style(palette: Sequence[str]) -> None:
    """Fonts, colours and lines of all figures."""
    plt.rcParams.update(
        {
            "font.size": 10,
            "font.family": "DejaVu Sans",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 11,
            "axes.titleweight": "bold",
            "axes.prop_cycle": matplotlib.cycler(color=list(palette)),
            "legend.frameon": False,
            "figure.constrained_layout.use": True,
            "svg.hashsalt": "cgni",
            "svg.fonttype": "path",
        }
    )


def save_figure(figure: Figure, paths: Sequence[str | Path], dpi: int, stamp: str) -> None:
    """Write the figure to each path by its suffix (svg, png, pdf); the same figure gives the same bytes.

    A `stamp` that is not empty is printed across the top.
    """
    if stamp:
        figure.suptitle(stamp, color=INCREASE, fontsize=10, fontweight="bold")
    for path in paths:
        kind = Path(path).suffix.removeprefix(".")
        with atomic_path(path) as temporary:
            figure.savefig(temporary, format=kind, dpi=dpi, metadata=_METADATA[kind], facecolor="white")
    plt.close(figure)
