"""Make the picture of the demo's report from the figures of a finished study: docs/images/report.png.

python -m tools.picture_report [RESULTS] [TARGET]

No browser is needed, and the same figures give the same bytes.
"""

import sys
from pathlib import Path

from PIL import Image

FIGURES = ("performance", "canonical_variates", "region_contributions")
WIDTH, GAP, COLOURS = 900, 24, 128


def picture(results: Path) -> Image.Image:
    """The figures of a results folder below each other, none wider than the page.

    Raises
    ------
    FileNotFoundError
        The study has not drawn them.
    """
    parts = []
    for name in FIGURES:
        with Image.open(results / "figures" / f"{name}.png") as figure:
            width = min(WIDTH, figure.width)
            height = round(figure.height * width / figure.width)
            parts.append(figure.convert("RGB").resize((width, height), Image.Resampling.LANCZOS))
    whole = Image.new("RGB", (WIDTH, sum(part.height + GAP for part in parts)), "white")
    top = 0
    for part in parts:
        whole.paste(part, ((WIDTH - part.width) // 2, top))
        top += part.height + GAP
    return whole.quantize(COLOURS)


if __name__ == "__main__":
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "results")
    target = Path(sys.argv[2] if len(sys.argv) > 2 else "docs/images/report.png")
    picture(source).save(target, optimize=True)
    print(f"picture: {target}")
