"""Sparse CCA on covariances against cca-zoo's on people."""

import warnings

import numpy as np
import pytest
from cca_zoo.model_selection import GridSearchCV
from cca_zoo.sparse import IPLSCCA
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold

from cgni.base.views import VIEWS
from cgni.scca.ipls import Covariances, fit_ipls, largest_penalties
from cgni.scca.ipls_estimator import CovarianceIPLSCCA
from cgni.scca.moments import Moments
from cgni.scca.settings import SccaSettings
from cgni.scca.sparse import score_grid, search_grid


def _views(seed: int, people: int, p: int, q: int, factors: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal((people, factors))
    views = []
    for width in (p, q):
        loadings = rng.standard_normal((factors, width)) * (rng.random((factors, width)) < 0.4)
        view = shared @ loadings + rng.standard_normal((people, width))
        views.append((view - view.mean(axis=0)) / view.std(axis=0))
    return views[0], views[1]


def _peer(x: np.ndarray, y: np.ndarray, components: int, alpha: tuple[float, float]) -> IPLSCCA | None:
    """cca-zoo's fit, or None where it does not converge or a component dies."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            model = IPLSCCA(components, alpha=list(alpha), random_state=0).fit([x, y])
        except ConvergenceWarning:
            return None
    return model if all(np.abs(w).max(axis=0).min() > 1e-8 for w in model.weights_) else None


def _correlations(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.array([np.corrcoef(a[:, j], b[:, j])[0, 1] for j in range(a.shape[1])])


@pytest.mark.parametrize("block", range(4))
def test_equals_cca_zoo_on_random_problems(block: int) -> None:
    rng, compared = np.random.default_rng(block), 0
    for trial in range(15):
        people, p, q = int(rng.integers(100, 600)), int(rng.integers(5, 40)), int(rng.integers(5, 40))
        x, y = _views(100 * block + trial, people, p, q)
        covariances = Covariances.of(x, y)
        bounds = largest_penalties(covariances)
        alpha = (rng.uniform(0.05, 0.6) * bounds[0], rng.uniform(0.05, 0.6) * bounds[1])
        peer = _peer(x, y, 3, alpha)
        if peer is None:
            continue
        compared += 1
        ours = fit_ipls(covariances, 3, alpha)
        assert ours.converged.all()
        theirs = peer.weights_
        r, r_peer = _correlations(x @ ours.x, y @ ours.y), _correlations(x @ theirs[0], y @ theirs[1])
        assert np.allclose(r, r_peer, atol=1e-4)
        for view, own, other in ((x, ours.x, theirs[0]), (y, ours.y, theirs[1])):
            assert np.abs(_correlations(view @ own, view @ other)).min() >= 0.9999
            support = [np.abs(w) > 1e-3 * np.abs(w).max(axis=0) for w in (own, other)]
            assert (support[0] == support[1]).all()
    assert compared >= 8


@pytest.mark.parametrize(("ratio", "alpha"), [(0.5, 0.1), (0.0, 0.1 / 300)])
def test_elastic_net_and_ridge_equal_cca_zoo(ratio: float, alpha: float) -> None:
    # cca-zoo 4.0 hands a pure ridge penalty to sklearn's Ridge, which does not divide by the 300 people
    x, y = _views(1, 300, 12, 9)
    peer = IPLSCCA(2, alpha=0.1, l1_ratio=ratio, random_state=0).fit([x, y])
    ours = CovarianceIPLSCCA(2, alpha=alpha, l1_ratio=ratio).fit([x, y])
    assert ours.score([x, y]) == pytest.approx(peer.score([x, y]), abs=1e-4)
    assert np.abs(_correlations(ours.transform([x, y])[0], peer.transform([x, y])[0])).min() > 0.9999


def test_without_penalty_it_is_cca() -> None:
    x, y = _views(2, 400, 8, 6)
    ours = CovarianceIPLSCCA(2, alpha=0.0, tol=1e-9, max_iter=5000).fit([x, y])
    # canonical correlations are the singular values of the whitened cross-covariance
    left, right = (np.linalg.inv(np.linalg.cholesky(np.cov(v.T, bias=True))) for v in (x, y))
    singular = np.linalg.svd(left @ (x.T @ y / len(x)) @ right.T, compute_uv=False)
    assert np.allclose(_correlations(*ours.transform([x, y])), singular[:2], atol=1e-5)


def test_rank_deficient_views_give_the_same_variates() -> None:
    x, y = _views(3, 300, 10, 8)
    x = np.hstack([x, x[:, :4] + x[:, 4:8]])  # the last four columns add nothing
    alpha = tuple(0.2 * bound for bound in largest_penalties(Covariances.of(x, y)))
    ours, peer = fit_ipls(Covariances.of(x, y), 2, alpha), _peer(x, y, 2, alpha)
    assert peer is not None
    assert np.abs(_correlations(x @ ours.x, x @ peer.weights_[0])).min() > 0.9999
    assert np.abs(_correlations(y @ ours.y, y @ peer.weights_[1])).min() > 0.9999


def test_a_penalty_that_kills_everything_is_reported() -> None:
    x, y = _views(4, 200, 6, 5)
    bounds = largest_penalties(Covariances.of(x, y))
    fit = fit_ipls(Covariances.of(x, y), 2, (1.01 * bounds[0], 0.0))
    assert fit.x.shape == (6, 0) and fit.died == "x"
    with pytest.raises(ValueError, match="all weights of view x"):
        CovarianceIPLSCCA(1, alpha=[1.01 * bounds[0], 0.0]).fit([x, y])
    assert fit_ipls(Covariances.of(x, y), 1, (0.99 * bounds[0], 0.0)).x.shape == (6, 1)


def test_non_convergence_is_told_per_component() -> None:
    x, y = _views(5, 200, 10, 10)
    with pytest.warns(ConvergenceWarning, match="max_iter=1 "):
        model = CovarianceIPLSCCA(2, alpha=0.05, max_iter=1).fit([x, y])
    assert not model.converged_.any() and model.n_iter_ == 1


def test_components_nest() -> None:
    x, y = _views(6, 300, 15, 12)
    alpha = tuple(0.2 * bound for bound in largest_penalties(Covariances.of(x, y)))
    three, one = (fit_ipls(Covariances.of(x, y), count, alpha) for count in (3, 1))
    assert np.allclose(three.x[:, :1], one.x, atol=1e-10)


def test_estimator_lives_in_cca_zoos_search() -> None:
    x, y = _views(7, 240, 10, 8)
    grid = {"n_components": [1, 2], "alpha__0": [0.05, 0.2], "alpha__1": [0.1]}
    searches = [
        GridSearchCV(model, grid, cv=KFold(3)).fit([x, y]).cv_results_["mean_test_score"]
        for model in (IPLSCCA(random_state=0), CovarianceIPLSCCA())
    ]
    assert np.allclose(*searches, atol=1e-4)
    assert clone(CovarianceIPLSCCA(alpha=0.3)).get_params()["alpha"] == 0.3


def test_moments_subtract_exactly() -> None:
    x, y = _views(8, 90, 5, 4)
    whole, part = Moments.of(x, y), Moments.of(x[:30], y[:30])
    rest, direct = (whole - part).covariances(), Covariances.of(x[30:], y[30:])
    for name in ("xx", "yy", "xy"):
        assert np.allclose(getattr(rest, name), getattr(direct, name), atol=1e-12)


def test_grid_equals_cca_zoos_scores() -> None:
    x, y = _views(9, 300, 10, 10)
    splits = list(KFold(3).split(x))
    settings = SccaSettings(components=(1, 2), penalties=(0.05, 0.15), l1_ratio=1.0, max_iterations=500)
    points = score_grid([Moments.of(x[test], y[test]) for _, test in splits], settings, fractions=False)
    assert len(points) == 8
    for point in points:
        grid = {"n_components": [point.components], "alpha": [[point.penalties[view] for view in VIEWS]]}
        search = GridSearchCV(IPLSCCA(random_state=0), grid, cv=splits).fit([x, y])
        assert point.score / point.components == pytest.approx(search.cv_results_["mean_test_score"][0], abs=1e-4)


def test_grid_reports_dead_components() -> None:
    rng = np.random.default_rng(10)
    views = {view: rng.standard_normal((200, 8)) for view in VIEWS}
    settings = SccaSettings(components=(1, 3), penalties=(1.2,), l1_ratio=1.0, inner_folds=3, max_iterations=100)
    dead = search_grid(views, np.arange(200), settings, 0)
    assert all(point.alive == 0 and point.score == 0 for point in dead)
