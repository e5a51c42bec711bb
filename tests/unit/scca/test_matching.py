"""Correlations, matching and orientation of components, permutation p-values."""

import numpy as np
import pytest
from scipy.stats import kstest

from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.scca.correlations import cross_correlations, variate_correlations
from cgni.scca.matching import match_components, orient, permutation_test
from tests.unit.scca.planted import planted_views


def test_correlations_equal_numpys() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((50, 3)), rng.standard_normal((50, 3)) + 4
    expected = np.corrcoef(first, second, rowvar=False)[:3, 3:]
    assert np.allclose(cross_correlations(first, second), expected)
    assert np.allclose(variate_correlations(first, second), np.diag(expected))


def test_a_constant_column_correlates_with_nothing() -> None:
    values = np.random.default_rng(0).standard_normal((50, 2))
    constant = np.ones((50, 2))
    assert (variate_correlations(values, constant) == 0).all() and (cross_correlations(constant, values) == 0).all()


def test_matching_undoes_permutation_and_signs() -> None:
    rng = np.random.default_rng(2)
    reference = {view: rng.standard_normal((200, 4)) for view in VIEWS}
    order, signs = np.array([2, 0, 3, 1]), np.array([1.0, -1.0, -1.0, 1.0])
    other = {}
    for view in VIEWS:
        other[view] = np.empty((200, 4))
        other[view][:, order] = reference[view] * signs + 0.1 * rng.standard_normal((200, 4))
    found, found_signs = match_components(reference, other)
    assert (found == order).all() and (found_signs == signs).all()


def test_a_missing_component_is_told() -> None:
    rng = np.random.default_rng(5)
    reference = {view: rng.standard_normal((200, 3)) for view in VIEWS}
    order, _ = match_components(reference, {view: values[:, [2, 0]] for view, values in reference.items()})
    assert order.tolist() == [1, -1, 0]


def test_orientation_makes_correlation_positive_and_rise_with_wm() -> None:
    rng = np.random.default_rng(3)
    score = rng.standard_normal(300)
    variates = {IMAGING: -score[:, None], GENETICS: score[:, None]}
    variates = {view: values + rng.standard_normal((300, 1)) for view, values in variates.items()}
    score[:20] = np.nan
    signs = orient(variates, score)
    assert signs[IMAGING].tolist() == [-1] and signs[GENETICS].tolist() == [1]
    assert variate_correlations(*(variates[view] * signs[view] for view in VIEWS))[0] > 0


def test_permutation_p_is_uniform_without_association() -> None:
    rng = np.random.default_rng(4)
    strata, families = np.repeat([0, 1], [50, 10]), np.r_[np.repeat(np.arange(5), 2), np.arange(10, 60)]
    p = [
        permutation_test(rng.standard_normal((60, 1)), rng.standard_normal((60, 1)), strata, families, 99, seed)[1][0]
        for seed in range(200)
    ]
    assert kstest(p, "uniform").pvalue > 0.01


def test_permutation_p_finds_a_correlation_and_corrects_over_components() -> None:
    views, _ = planted_views(150)
    alone, people = np.zeros(150), np.arange(150)
    r, strong = permutation_test(views[IMAGING][:, :2], views[GENETICS][:, :2], alone, people, 199, 0)
    assert strong[0] == pytest.approx(1 / 200)
    # the views' columns are centred, so that the uncentred correlation is Pearson's
    assert r == pytest.approx(variate_correlations(views[IMAGING][:, :2], views[GENETICS][:, :2]))
    rng = np.random.default_rng(5)
    noise = rng.standard_normal((2, 150, 9))
    single = permutation_test(noise[0][:, :1], noise[1][:, :1], alone, people, 199, 0)[1]
    assert permutation_test(noise[0], noise[1], alone, people, 199, 0)[1][0] > single[0]


def test_pairings_are_exchanged_within_strata_only() -> None:
    # all of the correlation lies between the strata, which every allowed pairing keeps
    strata = np.repeat([0, 1], 40)
    rng = np.random.default_rng(6)
    first, second = (strata - 0.5)[:, None] * 4 + rng.standard_normal((2, 80, 1))
    people = np.arange(80)
    assert permutation_test(first, second, strata, people, 199, 0)[1][0] > 0.05
    assert permutation_test(first, second, np.zeros(80), people, 199, 0)[1][0] == pytest.approx(1 / 200)
