"""The picture in the documentation is that of the rules as they are."""

from pathlib import Path

from tools import draw_workflow


def test_the_picture_is_up_to_date(tmp_path: Path) -> None:
    draw_workflow.main(tmp_path / "workflow.svg")
    drawn, stored = (path.read_text() for path in (tmp_path / "workflow.svg", draw_workflow.PICTURE))
    assert drawn == stored, "run python -m tools.draw_workflow"
