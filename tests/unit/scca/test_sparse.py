"""Sparse CCA finds planted nodes, at penalties that do not depend on the scale of the columns."""

import numpy as np

from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.networks.scaling import Scaling
from cgni.scca.settings import SccaSettings
from cgni.scca.sparse import FitOptions, SparseFit, fit_sparse, search_grid, selection_stability
from tests.unit.scca.planted import planted_views


def _options(penalty: float) -> FitOptions:
    return FitOptions(dict.fromkeys(VIEWS, penalty), l1_ratio=1.0, max_iterations=200)


def test_sparse_cca_finds_the_planted_nodes() -> None:
    views, factor = planted_views()
    fit = fit_sparse(views, 1, _options(0.4))
    for view in VIEWS:
        assert set(np.flatnonzero(np.abs(fit.weights[view][:, 0]) > 1e-8)) <= {0, 1, 2}
        assert abs(np.corrcoef(views[view] @ fit.weights[view][:, 0], factor)[0, 1]) > 0.8


def test_penalties_do_not_depend_on_the_scale_of_the_columns() -> None:
    views, _ = planted_views()
    raw = views[IMAGING] * 0.01
    same = fit_sparse({**views, IMAGING: Scaling.fit(raw).apply(raw)}, 1, _options(0.3))
    assert np.allclose(same.weights[IMAGING], fit_sparse(views, 1, _options(0.3)).weights[IMAGING], atol=1e-6)


def test_each_view_has_its_own_penalty() -> None:
    views, _ = planted_views()
    strict = FitOptions({IMAGING: 0.6, GENETICS: 0.05}, l1_ratio=1.0, max_iterations=200)
    chosen = {view: int((weights[:, 0] != 0).sum()) for view, weights in fit_sparse(views, 1, strict).weights.items()}
    assert chosen[IMAGING] <= 3 < chosen[GENETICS]


def test_full_penalty_leaves_no_component() -> None:
    views, _ = planted_views()
    fit = fit_sparse(views, 1, _options(1.5))
    assert fit.components == 0 and fit.weights[GENETICS].shape == (20, 0)


def test_grid_prefers_the_one_planted_component() -> None:
    views, _ = planted_views(600)
    settings = SccaSettings(components=(1, 3), penalties=(0.3,), l1_ratio=1.0, inner_folds=3, max_iterations=100)
    points = search_grid(views, np.arange(600), settings, 0)
    one, three = (next(p.score for p in points if p.components == n) for n in (1, 3))
    assert one > 0.5 and three < one + 0.3


def test_the_grid_has_every_pair_of_penalties_for_every_count() -> None:
    views, _ = planted_views(200)
    settings = SccaSettings(components=(1, 2), penalties=(0.2, 0.5), l1_ratio=1.0, inner_folds=2, max_iterations=20)
    points = search_grid(views, np.arange(200), settings, 0)
    found = [(point.penalties[IMAGING], point.penalties[GENETICS], point.components) for point in points]
    assert found == [(a, b, n) for a in (0.2, 0.5) for b in (0.2, 0.5) for n in (1, 2)]


def test_planted_nodes_are_selected_in_every_refit_and_others_are_not() -> None:
    views, _ = planted_views()
    fit = fit_sparse(views, 1, _options(0.4))
    stability = selection_stability(views, np.arange(400), fit, _options(0.4), 5, 0)
    for view in VIEWS:
        assert (stability[view][:3, 0] == 1).all() and stability[view][3:].max() < 0.5


def test_stability_does_not_depend_on_the_order_of_components() -> None:
    views, _ = planted_views()
    fit = fit_sparse(views, 2, _options(0.1))
    turned = fit.rearranged(np.array([1, 0]), np.array([1, 2]), dict.fromkeys(VIEWS, -np.ones(2)))
    given, other = (selection_stability(views, np.arange(400), own, _options(0.1), 3, 0) for own in (fit, turned))
    for view in VIEWS:
        assert (given[view] == other[view][:, ::-1]).all()


def test_rearranging_takes_columns_and_signs_of_each_view() -> None:
    weights = {IMAGING: np.array([[1.0, 2.0, 3.0]]), GENETICS: np.array([[4.0, 5.0, 6.0]])}
    fit = SparseFit(weights, np.array([True, False, True]), np.array([1, 2, 3]))
    signs = {IMAGING: np.array([1.0, -1.0]), GENETICS: np.array([-1.0, 1.0])}
    found = fit.rearranged(np.array([2, 1]), np.array([1, 3]), signs)
    assert found.weights[IMAGING].tolist() == [[3.0, -2.0]] and found.weights[GENETICS].tolist() == [[-6.0, 5.0]]
    assert found.converged.tolist() == [True, False] and found.numbers.tolist() == [1, 3] and found.components == 2
