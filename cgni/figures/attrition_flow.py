"""Who and what was left out, step by step, as a flow chart in the manner of CONSORT."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cgni.figures.boxes import Box, arrow, sheet
from cgni.figures.print_sizes import TWO_COLUMNS

_GAP_MM, _HEAD_MM, _EDGE_MM = 5.0, 8.0, 2.0
_GUTTER_MM, _INDENT_MM = 4.0, 5.0
_CRITERIA = "pairs"  # whose steps are named by what is kept
_PARTS = ("with image", "with genotypes", "with image and genotypes")


def attrition_flow(attrition: Sequence[pd.DataFrame], splits: pd.DataFrame, blocks: int) -> Figure:
    """One column each for people, images (or a table of imaging features) and SNPs; every exclusion with its n.

    Parameters
    ----------
    attrition
        `cohort.schemas.ATTRITION` of each stage, in their order.
    splits
        role of the people of the split (`cohort.schemas`); no id is read.
    blocks
        LD blocks of the SNPs that are tested.
    """
    tables = [_summed(table) for table in attrition]
    cohort = next(table for table in tables if (table["stage"] == "cohort").any())
    genetics = next(table for table in tables if (table["stage"] == "genetics").any())
    columns = {
        "People": _people(cohort, splits),
        "Imaging": _imaging(tables),
        "SNPs": [
            *_chain(genetics, "pairs", "Pairs of SNP and gene"),
            *_chain(genetics, "variants", "SNPs tested"),
            Box([f"LD blocks, n = {blocks:,}"]),
        ],
    }
    width = (TWO_COLUMNS - _GUTTER_MM * (len(columns) + 1)) / len(columns)
    fitted = {title: [box.wrapped(width - _shift(box)) for box in boxes] for title, boxes in columns.items()}
    tallest = max(sum(box.height + _GAP_MM for box in boxes) - _GAP_MM for boxes in fitted.values())
    figure, axes = sheet(TWO_COLUMNS, tallest + _HEAD_MM + _EDGE_MM)
    top = axes.get_ylim()[1] - _HEAD_MM
    for number, (title, boxes) in enumerate(fitted.items()):
        left = _GUTTER_MM + number * (width + _GUTTER_MM)
        axes.text(left, top + _HEAD_MM / 2, title, fontweight="bold", va="center")
        _draw_column(axes, boxes, (left, top), width)
    return figure


def _summed(table: pd.DataFrame) -> pd.DataFrame:
    """The steps of a stage, summed over chromosomes."""
    return table.groupby(["stage", "step", "unit"], sort=False)[["removed", "left"]].sum().reset_index()


def _units(table: pd.DataFrame) -> list[str]:
    """What a stage counts, but for single values."""
    return [unit for unit in table["unit"].drop_duplicates() if unit != "values"]


def _people(steps: pd.DataFrame, splits: pd.DataFrame) -> list[Box]:
    """The people of the cohort, those with data, and how they are split."""
    left = steps.set_index("step")["left"]
    boxes = _chain(steps, "participants", "In the cohort")
    both = _PARTS[-1]
    parts = [f"{_upper(name)}, n = {left[name]:,}" for name in _PARTS if name in left]
    groups = [name for name in left.index if name.endswith(both) and name != both]
    boxes.append(Box(parts + [f"  {_upper(name.split(' with ')[0])}, n = {left[name]:,}" for name in groups]))
    roles = splits["role"].value_counts()
    boxes.append(Box([f"{_upper(str(role)).replace('_', ' ')}, n = {count:,}" for role, count in roles.items()]))
    return boxes


def _imaging(tables: Sequence[pd.DataFrame]) -> list[Box]:
    """What each table of the imaging stage counts, one after the other."""
    boxes = []
    for table in tables:
        if (table["stage"] == "imaging").any():
            for unit in _units(table):
                first, *rest = _chain(table, unit, f"Usable {unit}")
                boxes += [replace(first, alone=True), *rest]
    return boxes


def _chain(steps: pd.DataFrame, unit: str, name: str) -> list[Box]:
    """First count, exclusions, and what is left, of the steps of a unit that follow from each other.

    A count that is not what its predecessor left is of a part of them and is passed over.
    """
    own = steps[steps["unit"] == unit]
    boxes: list[Box] = []
    out: list[str] = []
    current: int | None = None
    for step, removed, left in zip(own["step"], own["removed"], own["left"], strict=True):
        if current is None:
            boxes.append(Box([f"{_upper(step)}, n = {left + removed:,}"]))
            current = left + removed
        if current - removed != left:
            continue
        if removed:
            out.append(f"{'fails: ' if unit == _CRITERIA else ''}{step}, n = {removed:,}")
        current = left
    total = sum(int(line.rsplit("= ", 1)[1].replace(",", "")) for line in out)
    if out:
        boxes.append(Box([f"Left out, n = {total:,}", *out], aside=True))
    return [*boxes, Box([f"{name}, n = {current or 0:,}"])]


def _draw_column(axes: Axes, boxes: Sequence[Box], corner: tuple[float, float], width: float) -> None:
    """Boxes from top to bottom: an arrow from each to the next that stays, what is left out beside it."""
    (left, top), before = corner, None
    x = left + _INDENT_MM / 2
    for box in boxes:
        box.draw(axes, left + _shift(box), top, width - _shift(box))
        if box.aside:
            arrow(axes, (x, top - box.height / 2), (left + _shift(box), top - box.height / 2))
        else:
            if before is not None and not box.alone:
                arrow(axes, (x, before), (x, top))
            before = top - box.height
        top -= box.height + _GAP_MM


def _shift(box: Box) -> float:
    return _INDENT_MM if box.aside else 0.0


def _upper(words: str) -> str:
    return words if words[1:2].isupper() else words[:1].upper() + words[1:]  # eQTL
