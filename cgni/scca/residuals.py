"""Residuals that may be exchanged: what confounds leave of values, one uncorrelated residual for each person kept."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import qr

_RANK = 1e-9


@dataclass(frozen=True, eq=False)
class ExchangeableResiduals:
    """Theil's residuals: for n people and confounds of rank k, those of n - k people, uncorrelated and of one variance.

    Ordinary residuals of n people live in n - k dimensions: permuting them gives pairings that ordinary
    residuals cannot have, whose correlations vary by 1 / n instead of 1 / (n - k). Projecting onto an
    orthonormal basis of the confounds' complement mends it (Huh and Jhun 2001), but its rows are no
    people. Of all such bases Theil's (best linear unbiased residuals with scalar covariance, 1965) is the
    one whose rows are closest to n - k of the people, so strata and families still say what may be
    exchanged (Winkler et al. 2020, NeuroImage 220:117065). Inner products of two columns do not depend
    on the basis: the uncentred correlation of two columns is their partial correlation.

    The k people without a row are those whose confounds span their space best (the pivots of a QR
    decomposition), chosen by the confounds alone: this keeps the other rows close to their people.

    Attributes
    ----------
    kept : int64 [n - k], row numbers of the people with a residual, ascending.
    span : float64 [n, k], an orthonormal basis of the confounds and the intercept.
    axes, stretch : float64 [n - k, k] and [k]: the residuals of the kept people are stretched by
        `stretch` along `axes`, which makes their covariance a multiple of the identity.
    """

    kept: np.ndarray
    span: np.ndarray
    axes: np.ndarray
    stretch: np.ndarray

    @classmethod
    def of(cls, design: np.ndarray) -> "ExchangeableResiduals":
        """For confounds [people, columns] without missing values; an intercept is added."""
        full = np.column_stack([np.ones(len(design)), design])
        left, size, _ = np.linalg.svd(full / np.maximum(np.linalg.norm(full, axis=0), 1e-300), full_matrices=False)
        span = left[:, size > _RANK * size[0]]
        pivots = qr(span.T, mode="r", pivoting=True)[1]
        kept = np.sort(pivots[span.shape[1] :])
        # the kept people's ordinary residuals have covariance I - U U' with U their rows of the span
        axes, length, _ = np.linalg.svd(span[kept], full_matrices=False)
        stretch = 1 / np.sqrt(np.maximum(1 - length**2, 1e-12)) - 1
        return cls(kept, span, axes, stretch)

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Residuals [kept people, columns] of values [people, columns]."""
        ordinary = (values - self.span @ (self.span.T @ values))[self.kept]
        residuals: np.ndarray = ordinary + self.axes @ (self.stretch[:, None] * (self.axes.T @ ordinary))
        return residuals
