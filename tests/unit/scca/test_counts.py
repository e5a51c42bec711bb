"""The number of components: penalties judged by people they were not chosen by, and a rule that can say one."""

import numpy as np
import pandas as pd
import pytest

from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.scca.counts import best_point, choose_count, count_evidence, nested_r
from cgni.scca.settings import SccaSettings
from cgni.scca.sparse import GridPoint, search_grid


def _points(*held_out: list[list[float]], alive: int = 9) -> list[GridPoint]:
    """A point for each pair of penalties from its held-out r [inner folds, components]."""
    arrays = [np.array(values) for values in held_out]
    return [
        GridPoint(own.shape[1], dict.fromkeys(VIEWS, 0.1 * number), own, True, min(alive, own.shape[1]))
        for number, own in enumerate(arrays, 1)
    ]


def test_a_score_is_the_mean_of_summed_correlations_and_the_best_has_the_largest() -> None:
    low, high = _points([[0.1, 0.2], [0.3, 0.0]], [[0.5, 0.1], [0.3, 0.3]])
    assert low.score == pytest.approx(0.3) and high.score == pytest.approx(0.6)
    assert best_point([low, high], 2) is high


def test_penalties_that_leave_all_components_come_first() -> None:
    (dead,) = _points([[0.9, 0.0], [0.9, 0.0]], alive=1)
    (alive,) = _points([[0.2, 0.1], [0.2, 0.1]])
    assert best_point([dead, alive], 2) is alive and best_point([dead], 2) is dead


def test_an_inner_fold_does_not_choose_the_penalties_that_judge_it() -> None:
    # the first pair is best in the first inner fold, the second in the second
    grid = _points([[0.9], [0.1]], [[0.2], [0.8]])
    # the first fold is judged at the second pair (.2), the second at the first (.1)
    assert nested_r(grid, 1) == pytest.approx([0.15])
    assert best_point(grid, 1).score == pytest.approx(0.5)


def test_the_error_is_that_of_distinct_people() -> None:
    grids = [_points([[0.5], [0.3]]), _points([[0.2], [0.0]])]
    evidence = count_evidence(grids, [pd.Index(["a", "b", "c"]), pd.Index(["b", "c", "d"])])
    assert evidence["nested_error"].tolist() == [0.5, 0.5]  # 1 / sqrt(4)
    assert evidence["nested_r"].tolist() == pytest.approx([0.4, 0.1]) and evidence["fold"].tolist() == [0, 1]


def _evidence(*r: float, error: float = 0.1) -> pd.DataFrame:
    return pd.DataFrame({"fold": 0, "components": range(1, len(r) + 1), "nested_r": r, "nested_error": error})


@pytest.mark.parametrize(
    ("r", "expected"), [((0.5, 0.45, 0.39, 0.5), 2), ((0.1, 0.9), 1), ((0.5, 0.5), 2), ((0.0, 0.0, 0.0), 1)]
)
def test_leading_components_above_the_error_count_and_one_at_least(r: tuple[float, ...], expected: int) -> None:
    # above four errors of .1
    assert choose_count([], _evidence(*r), "above_error") == expected


def test_the_largest_sum_is_still_to_be_had() -> None:
    grid = [*_points([[0.5]]), *_points([[0.5, 0.01]]), *_points([[0.5, 0.01, -0.2]])]
    assert choose_count([grid], _evidence(0.5, 0.01, -0.2), "largest_sum") == 2
    assert choose_count([grid], _evidence(0.5, 0.01, -0.2), "above_error") == 1


@pytest.mark.parametrize(("shared", "expected"), [(0, 1), (2, 2)])
def test_made_views_have_as_many_components_as_they_share(shared: int, expected: int) -> None:
    rng = np.random.default_rng(0)
    factors, settings = rng.standard_normal((500, shared)), SccaSettings(penalties=(0.1, 0.3), l1_ratio=0.5)
    views = {}
    for view, nodes in ((IMAGING, 12), (GENETICS, 10)):
        views[view] = rng.standard_normal((500, nodes))
        for factor in range(shared):
            views[view][:, 3 * factor : 3 * factor + 3] += factors[:, [factor]]
    grid = search_grid(views, np.arange(500), settings, 0)
    evidence = count_evidence([grid], [pd.RangeIndex(500)])
    assert evidence["components"].tolist() == [1, 2, 3, 4, 5]
    assert choose_count([grid], evidence, "above_error") == expected
