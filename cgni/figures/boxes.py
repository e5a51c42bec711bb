"""Boxes of text and arrows, in millimetres of print."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from cgni.figures.print_sizes import PAGE_HEIGHT
from cgni.figures.style import SMALLEST_PT, STAMP_MM, printed

LINE_MM, PAD_MM = 2.75, 1.6
_LETTER_MM = 1.32  # mean width of a letter of SMALLEST_PT
_COUNT, _UNBROKEN = " n = ", " n\0=\0"  # a number stays with its n
_FILL, _EDGE, _ASIDE = "#eef3fa", "#1f4e8c", "#6b7482"


@dataclass(frozen=True)
class Box:
    """Lines of text in a frame.

    Attributes
    ----------
    aside : drawn dashed and empty, as what does not go on.
    alone : does not follow from the box before it.
    """

    lines: Sequence[str]
    aside: bool = False
    alone: bool = False

    @property
    def height(self) -> float:
        """In mm."""
        return LINE_MM * len(self.lines) + 2 * PAD_MM

    def wrapped(self, width: float) -> "Box":
        """The box with lines that fit `width` mm; continued lines are indented."""
        letters = int((width - 2 * PAD_MM) / _LETTER_MM)
        whole = [line.replace(_COUNT, _UNBROKEN) for line in self.lines]
        lines = [part for line in whole for part in textwrap.wrap(line, letters, subsequent_indent="   ")]
        return replace(self, lines=[line.replace(_UNBROKEN, _COUNT) for line in lines])

    def draw(self, axes: Axes, left: float, top: float, width: float) -> None:
        """At a place in mm; y goes up."""
        edge, face, dashes = (_ASIDE, "white", "--") if self.aside else (_EDGE, _FILL, "-")
        shape = FancyBboxPatch(
            (left, top - self.height),
            width,
            self.height,
            boxstyle="round,pad=0,rounding_size=1",
            facecolor=face,
            edgecolor=edge,
            linestyle=dashes,
            linewidth=0.7,
        )
        axes.add_patch(shape)
        for number, line in enumerate(self.lines):
            y = top - PAD_MM - LINE_MM * (number + 0.5)
            axes.text(left + PAD_MM, y, line, fontsize=SMALLEST_PT, va="center_baseline")


def sheet(width_mm: float, height_mm: float) -> tuple[Figure, Axes]:
    """A figure with axes whose units are mm from its lower left corner, and room for a stamp above them."""
    height_mm = min(height_mm, PAGE_HEIGHT - STAMP_MM)
    figure = plt.figure(figsize=printed(width_mm, height_mm + STAMP_MM))
    share = height_mm / (height_mm + STAMP_MM)
    axes = figure.add_axes((0, 0, 1, share), xlim=(0, width_mm), ylim=(0, height_mm))
    axes.set_axis_off()
    figure.set_layout_engine("none")
    return figure, axes


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], style: str = "-|>") -> None:
    """A straight arrow between two places in mm."""
    patch = FancyArrowPatch(start, end, arrowstyle=style, mutation_scale=5, color=_ASIDE, shrinkA=0, shrinkB=0)
    patch.set_linewidth(0.7)
    axes.add_patch(patch)
