"""Resampling of whole families, and scores of all resamples at once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

_BLOCK = 500  # resamples held at a time
_NOTHING = 1e-12  # of a sum of squares


class Interval(NamedTuple):
    """Standard error and 95 % interval of a score."""

    se: float
    low: float
    high: float


def family_weights(families: np.ndarray, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """How often each person is in each resample of whole families with replacement.

    Yields float64 [resamples of a block, people]; all blocks together hold `resamples` rows. The same
    families and seed give the same weights, so that models scored with them are paired.
    """
    _, codes = np.unique(families, return_inverse=True)
    count = int(codes.max()) + 1 if len(codes) else 0
    rng = np.random.default_rng(seed)
    for start in range(0, resamples, _BLOCK):
        size = min(_BLOCK, resamples - start)
        drawn = rng.integers(0, count, (size, count)) + np.arange(size)[:, None] * count
        yield np.bincount(drawn.ravel(), minlength=size * count).reshape(size, count)[:, codes].astype(np.float64)


def weighted_balanced_accuracy(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`metrics.balanced_accuracy` of each row of `weights` [resamples, people]; NaN where a class is absent."""
    right = (probabilities >= 0.5) == (labels == 1)
    sums = weights @ np.column_stack([right & (labels == 1), labels == 1, right & (labels == 0), labels == 0])
    with np.errstate(invalid="ignore", divide="ignore"):
        scores: np.ndarray = (sums[:, 0] / sums[:, 1] + sums[:, 2] / sums[:, 3]) / 2
    return scores


def weighted_auc(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`metrics.auc` of each row of `weights` [resamples, people], ties half; NaN where a class is absent."""
    order = np.argsort(probabilities, kind="stable")
    own, sorted_weights = labels[order], weights[:, order]
    starts = np.flatnonzero(np.r_[True, np.diff(probabilities[order]) > 0])
    low = np.add.reduceat(sorted_weights * (own == 0), starts, axis=1)
    high = np.add.reduceat(sorted_weights * (own == 1), starts, axis=1)
    below = np.cumsum(low, axis=1) - low
    with np.errstate(invalid="ignore", divide="ignore"):
        areas: np.ndarray = (high * (below + low / 2)).sum(axis=1) / (low.sum(axis=1) * high.sum(axis=1))
    return areas


def weighted_r_squared(observed: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`metrics.r_squared` of each row of `weights` [resamples, people]; NaN where all values are the same."""
    sums = weights @ np.column_stack([np.ones(len(observed)), observed, observed**2, (observed - predicted) ** 2])
    total = sums[:, 2] - sums[:, 1] ** 2 / sums[:, 0]
    return np.where(total > _NOTHING * sums[:, 2], 1 - sums[:, 3] / np.where(total > 0, total, 1.0), np.nan)


def weighted_pearson(observed: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`metrics.pearson` of each row of `weights` [resamples, people]; NaN where either side is constant."""
    y, z = (values - values.mean() for values in (observed, predicted))
    sums = weights @ np.column_stack([np.ones(len(y)), y, z, y * y, z * z, y * z])
    people, of_y, of_z = sums[:, 0], sums[:, 1] / sums[:, 0], sums[:, 2] / sums[:, 0]
    variances = (sums[:, 3] / people - of_y**2) * (sums[:, 4] / people - of_z**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        r: np.ndarray = (sums[:, 5] / people - of_y * of_z) / np.sqrt(np.where(variances > 0, variances, np.nan))
    return r


def weighted_mean_absolute_error(observed: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`metrics.mean_absolute_error` of each row of `weights` [resamples, people]."""
    errors: np.ndarray = weights @ np.abs(observed - predicted) / weights.sum(axis=1)
    return errors


def interval(draws: Sequence[np.ndarray]) -> Interval:
    """Standard error and 95 % interval (percentiles) of the scores of all blocks of resamples.

    Resamples without one of the classes, whose score is NaN, are left out; fewer than two others: NaN.
    """
    together = np.concatenate(list(draws)) if draws else np.empty(0)
    together = together[np.isfinite(together)]
    if len(together) < 2:
        return Interval(np.nan, np.nan, np.nan)
    low, high = np.percentile(together, [2.5, 97.5])
    return Interval(float(np.std(together, ddof=1)), float(low), float(high))
