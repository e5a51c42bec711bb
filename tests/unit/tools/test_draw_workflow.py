"""The picture of the workflow: arrows follow the rules, and boxes do not lie on each other."""

from itertools import chain, combinations, pairwise

import pytest

from tools.draw_workflow import Box, depths, direct, draw, place, route, stage_edges

STAGES = {"a": ["start"], "b": ["fit", "score"], "c": ["other"], "d": ["join"], "e": ["end"]}
NEEDS = [("start", "fit"), ("start", "other"), ("fit", "score"), ("score", "join"), ("other", "end"), ("join", "end")]
EDGES = {("a", "b"), ("a", "c"), ("b", "d"), ("c", "e"), ("d", "e")}


def test_edges_are_those_between_stages() -> None:
    assert stage_edges([*NEEDS, ("end", "all")], STAGES) == EDGES


def test_an_edge_that_a_longer_way_replaces_goes() -> None:
    assert direct({*EDGES, ("a", "e"), ("a", "d")}) == EDGES


def test_depth_is_the_longest_way() -> None:
    assert depths(STAGES, {*EDGES, ("a", "e")}) == {"a": 0, "b": 1, "c": 1, "d": 2, "e": 3}


def test_circles_are_refused() -> None:
    with pytest.raises(ValueError, match="circle: a, b"):
        depths(["a", "b", "z"], {("a", "b"), ("b", "a"), ("z", "a")})


def test_boxes_stand_apart_and_the_next_reader_is_in_line() -> None:
    boxes = place(STAGES, EDGES, columns=3)
    assert [(box.row, box.column) for box in boxes.values()] == [(0, 0), (0, 1), (0, 1), (0, 2), (1, 0)]
    assert boxes["b"].top == boxes["a"].top == boxes["d"].top
    assert boxes["c"].top > boxes["b"].bottom
    for first, second in combinations(boxes.values(), 2):
        assert first.left != second.left or first.bottom < second.top or second.bottom < first.top


def test_arrows_turn_at_right_angles_and_end_at_the_box() -> None:
    first, next_row = Box(0, 2, 5.0, 1.0, 2.0), Box(1, 0, 0.4, 3.0, 4.0)
    corners = route(first, next_row, lane=2.3)
    assert corners[0] == first.leave
    assert corners[-1] == next_row.arrive
    assert all((a[0] == b[0]) != (a[1] == b[1]) for a, b in pairwise(corners))


def test_every_stage_and_rule_is_written_in_the_picture() -> None:
    (axes,) = draw(STAGES, EDGES, columns=3).axes
    assert sorted(text.get_text() for text in axes.texts) == sorted([*STAGES, *chain(*STAGES.values())])
