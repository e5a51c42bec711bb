"""Resampling of whole families, and scores of all resamples at once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from cgni.classification.metrics import auc, balanced_accuracy

_BLOCK = 500  # resamples held at a time


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


def bootstrap_scores(
    labels: np.ndarray, probabilities: np.ndarray, families: np.ndarray, resamples: int, seed: int
) -> dict[str, tuple[float, Interval]]:
    """`balanced_accuracy` and `auc`, each with its interval of a bootstrap over families.

    Parameters
    ----------
    labels, probabilities, families
        Of each person; labels 0 or 1.

    Returns
    -------
    Score and interval by the score's name; NaN where a class is absent.
    """
    values = {"balanced_accuracy": balanced_accuracy(labels, probabilities), "auc": auc(labels, probabilities)}
    scorers = {"balanced_accuracy": weighted_balanced_accuracy, "auc": weighted_auc}
    draws: dict[str, list[np.ndarray]] = {name: [] for name in values}
    if len(np.unique(labels)) == 2:
        for weights in family_weights(families, resamples, seed):
            for name, scorer in scorers.items():
                draws[name].append(scorer(labels, probabilities, weights))
    return {name: (value, interval(draws[name])) for name, value in values.items()}
