"""The picture of the report is made of the figures of a results folder."""

from pathlib import Path

from PIL import Image

from tools.picture_report import FIGURES, GAP, WIDTH, picture


def test_figures_lie_below_each_other_none_wider_than_the_page(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    sizes = {FIGURES[0]: (1800, 600), FIGURES[1]: (300, 200), FIGURES[2]: (900, 100)}
    for name, size in sizes.items():
        Image.new("RGB", size, "red").save(tmp_path / "figures" / f"{name}.png")
    whole = picture(tmp_path)
    assert whole.size == (WIDTH, 300 + 200 + 100 + 3 * GAP)  # the first is halved
    pixels = whole.convert("RGB")
    white, red = (255, 255, 255), (255, 0, 0)
    assert pixels.getpixel((10, 10)) == red and pixels.getpixel((10, 300 + GAP + 50)) == white
    assert pixels.getpixel((WIDTH // 2, 300 + GAP + 50)) == red  # a narrow one stands in the middle
