"""Every figure as journals want it: fonts, sizes, no text upon text, colours that differ in gray, and how many."""

import itertools
import re
from pathlib import Path
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from cgni.figures.print_sizes import ONE_COLUMN, PAGE_HEIGHT, TWO_COLUMNS
from cgni.figures.settings import FigureSettings
from cgni.figures.style import DECREASE, INCREASE, SMALLEST_PT, open_style, printed
from tests.unit.figures.made_figures import FIGURES, OTHERS

_ALL = {**FIGURES, **OTHERS}
_MM = 25.4
_OUTSIDE, _TOUCHING = 1.0, 0.6  # points that boxes may reach out of the figure or into each other: they have margins


def _drawn_texts(figure: Figure) -> dict[str, tuple[float, Bbox]]:
    """Every text as it is really drawn: size in points, and box in points of the printed page."""
    found: dict[str, tuple[float, Bbox]] = {}
    draw = Text.draw

    def recorded(text: Text, renderer: object, *args: object, **kwargs: object) -> None:
        if text.get_visible() and text.get_text().strip():
            box = Text.get_window_extent(text, renderer)  # type: ignore[arg-type]
            scale = 72 / figure.dpi
            words = " ".join(text.get_text().split())
            found[f"{words} ({len(found)})"] = (text.get_fontsize(), Bbox(box.get_points() * scale))
        draw(text, renderer, *args, **kwargs)

    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # the layout engine moves everything once
    with mock.patch.object(Text, "draw", recorded):
        canvas.draw()
    return found


@pytest.mark.parametrize("name", _ALL)
def test_figures_are_ready_for_print(name: str, tmp_path: Path) -> None:
    style = open_style(FigureSettings(), stamp="")
    figure = _ALL[name]()
    texts = _drawn_texts(figure)
    assert texts
    _assert_readable(figure, texts)
    told = " ".join(texts)
    assert re.search(r"\bn [=≥] \d", told), told
    style.save(figure, [tmp_path / "a.pdf", tmp_path / "a.svg"])
    pdf, svg = (tmp_path / "a.pdf").read_bytes(), (tmp_path / "a.svg").read_text()
    assert b"/FontFile2" in pdf and b"/Type3" not in pdf
    written = " ".join(re.findall(r"<text[^>]*>(.*?)</text>", svg, flags=re.DOTALL))
    assert {word for word in re.findall(r"[A-Za-z]{4,}", told) if word not in written} == set()


def _assert_readable(figure: Figure, texts: dict[str, tuple[float, Bbox]]) -> None:
    """One or two columns wide, no text too small, cut off, or upon another."""
    width, height = (size * _MM for size in figure.get_size_inches())
    assert min(abs(width - ONE_COLUMN), abs(width - TWO_COLUMNS)) < 0.01 and height <= PAGE_HEIGHT + 0.01
    assert {text: size for text, (size, _) in texts.items() if size < SMALLEST_PT} == {}
    page = Bbox.from_bounds(0, 0, width / _MM * 72, height / _MM * 72).padded(_OUTSIDE)
    cut = [text for text, (_, box) in texts.items() if not (page.contains(*box.min) and page.contains(*box.max))]
    assert cut == []
    pairs = itertools.combinations(texts.items(), 2)
    upon = [(one, other) for (one, (_, a)), (other, (_, b)) in pairs if _overlap(a, b) > _TOUCHING]
    assert upon == []


def _overlap(one: Bbox, other: Bbox) -> float:
    """How far two boxes reach into each other, in points; 0: not at all."""
    shared = np.minimum(one.max, other.max) - np.maximum(one.min, other.min)
    return float(shared.min()) if (shared > 0).all() else 0.0


def _lightness(colour: str) -> float:
    """L* of CIELAB, 0 to 100, from sRGB with the D65 white (IEC 61966-2-1; CIE 15:2004)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    y = float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
    return 116 * (y ** (1 / 3) if y > (6 / 29) ** 3 else y / (3 * (6 / 29) ** 2) + 4 / 29) - 16


@pytest.mark.parametrize("pair", [FigureSettings().palette[:2], (INCREASE, DECREASE)])
def test_pairs_of_colours_differ_without_colour(pair: tuple[str, str]) -> None:
    one, other = map(_lightness, pair)
    assert abs(one - other) >= 25


def test_lightness_of_known_colours() -> None:
    """White, black and the middle gray of sRGB (L* 53.59 of #808080: colour-science 0.4)."""
    assert _lightness("#ffffff") == pytest.approx(100) and _lightness("#000000") == pytest.approx(0)
    assert _lightness("#808080") == pytest.approx(53.585, abs=0.01)


@pytest.mark.parametrize(
    ("words", "places", "size"),
    [("cut", ((0.0, 1.2),), 7.0), ("upon", ((0.5, 0.5), (0.55, 0.5)), 7.0), ("small", ((0.5, 0.5),), 5.0)],
)
def test_what_the_check_must_see(words: str, places: tuple[tuple[float, float], ...], size: float) -> None:
    figure = plt.figure(figsize=printed(ONE_COLUMN, 40), layout=None)
    for x, y in places:
        figure.text(x, y, words, fontsize=size)
    with pytest.raises(AssertionError, match=words):
        _assert_readable(figure, _drawn_texts(figure))
    plt.close(figure)


@pytest.mark.parametrize(
    "name", ["attrition_flow", "architecture", "region_contributions", "outcome", "no region called"]
)
def test_a_stamp_is_upon_nothing(name: str, tmp_path: Path) -> None:
    style = open_style(FigureSettings(dpi=80), stamp="LEAKY: a fit saw people it must not see")
    figure = _ALL[name]()
    style.save(figure, [tmp_path / "a.png"])
    texts = _drawn_texts(figure)
    assert any(text.startswith("LEAKY") for text in texts)
    _assert_readable(figure, texts)


def test_every_figure_of_the_rules_is_checked() -> None:
    rules = (Path(__file__).resolve().parents[3] / "rules/figures.smk").read_text()
    assert set(re.findall(r"rule plot_(\w+):", rules)) == set(FIGURES)
