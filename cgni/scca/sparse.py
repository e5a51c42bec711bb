"""Sparse CCA of the two embeddings: standardisation, one fit, and a grid on held-out correlation."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from threadpoolctl import threadpool_limits

from cgni.scca.ipls import Covariances, IplsFit, fit_ipls, largest_penalties
from cgni.scca.moments import Moments, column_sds, score_correlations

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Standard:
    """Column means and SDs of the people that sparse CCA is fitted on (constant columns: SD 1)."""

    mean: np.ndarray
    sd: np.ndarray

    @classmethod
    def fit(cls, rows: np.ndarray) -> "Standard":
        """From float [people, nodes]."""
        sd = rows.std(axis=0)
        return cls(rows.mean(axis=0), np.where(sd > 1e-9, sd, 1.0))

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Standardised [people, nodes]."""
        return (values - self.mean) / self.sd


@dataclass(frozen=True)
class SparseFit:
    """Weights [nodes, components] of both views on standardised columns.

    Components that the penalties leave without weights are not there. `converged` [components]
    says whether the iteration settled, `numbers` [components] which component (from 1) a column
    is: after matching folds, a fold may lack one in between.
    """

    imaging: np.ndarray
    genetics: np.ndarray
    converged: np.ndarray
    numbers: np.ndarray


@dataclass(frozen=True)
class GridPoint:
    """Sum of held-out correlations of the first `components` components at a pair of penalties.

    `alive` is the smallest number of components with weights over the inner folds, `converged`
    whether all of them settled in all of them.
    """

    components: int
    penalties: tuple[float, float]
    score: float
    converged: bool
    alive: int


def fit_sparse(
    imaging: np.ndarray,
    genetics: np.ndarray,
    components: int,
    penalties: tuple[float, float],
    max_iterations: int,
    l1_ratio: float = 1.0,
) -> SparseFit:
    """IPLS sparse CCA of standardised views.

    `penalties` are fractions of the largest useful ones, of whose L1 part `l1_ratio` is the share
    (1: the published lasso; below, an elastic net whose ridge part keeps correlated nodes together).
    """
    covariances = Covariances.of(imaging, genetics)
    fit = _fit_fraction(covariances, largest_penalties(covariances), components, penalties, max_iterations, l1_ratio)
    return SparseFit(fit.x, fit.y, fit.converged, np.arange(1, fit.x.shape[1] + 1))


def search_grid(
    imaging: np.ndarray,
    genetics: np.ndarray,
    groups: np.ndarray,
    components: Sequence[int],
    penalties: Sequence[float],
    folds: int,
    max_iterations: int,
    seed: int,
    l1_ratio: float = 1.0,
) -> list[GridPoint]:
    """Held-out correlations over inner folds of whole families, for all penalty pairs and component counts.

    Components nest, so one fit at the largest count serves all; covariances of a fold's training
    people are those of everybody minus the fold's. A missing component counts as correlation 0.
    """
    parts = _group_folds(groups, folds, seed)
    x, y = imaging - imaging.mean(axis=0), genetics - genetics.mean(axis=0)
    moments = [Moments.of(x[parts == number], y[parts == number]) for number in range(folds)]
    return score_grid(moments, components, penalties, max_iterations, l1_ratio=l1_ratio)


@threadpool_limits.wrap(limits=1)  # threads of BLAS take longer to meet than these small matrices to multiply
def score_grid(
    moments: Sequence[Moments],
    components: Sequence[int],
    penalties: Sequence[float],
    max_iterations: int,
    fractions: bool = True,
    l1_ratio: float = 1.0,
) -> list[GridPoint]:
    """The grid of `search_grid` on one group of moments a fold.

    With `fractions` columns are standardised on a fold's training people and `penalties` are
    fractions of their largest useful ones; otherwise both are taken as they are.
    """
    total, largest = _sum(moments), max(components)
    pairs = list(itertools.product(penalties, repeat=2))
    held_out = np.zeros((len(pairs), len(moments), largest))
    converged, alive = np.ones(len(pairs), bool), np.full(len(pairs), largest)
    for fold, own in enumerate(moments):
        train, test = (total - own).covariances(), own.covariances()
        if fractions:
            sds = column_sds(train)
            train, test = train.scaled(*sds), test.scaled(*sds)
        bounds = largest_penalties(train) if fractions else (1.0, 1.0)
        for number, pair in enumerate(pairs):
            fit = _fit_fraction(train, bounds, largest, pair, max_iterations, l1_ratio)
            r = score_correlations(test, fit.x, fit.y)
            held_out[number, fold, : len(r)] = r
            converged[number] &= fit.converged.all()
            alive[number] = min(alive[number], len(r))
    scores = held_out.mean(axis=1).cumsum(axis=1)
    return [
        GridPoint(
            count, pair, float(scores[number, count - 1]), bool(converged[number]), int(min(alive[number], count))
        )
        for number, pair in enumerate(pairs)
        for count in components
    ]


def selection_stability(
    imaging: np.ndarray,
    genetics: np.ndarray,
    groups: np.ndarray,
    fit: SparseFit,
    penalties: tuple[float, float],
    folds: int,
    max_iterations: int,
    seed: int,
    l1_ratio: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Share of refits, each without one inner fold, that give a node weight; [nodes, components] of both views.

    A refit's components are matched to those of `fit` by the correlation of their scores. A node
    has weight when it is above a thousandth of the largest.
    """
    parts, components = _group_folds(groups, folds, seed), fit.imaging.shape[1]
    counts = [np.zeros_like(fit.imaging), np.zeros_like(fit.genetics)]
    for number in range(folds):
        rows = parts != number
        sparse = fit_sparse(imaging[rows], genetics[rows], components, penalties, max_iterations, l1_ratio)
        pairs = ((imaging, fit.imaging, sparse.imaging), (genetics, fit.genetics, sparse.genetics))
        likeness = sum(np.abs(_cross_correlation(view @ own, view @ refit)) for view, own, refit in pairs)
        mine, theirs = linear_sum_assignment(-likeness)
        for count, weights in zip(counts, (sparse.imaging, sparse.genetics), strict=True):
            selected = np.abs(weights) > 1e-3 * np.abs(weights).max(axis=0, initial=1e-300)
            count[:, mine] += selected[:, theirs]
    return counts[0] / folds, counts[1] / folds


def variate_correlations(imaging: np.ndarray, genetics: np.ndarray) -> np.ndarray:
    """Pearson r of each pair of columns; 0 where one is constant."""
    first, second = imaging - imaging.mean(axis=0), genetics - genetics.mean(axis=0)
    scale = np.sqrt((first**2).sum(axis=0) * (second**2).sum(axis=0))
    return np.divide((first * second).sum(axis=0), scale, out=np.zeros(first.shape[1]), where=scale > 1e-12)


def _fit_fraction(
    covariances: Covariances,
    bounds: tuple[float, float],
    components: int,
    penalties: tuple[float, float],
    max_iterations: int,
    l1_ratio: float,
) -> IplsFit:
    # the L1 part, penalty times ratio, is the fraction of the penalty that kills all weights
    alpha = (penalties[0] * bounds[0] / l1_ratio, penalties[1] * bounds[1] / l1_ratio)
    return fit_ipls(covariances, components, alpha, (l1_ratio, l1_ratio), max_iterations, TOLERANCE)


def _cross_correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Pearson r of every column of one array with every column of the other."""
    a, b = (values - values.mean(axis=0) for values in (first, second))
    a, b = (values / np.maximum(values.std(axis=0), 1e-12) for values in (a, b))
    return a.T @ b / len(a)


def _sum(moments: Sequence[Moments]) -> Moments:
    total = moments[0]
    for other in moments[1:]:
        total = total + other
    return total


def _group_folds(groups: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Fold of each person; members of a group share it."""
    names, codes = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    return (order % folds)[codes]
