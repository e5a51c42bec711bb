"""Sparse CCA of the two embeddings: one fit, a grid on held-out correlation, and how stable the choice of nodes is.

Views are arrays [people, nodes] by the names in `base.views.VIEWS`; penalties are fractions of each view's largest
useful one.
"""

import functools
import itertools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from threadpoolctl import threadpool_limits

from cgni.base.views import VIEWS
from cgni.scca.correlations import cross_correlations
from cgni.scca.ipls import Covariances, IplsFit, fit_ipls, largest_penalties
from cgni.scca.moments import Moments, column_sds, score_correlations
from cgni.scca.settings import SccaSettings

TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class SparseFit:
    """Weights on standardised columns; components that the penalties leave without weights are not there.

    Attributes
    ----------
    weights : float64 [nodes, components] of each view.
    converged : bool [components], whether the iteration settled.
    numbers : int [components], which component (from 1) a column is: after matching folds, a fold may lack one
        in between.
    """

    weights: Mapping[str, np.ndarray]
    converged: np.ndarray
    numbers: np.ndarray

    @property
    def components(self) -> int:
        """How many components have weights."""
        return len(self.numbers)

    def rearranged(self, order: np.ndarray, numbers: np.ndarray, signs: Mapping[str, np.ndarray]) -> "SparseFit":
        """The columns `order` as the components `numbers`, their weights times each view's `signs`."""
        weights = {view: self.weights[view][:, order] * signs[view] for view in VIEWS}
        return SparseFit(weights, self.converged[order], numbers)


@dataclass(frozen=True)
class FitOptions:
    """How a fit is penalised and when it gives up.

    Attributes
    ----------
    penalties : of each view.
    l1_ratio : share of the penalty that is L1 (1: the published lasso; below, an elastic net whose ridge part keeps
        correlated nodes together).
    max_iterations : of the alternating regressions, a component.
    """

    penalties: Mapping[str, float]
    l1_ratio: float
    max_iterations: int

    @classmethod
    def of(cls, settings: SccaSettings, penalties: Mapping[str, float]) -> "FitOptions":
        """Some penalties, the rest from the settings."""
        return cls(penalties, settings.l1_ratio, settings.max_iterations)


@dataclass(frozen=True, eq=False)
class GridPoint:
    """Held-out correlations of the first `components` components at a pair of penalties.

    Attributes
    ----------
    penalties : of each view.
    held_out : float64 [inner folds, components], Pearson r of each inner fold's people; 0 for a component that its
        fit lacks.
    converged : whether all components settled in all inner folds.
    alive : the smallest number of components with weights over the inner folds.
    """

    components: int
    penalties: Mapping[str, float]
    held_out: np.ndarray
    converged: bool
    alive: int

    @property
    def score(self) -> float:
        """Mean over inner folds of the summed correlations."""
        return float(self.held_out.sum(axis=1).mean())


def fit_sparse(views: Mapping[str, np.ndarray], components: int, options: FitOptions) -> SparseFit:
    """IPLS sparse CCA of standardised views."""
    covariances = Covariances.of(*(views[view] for view in VIEWS))
    fit = _fit_fraction(covariances, largest_penalties(covariances), components, options)
    weights = dict(zip(VIEWS, (fit.x, fit.y), strict=True))
    return SparseFit(weights, fit.converged, np.arange(1, fit.x.shape[1] + 1))


def search_grid(
    views: Mapping[str, np.ndarray], groups: np.ndarray, settings: SccaSettings, seed: int
) -> list[GridPoint]:
    """Held-out correlations over inner folds of whole families, for all penalty pairs and component counts.

    Covariances of a fold's training people are those of everybody minus the fold's.

    Parameters
    ----------
    groups
        Family of each person.
    settings
        Candidates (`components`, `penalties`), `inner_folds`, `l1_ratio` and `max_iterations`.
    """
    parts = _group_folds(groups, settings.inner_folds, seed)
    centred = [views[view] - views[view].mean(axis=0) for view in VIEWS]
    moments = [Moments.of(*(own[parts == number] for own in centred)) for number in range(settings.inner_folds)]
    return score_grid(moments, settings)


def score_grid(moments: Sequence[Moments], settings: SccaSettings, fractions: bool = True) -> list[GridPoint]:
    """The grid of `search_grid` on one group of moments a fold.

    Components nest, so one fit at the largest count serves all. A missing component counts as correlation 0.

    Parameters
    ----------
    fractions
        Columns are standardised on a fold's training people and penalties are fractions of their largest useful
        ones; otherwise both are taken as they are.
    """
    largest = max(settings.components)
    pairs = [dict(zip(VIEWS, pair, strict=True)) for pair in itertools.product(settings.penalties, repeat=len(VIEWS))]
    choices = [FitOptions.of(settings, pair) for pair in pairs]
    held_out = np.zeros((len(pairs), len(moments), largest))
    converged, alive = np.ones(len(pairs), bool), np.full(len(pairs), largest)
    total = functools.reduce(operator.add, moments)
    with threadpool_limits(limits=1):  # threads of BLAS take longer to meet than these small matrices to multiply
        for fold, own in enumerate(moments):
            train, test = (total - own).covariances(), own.covariances()
            if fractions:
                sds = column_sds(train)
                train, test = train.scaled(*sds), test.scaled(*sds)
            bounds = largest_penalties(train) if fractions else (1.0, 1.0)
            for number, options in enumerate(choices):
                fit = _fit_fraction(train, bounds, largest, options)
                r = score_correlations(test, fit.x, fit.y)
                held_out[number, fold, : len(r)] = r
                converged[number] &= fit.converged.all()
                alive[number] = min(alive[number], len(r))
    return [
        GridPoint(count, pair, held_out[number, :, :count], bool(converged[number]), int(min(alive[number], count)))
        for number, pair in enumerate(pairs)
        for count in settings.components
    ]


def selection_stability(
    views: Mapping[str, np.ndarray],
    groups: np.ndarray,
    fit: SparseFit,
    options: FitOptions,
    folds: int,
    seed: int,
) -> dict[str, np.ndarray]:
    """Share of refits, each without one inner fold, that give a node weight; [nodes, components] of each view.

    A refit's components are matched to those of `fit` by the correlation of their scores. A node
    has weight when it is above a thousandth of the largest.
    """
    parts = _group_folds(groups, folds, seed)
    counts = {view: np.zeros_like(fit.weights[view]) for view in VIEWS}
    for number in range(folds):
        rows = parts != number
        refit = fit_sparse({view: views[view][rows] for view in VIEWS}, fit.components, options)
        likeness = np.sum([np.abs(_score_correlations(views[view], fit, refit, view)) for view in VIEWS], axis=0)
        mine, theirs = linear_sum_assignment(-likeness)
        for view in VIEWS:
            size = np.abs(refit.weights[view])
            selected = size > 1e-3 * size.max(axis=0, initial=1e-300)
            counts[view][:, mine] += selected[:, theirs]
    return {view: count / folds for view, count in counts.items()}


def _score_correlations(values: np.ndarray, fit: SparseFit, other: SparseFit, view: str) -> np.ndarray:
    """Correlations of the scores that two fits give to a view's values."""
    return cross_correlations(values @ fit.weights[view], values @ other.weights[view])


def _fit_fraction(
    covariances: Covariances, bounds: tuple[float, float], components: int, options: FitOptions
) -> IplsFit:
    ratio = options.l1_ratio
    # the L1 part, penalty times ratio, is the fraction of the penalty that kills all weights
    x, y = (options.penalties[view] * bound / ratio for view, bound in zip(VIEWS, bounds, strict=True))
    return fit_ipls(covariances, components, (x, y), (ratio, ratio), options.max_iterations, TOLERANCE)


def _group_folds(groups: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Fold of each person; members of a group share it."""
    names, codes = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    own: np.ndarray = (order % folds)[codes]
    return own
