"""Sums that give the covariances of any union or difference of groups of people."""

from dataclasses import dataclass

import numpy as np

from cgni.scca.ipls import Covariances


@dataclass(frozen=True)
class Moments:
    """Count, column sums and product sums of two views side by side; groups add and subtract.

    Columns should be roughly centred before, so that subtraction loses no digits.
    """

    people: int
    total: np.ndarray
    product: np.ndarray
    width: int

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray) -> "Moments":
        """From float64 [people, p] and [people, q]."""
        both = np.hstack([x, y])
        return cls(len(both), both.sum(axis=0), both.T @ both, x.shape[1])

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.people + other.people, self.total + other.total, self.product + other.product, self.width)

    def __sub__(self, other: "Moments") -> "Moments":
        return Moments(self.people - other.people, self.total - other.total, self.product - other.product, self.width)

    def covariances(self) -> Covariances:
        """Population covariances of the group."""
        mean = self.total / self.people
        whole = self.product / self.people - np.outer(mean, mean)
        w = self.width
        return Covariances(whole[:w, :w], whole[w:, w:], whole[:w, w:])


def column_sds(covariances: Covariances) -> tuple[np.ndarray, np.ndarray]:
    """SDs of the columns of both views (constant columns: 1)."""
    first, second = (np.sqrt(np.maximum(np.diag(gram), 0.0)) for gram in (covariances.xx, covariances.yy))
    return np.where(first > 1e-9, first, 1.0), np.where(second > 1e-9, second, 1.0)


def score_correlations(covariances: Covariances, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Pearson r of the scores X u and Y v of each pair of columns; 0 where one is constant."""
    crossed = ((u.T @ covariances.xy) * v.T).sum(axis=1)
    variances = ((u.T @ covariances.xx) * u.T).sum(axis=1) * ((v.T @ covariances.yy) * v.T).sum(axis=1)
    scale = np.sqrt(np.maximum(variances, 0.0))
    r: np.ndarray = np.divide(crossed, scale, out=np.zeros(len(crossed)), where=scale > 1e-12)
    return r
