"""How far predictions follow the confounds beyond what the label explains."""

import numpy as np


def confounder_test(
    scores: np.ndarray, labels: np.ndarray, confounds: np.ndarray, permutations: int, seed: int
) -> tuple[float, float]:
    """Partial R² of the confounds in the scores given the label, and its permutation p.

    The confounds' rows are permuted within each label (the null: given the label, predictions do
    not depend on the confounds; in the spirit of Spisak 2022, own implementation).

    Parameters
    ----------
    scores
        Log odds or probabilities, float [people].
    confounds
        float [people, columns]; missing values count as the column's mean.
    """
    filled = np.where(np.isnan(confounds), np.nan_to_num(np.nanmean(confounds, axis=0)), confounds)
    filled = filled[:, filled.std(axis=0) > 0]
    base = np.column_stack([np.ones(len(labels)), labels])
    rest = scores - base @ np.linalg.lstsq(base, scores, rcond=None)[0]
    observed = _partial_r2(rest, base, filled)
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    reached = 0
    for _ in range(permutations):
        order = np.arange(len(labels))
        for group in groups:
            order[group] = rng.permutation(group)
        reached += _partial_r2(rest, base, filled[order]) >= observed - 1e-12
    return observed, (1 + reached) / (1 + permutations)


def _partial_r2(rest: np.ndarray, base: np.ndarray, confounds: np.ndarray) -> float:
    own = confounds - base @ np.linalg.lstsq(base, confounds, rcond=None)[0]
    explained = own @ np.linalg.lstsq(own, rest, rcond=None)[0]
    total = float(rest @ rest)
    return float(explained @ explained) / total if total > 0 else 0.0
