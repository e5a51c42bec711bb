"""Sparse CCA of the two embeddings, by cca-zoo's IPLS, with a grid on held-out correlation."""

import itertools
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from cca_zoo.sparse import IPLSCCA


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
    """Weights [nodes, components] of both views on standardised columns; components without weights are left out."""

    imaging: np.ndarray
    genetics: np.ndarray
    converged: bool


@dataclass(frozen=True)
class GridPoint:
    """Sum of held-out correlations of the first `components` components at a pair of penalties."""

    components: int
    penalties: tuple[float, float]
    score: float
    converged: bool


def largest_penalties(imaging: np.ndarray, genetics: np.ndarray) -> tuple[float, float]:
    """Penalties from which on the first iteration of IPLS sets all weights of a view to zero.

    IPLS starts from the leading singular pair of the cross-covariance; the lasso of a view onto
    the other view's unit-variance score s is zero from max_j |x_j's| / n on. Views standardised.
    """
    left, _, right = np.linalg.svd(imaging.T @ genetics / len(imaging), full_matrices=False)
    from_genetics, from_imaging = _unit(genetics @ right[0]), _unit(imaging @ left[:, 0])
    people = len(imaging)
    return (
        float(np.abs(imaging.T @ from_genetics).max() / people),
        float(np.abs(genetics.T @ from_imaging).max() / people),
    )


def fit_sparse(
    imaging: np.ndarray,
    genetics: np.ndarray,
    components: int,
    penalties: tuple[float, float],
    max_iterations: int,
    seed: int,
) -> SparseFit:
    """IPLS sparse CCA of standardised views; `penalties` are fractions of the largest useful ones."""
    largest = largest_penalties(imaging, genetics)
    alpha = [fraction * bound for fraction, bound in zip(penalties, largest, strict=True)]
    model = IPLSCCA(n_components=components, alpha=alpha, max_iter=max_iterations, tol=1e-4, random_state=seed % 2**31)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit([imaging, genetics])
    converged = not any("converge" in str(warning.message).lower() for warning in caught)
    u, v = (np.nan_to_num(weights) for weights in model.weights_)
    alive = (np.abs(u).max(axis=0) > 1e-10) & (np.abs(v).max(axis=0) > 1e-10)
    if not alive.all():
        logging.info("%d of %d components have no weights at these penalties", (~alive).sum(), components)
    return SparseFit(u[:, alive], v[:, alive], converged)


def search_grid(
    imaging: np.ndarray,
    genetics: np.ndarray,
    groups: np.ndarray,
    components: Sequence[int],
    penalties: Sequence[float],
    folds: int,
    max_iterations: int,
    seed: int,
) -> list[GridPoint]:
    """Held-out correlations over inner folds of whole families, for all penalty pairs and component counts.

    Components nest (deflation), so one fit at the largest count serves all. A missing component
    counts as correlation 0.
    """
    parts = _group_folds(groups, folds, seed)
    largest, points = max(components), []
    for pair in itertools.product(penalties, repeat=2):
        correlations, converged = np.zeros((folds, largest)), True
        for number in range(folds):
            train, test = parts != number, parts == number
            standards = Standard.fit(imaging[train]), Standard.fit(genetics[train])
            views = [s.apply(v) for s, v in zip(standards, (imaging, genetics), strict=True)]
            fit = fit_sparse(views[0][train], views[1][train], largest, pair, max_iterations, seed)
            converged &= fit.converged
            held_out = variate_correlations(views[0][test] @ fit.imaging, views[1][test] @ fit.genetics)
            correlations[number, : len(held_out)] = held_out
        cumulative = correlations.mean(axis=0).cumsum()
        points += [GridPoint(count, pair, float(cumulative[count - 1]), converged) for count in components]
    return points


def variate_correlations(imaging: np.ndarray, genetics: np.ndarray) -> np.ndarray:
    """Pearson r of each pair of columns; 0 where one is constant."""
    first, second = imaging - imaging.mean(axis=0), genetics - genetics.mean(axis=0)
    scale = np.sqrt((first**2).sum(axis=0) * (second**2).sum(axis=0))
    return np.divide((first * second).sum(axis=0), scale, out=np.zeros(first.shape[1]), where=scale > 1e-12)


def _unit(score: np.ndarray) -> np.ndarray:
    return score / max(score.std(), 1e-12)


def _group_folds(groups: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Fold of each person; members of a group share it."""
    names, codes = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    return (order % folds)[codes]
