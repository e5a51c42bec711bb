"""Draw docs/images/workflow.svg: one box a stage, an arrow where a stage reads what another has written.

.venv/bin/python -m tools.draw_workflow

Stages are the rule files; boxes and arrows come from the rules themselves, as the simulated study plans them. Where a
stage is reached by a longer way round, the direct arrow is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path as Outline

REPOSITORY = Path(__file__).resolve().parents[1]
PICTURE = REPOSITORY / "docs/images/workflow.svg"

Edges = set[tuple[str, str]]
Point = tuple[float, float]

_ABSENT_WITH_REAL_DATA = "simulation"

# Inches.
_BOX, _GAP, _MARGIN = 1.66, 0.38, 0.34
_HEAD, _LINE, _FOOT = 0.40, 0.152, 0.10  # of a box: to its first rule, a rule, below the last
_TITLE = 0.20  # from a box's upper edge to the middle of its title, where arrows arrive and leave
_SLOT, _BAND, _LANE = 0.22, 0.62, 0.12  # between boxes of a column; between rows; between lanes in that gap
_BEND = 0.09


@dataclass(frozen=True)
class Box:
    """A stage on the page: its row and column, and its left, upper and lower edge in inches (y grows downwards)."""

    row: int
    column: int
    left: float
    top: float
    bottom: float

    @property
    def arrive(self) -> Point:
        """Where arrows end."""
        return self.left, self.top + _TITLE

    @property
    def leave(self) -> Point:
        """Where arrows begin."""
        return self.left + _BOX, self.top + _TITLE


def stage_edges(needs: Iterable[tuple[str, str]], stages: Mapping[str, Sequence[str]]) -> Edges:
    """(stage, stage that reads it) of (rule, rule that reads it); rules of no stage, such as targets, are left out."""
    stage_of = {rule: stage for stage, rules in stages.items() for rule in rules}
    pairs = {(stage_of[first], stage_of[then]) for first, then in needs if first in stage_of and then in stage_of}
    return {(first, then) for first, then in pairs if first != then}


def depths(stages: Iterable[str], edges: Edges) -> dict[str, int]:
    """Number of stages on the longest way to each stage.

    Raises
    ------
    ValueError
        Stages that read each other in a circle.
    """
    depth: dict[str, int] = {}
    waiting = set(stages)
    while waiting:
        ready = {stage for stage in waiting if not any(first in waiting for first, then in edges if then == stage)}
        if not ready:
            raise ValueError(f"stages read each other in a circle: {', '.join(sorted(waiting))}")
        for stage in ready:
            depth[stage] = max((depth[first] + 1 for first, then in edges if then == stage), default=0)
        waiting -= ready
    return depth


def direct(edges: Edges) -> Edges:
    """The edges without those that a longer way replaces (transitive reduction of a graph without circles)."""
    following: dict[str, set[str]] = {}
    for first, then in edges:
        following.setdefault(first, set()).add(then)

    def reached(stage: str) -> set[str]:
        own = following.get(stage, set())
        return own.union(*map(reached, own))

    return {(first, then) for first, then in edges if not any(then in reached(other) for other in following[first])}


def place(stages: Mapping[str, Sequence[str]], edges: Edges, columns: int) -> dict[str, Box]:
    """Boxes from left to right by depth, in rows of so many columns; stages of one depth one below the other."""
    depth = depths(stages, edges)
    # the stage whose reader comes next lies in the row's line of arrows, one that is read later below it
    kept = direct(edges)
    ahead = {stage: max((depth[then] for first, then in kept if first == stage), default=0) for stage in stages}
    order = sorted(stages, key=lambda stage: (depth[stage], ahead[stage], stage))
    boxes: dict[str, Box] = {}
    top = _MARGIN
    for row in range(-(-(max(depth.values()) + 1) // columns)):
        below = dict.fromkeys(range(columns), top)
        for stage in order:
            if depth[stage] // columns == row:
                column = depth[stage] % columns
                upper = below[column]
                lower = upper + _HEAD + _LINE * len(stages[stage]) + _FOOT
                boxes[stage] = Box(row, column, _MARGIN + column * (_BOX + _GAP), upper, lower)
                below[column] = lower + _SLOT
        top = max(below.values()) - _SLOT + _BAND
    return boxes


def route(first: Box, then: Box, lane: float) -> list[Point]:
    """Corners of an arrow; `lane` is the height at which it runs from row to row or past other columns."""
    start, end = first.leave, then.arrive
    before = end[0] - _GAP / 2
    if first.row == then.row and then.column == first.column + 1:
        corners = [(before, start[1]), (before, end[1])] if start[1] != end[1] else []
    else:
        after = start[0] + _GAP / 2
        corners = [(after, start[1]), (after, lane), (before, lane), (before, end[1])]
    return [start, *corners, end]


def draw(stages: Mapping[str, Sequence[str]], edges: Edges, columns: int) -> Figure:
    """The picture."""
    boxes = place(stages, edges, columns)
    width = 2 * _MARGIN + columns * _BOX + (columns - 1) * _GAP
    height = max(box.bottom for box in boxes.values()) + _MARGIN
    figure = Figure(figsize=(width, height))
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    for (first, then), lane in _lanes(boxes, direct(edges)).items():
        _draw_arrow(axes, route(boxes[first], boxes[then], lane))
    for stage, box in boxes.items():
        _draw_box(axes, stage, box, stages[stage])
    return figure


def _lanes(boxes: Mapping[str, Box], edges: Edges) -> dict[tuple[str, str], float]:
    """Height of each arrow's lane below its row; arrows to one stage share it."""
    ends = {row: max(box.bottom for box in boxes.values() if box.row == row) for row in {b.row for b in boxes.values()}}
    taken: dict[int, list[str]] = {row: [] for row in ends}
    lanes = {}
    for first, then in sorted(edges):
        row = boxes[first].row
        if row == boxes[then].row and boxes[then].column == boxes[first].column + 1:
            lanes[first, then] = 0.0  # straight on: it takes none
            continue
        if then not in taken[row]:
            taken[row].append(then)
        lanes[first, then] = ends[row] + 0.2 + _LANE * taken[row].index(then)
    return lanes


def _draw_arrow(axes: Axes, corners: Sequence[Point]) -> None:
    points, codes = [corners[0]], [Outline.MOVETO]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        points += [_towards(corner, before), corner, _towards(corner, after)]
        codes += [Outline.LINETO, Outline.CURVE3, Outline.CURVE3]
    path = Outline([*points, corners[-1]], [*codes, Outline.LINETO])
    axes.add_patch(
        FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=11, color="#5f6b7a", linewidth=1.3, fill=False)
    )


def _towards(corner: Point, other: Point) -> Point:
    """The point where an arrow leaves its straight line to bend around a corner."""
    length = abs(corner[0] - other[0]) + abs(corner[1] - other[1])
    share = min(_BEND / length, 0.5)
    return corner[0] + share * (other[0] - corner[0]), corner[1] + share * (other[1] - corner[1])


def _draw_box(axes: Axes, stage: str, box: Box, rules: Sequence[str]) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (box.left, box.top),
            _BOX,
            box.bottom - box.top,
            boxstyle="round,pad=0,rounding_size=0.07",
            facecolor="#eef3fa",
            edgecolor="#3b6fb6",
            linewidth=1.1,
            linestyle="--" if stage == _ABSENT_WITH_REAL_DATA else "-",
        )
    )
    left, y = box.left + 0.1, box.top + _TITLE
    axes.text(left, y, stage, fontsize=11, fontweight="bold", color="#1f2733", va="center_baseline")
    for number, rule in enumerate(rules):
        line = box.top + _HEAD + _LINE * (number + 0.5)
        axes.text(left, line, rule, fontsize=8, color="#3d4756", va="center_baseline")


def main(target: Path = PICTURE) -> None:
    """Draw the picture of this repository's workflow."""
    from cgni.figures.settings import FigureSettings
    from cgni.figures.style import open_style
    from tools.make_reruns import study_jobs
    from tools.study_rules import study_rules

    stages: dict[str, list[str]] = {}
    for rule in study_rules():
        if rule.stage:  # targets have none
            stages.setdefault(rule.stage, []).append(rule.name)
    jobs = study_jobs(())
    rule_of = {job.name: job.rule for job in jobs}
    needs = [(rule_of[name], job.rule) for job in jobs for name in job.needs]
    style = open_style(FigureSettings(), "")
    rcParams["svg.fonttype"] = "path"  # beside text of the page, whose reader may lack the font
    style.save(draw(stages, stage_edges(needs, stages), columns=5), [target])


if __name__ == "__main__":
    main()
