"""Iterative penalised least squares (Mai and Zhang 2019) on covariances instead of on people.

What `cca_zoo.sparse.IPLSCCA` computes from views [people, columns] depends on them through their
covariances alone. Here each lasso is solved on the columns' Gram matrix and deflation is done on
the covariance blocks, so a fit's cost does not depend on the number of people.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh
from scipy.linalg.lapack import dpotrf, dpotrs
from sklearn.linear_model import _cd_fast

_TINY = 1e-12
_PASSES = 10_000
# Duality gap of a lasso relative to the variance of its target, which is 1.
_GAP = 1e-12
_KKT_SLACK = 1e-10


@dataclass(frozen=True)
class Covariances:
    """Population covariances of two centred views: xx [p, p], yy [q, q], xy [p, q]."""

    xx: np.ndarray
    yy: np.ndarray
    xy: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray) -> "Covariances":
        """From float [people, p] and [people, q], centred here."""
        x, y = x - x.mean(axis=0), y - y.mean(axis=0)
        return cls(x.T @ x / len(x), y.T @ y / len(x), x.T @ y / len(x))

    def scaled(self, sd_x: np.ndarray, sd_y: np.ndarray) -> "Covariances":
        """Of the columns divided by `sd_x` and `sd_y`."""
        return Covariances(
            self.xx / np.outer(sd_x, sd_x), self.yy / np.outer(sd_y, sd_y), self.xy / np.outer(sd_x, sd_y)
        )

    def leading_pair(self) -> tuple[np.ndarray, np.ndarray]:
        """Unit vectors of the largest singular value of xy: the direction of partial least squares."""
        tall = self.xy.shape[0] >= self.xy.shape[1]
        cross = self.xy if tall else self.xy.T
        last = cross.shape[1] - 1
        right = eigh(cross.T @ cross, subset_by_index=[last, last])[1][:, 0]
        left = cross @ right
        left /= max(np.linalg.norm(left), _TINY)
        return (left, right) if tall else (right, left)

    def deflated(self, u: np.ndarray, v: np.ndarray) -> "Covariances":
        """Of the views with the scores X u and Y v projected out of X and of Y."""
        load_x, load_y = _loading(self.xx, u), _loading(self.yy, v)
        crossed = self.xy - np.outer(load_x, u @ self.xy) - np.outer(self.xy @ v, load_y)
        crossed += (u @ self.xy @ v) * np.outer(load_x, load_y)
        return Covariances(_without(self.xx, u, load_x), _without(self.yy, v, load_y), crossed)


@dataclass(frozen=True)
class IplsFit:
    """Weights on the undeflated views of the components that have any.

    Attributes
    ----------
    x, y : float64 [p, components], [q, components].
    converged : bool [components], whether the weights settled within the tolerance.
    iterations : int [components].
    died : the view (x or y) whose penalty set all weights of the next component to zero; empty
        when all requested components have weights.
    """

    x: np.ndarray
    y: np.ndarray
    converged: np.ndarray
    iterations: np.ndarray
    died: str = ""


def largest_penalties(covariances: Covariances) -> tuple[float, float]:
    """Penalties from which on the first iteration sets all weights of x, or of y, to zero.

    The lasso of a view onto the other view's unit-variance score s is zero from max_j |x_j's| / n
    on; the first score is that of the leading singular pair.
    """
    u, v = covariances.leading_pair()
    return (
        float(np.abs(_covariance_with_score(covariances.xy, covariances.yy, v)).max()),
        float(np.abs(_covariance_with_score(covariances.xy.T, covariances.xx, u)).max()),
    )


def fit_ipls(
    covariances: Covariances,
    components: int,
    alpha: tuple[float, float],
    l1_ratio: tuple[float, float] = (1.0, 1.0),
    max_iterations: int = 500,
    tolerance: float = 1e-6,
) -> IplsFit:
    """Components one after the other, each on covariances deflated by those before.

    Components nest: the first k of a fit are the fit with `components` = k.

    Parameters
    ----------
    alpha
        Penalty of each view, in covariance units of its columns with a unit-variance score.
    l1_ratio
        Share of the penalty that is L1: 1 is the lasso, 0 ridge.
    tolerance
        On the norm of the change in a view's weights, which have unit-variance scores.
    """
    own = covariances
    found: list[tuple[np.ndarray, np.ndarray]] = []
    loadings: list[tuple[np.ndarray, np.ndarray]] = []
    converged: list[bool] = []
    iterations: list[int] = []
    died = ""
    for _ in range(components):
        u, v, done, count = _one_component(own, alpha, l1_ratio, max_iterations, tolerance)
        died = "x" if not u.any() else "" if v.any() else "y"
        if died:
            break
        found.append((u, v))
        loadings.append((_loading(own.xx, u), _loading(own.yy, v)))
        converged.append(done)
        iterations.append(count)
        own = own.deflated(u, v)
    x = _undeflated([u for u, _ in found], [load for load, _ in loadings], len(covariances.xx))
    y = _undeflated([v for _, v in found], [load for _, load in loadings], len(covariances.yy))
    return IplsFit(x, y, np.array(converged, bool), np.array(iterations, int), died)


def _one_component(
    own: Covariances, alpha: tuple[float, float], l1_ratio: tuple[float, float], max_iterations: int, tolerance: float
) -> tuple[np.ndarray, np.ndarray, bool, int]:
    u, v = own.leading_pair()
    regressions = [
        _Regression(gram, strength, ratio)
        for gram, strength, ratio in zip((own.xx, own.yy), alpha, l1_ratio, strict=True)
    ]
    crossed = np.ascontiguousarray(own.xy.T)
    for count in range(1, max_iterations + 1):
        before_u, before_v = u, v
        u = regressions[0].unit_score(_covariance_with_score(own.xy, own.yy, v))
        v = regressions[1].unit_score(_covariance_with_score(crossed, own.xx, u))
        if not (u.any() and v.any()):
            return u, v, True, count
        if max(np.linalg.norm(u - before_u), np.linalg.norm(v - before_v)) < tolerance:
            return u, v, True, count
    return u, v, False, max_iterations


class _Regression:
    """Elastic-net regressions on one Gram matrix, each started from the last one's solution.

    When the last solution's support and signs still fit the new target, the solution is one
    triangular solve with the factor kept for that support; the optimality conditions prove it.
    Otherwise coordinate descent runs.
    """

    def __init__(self, gram: np.ndarray, alpha: float, l1_ratio: float) -> None:
        self._gram = np.ascontiguousarray(gram)
        self._l1, self._l2 = alpha * l1_ratio, alpha * (1 - l1_ratio)
        self._coefficients = np.zeros(len(gram))
        self._signs = np.zeros(len(gram))
        self._factor: tuple[np.ndarray, np.ndarray] | None = None
        self._random = np.random.RandomState(0)  # the solver wants one; in cyclic order it draws nothing
        self._inverse: np.ndarray | None = None

    def unit_score(self, target: np.ndarray) -> np.ndarray:
        """Coefficients onto a score of covariances `target` with the columns, scaled to a unit-variance score."""
        coefficients = self._solve(target)
        scaled: np.ndarray = coefficients / max(np.sqrt(max(coefficients @ self._gram @ coefficients, 0.0)), _TINY)
        return scaled

    def _solve(self, target: np.ndarray) -> np.ndarray:
        if self._l1 == 0:
            if self._inverse is None:
                ridge = self._gram + self._l2 * np.eye(len(target))
                self._inverse = np.linalg.pinv(ridge, rcond=1e-10, hermitian=True)
            ridge_solution: np.ndarray = self._inverse @ target
            return ridge_solution
        exact = self._on_last_support(target)
        if exact is None:
            exact = _descend(self._gram, target, self._l1, self._l2, self._coefficients, self._random)
            self._keep(exact)
        self._coefficients = exact
        return exact

    def _keep(self, coefficients: np.ndarray) -> None:
        self._signs = np.sign(coefficients)
        support = np.flatnonzero(coefficients)
        block = self._gram[np.ix_(support, support)] + self._l2 * np.eye(len(support))
        self._factor = None
        if len(support):
            factor, failed = dpotrf(block)
            # a rank-deficient support has no unique solution: descend next time too
            self._factor = None if failed else (support, factor)

    def _on_last_support(self, target: np.ndarray) -> np.ndarray | None:
        if self._factor is None:
            return None
        support, factor = self._factor
        signs = self._signs[support]
        values, _ = dpotrs(factor, target[support] - self._l1 * signs)
        if (np.sign(values) != signs).any():
            return None
        gradient = target - self._gram[:, support] @ values
        gradient[support] -= self._l2 * values
        # on the support the gradient shows whether the factor is accurate, elsewhere whether zero is optimal
        if np.abs(gradient).max() > self._l1 + _KKT_SLACK:
            return None
        coefficients = np.zeros(len(target))
        coefficients[support] = values
        return coefficients


def _descend(
    gram: np.ndarray, target: np.ndarray, l1: float, l2: float, start: np.ndarray, random: np.random.RandomState
) -> np.ndarray:
    if l1 >= np.abs(target).max():
        return np.zeros(len(target))
    # the solver adds l2/2 |w|^2 itself; the target's variance is 1
    solution, *_ = _cd_fast.enet_coordinate_descent_gram(
        start.copy(), l1, l2, gram, target, np.ones(1), _PASSES, _GAP, random, False, False, True
    )
    return np.asarray(solution)


def _covariance_with_score(crossed: np.ndarray, gram: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Covariance of a view's columns with the other view's score at unit variance."""
    sd = np.sqrt(max(weights @ gram @ weights, 0.0))
    covariance: np.ndarray = crossed @ weights
    return covariance / sd if sd > _TINY else covariance


def _loading(gram: np.ndarray, weights: np.ndarray) -> np.ndarray:
    image: np.ndarray = gram @ weights
    return image / max(float(weights @ image), _TINY)


def _without(gram: np.ndarray, weights: np.ndarray, loading: np.ndarray) -> np.ndarray:
    deflated = gram - np.outer(loading, gram @ weights)
    symmetric: np.ndarray = (deflated + deflated.T) / 2
    return symmetric


def _undeflated(weights: list[np.ndarray], loadings: list[np.ndarray], width: int) -> np.ndarray:
    """Weights on the original columns that give the scores found on deflated ones: W (P'W)^-1."""
    if not weights:
        return np.zeros((width, 0))
    stacked, loads = np.stack(weights, axis=1), np.stack(loadings, axis=1)
    original: np.ndarray = stacked @ np.linalg.pinv(loads.T @ stacked)
    return original
