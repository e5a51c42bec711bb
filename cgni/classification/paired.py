"""Paired tests of two models on the same people."""

import numpy as np
from scipy.stats import binomtest

_SWAPS, _BLOCK = 9_999, 500


def swap_test(labels: np.ndarray, first: np.ndarray, second: np.ndarray, families: np.ndarray) -> float:
    """Exact two-sided p of equal balanced accuracy: both models' predictions swapped for whole families.

    Under the null the two models' predictions of a family are exchangeable, so that each of the
    2^families swaps is as likely as the observed one; p is the share of swaps whose difference of the
    balanced accuracies is as large in size. The whole distribution is counted, not sampled, so that the
    level is exact at any number of people and however relatives resemble each other.

    Parameters
    ----------
    labels
        0 or 1, int [people].
    first, second
        Probabilities of the high group; called at 0.5.
    families
        Family of each person.

    Returns
    -------
    p; 1 when the models never differ, or a class is absent.
    """
    high = labels == 1
    counts = int(high.sum()), int((~high).sum())
    if not all(counts):
        return 1.0
    gains = ((first >= 0.5) == high).astype(int) - ((second >= 0.5) == high).astype(int)
    _, codes = np.unique(families, return_inverse=True)
    # per family, how many more of the high and of the low group the first model gets right
    own = np.column_stack([np.bincount(codes, np.where(group, gains, 0)) for group in (high, ~high)]).astype(int)
    own = own[(own != 0).any(axis=1)]
    # whole numbers: the difference times 2 x (high people) x (low people)
    weights = np.array(counts[::-1])
    observed = abs(int((own @ weights).sum()))
    both = (own != 0).all(axis=1)
    of_high, of_low = (_signed_sums(np.abs(own[~both, group])) for group in (0, 1))
    if not observed:
        return 1.0
    of_low_values, of_high_values = (
        weight * np.arange(-(len(chances) // 2), len(chances) // 2 + 1)
        for weight, chances in zip(weights[::-1], (of_low, of_high), strict=True)
    )
    below, above = np.r_[0.0, np.cumsum(of_low)], np.r_[np.cumsum(of_low[::-1])[::-1], 0.0]
    p = 0.0
    for value, chance in _joint_sums(own[both] @ weights).items():
        others = value + of_high_values
        lower = below[np.searchsorted(of_low_values, -observed - others, "right")]
        upper = above[np.searchsorted(of_low_values, observed - others, "left")]
        p += chance * float(of_high @ (lower + upper))
    return min(1.0, p)


def swap_errors(observed: np.ndarray, first: np.ndarray, second: np.ndarray, families: np.ndarray, seed: int) -> float:
    """Two-sided p of equal squared error: both models' predictions swapped for whole families, drawn at random.

    R² of two models on the same people differs by their summed squared errors alone, so that this is its swap test.

    Parameters
    ----------
    observed, first, second
        Values and their two predictions, float64 [people].
    families
        Family of each person.
    seed
        Of 9,999 drawn swaps.
    """
    gains = np.square(observed - second) - np.square(observed - first)
    _, codes = np.unique(families, return_inverse=True)
    own = np.bincount(codes, gains)
    if not own.any():
        return 1.0
    rng = np.random.default_rng(seed)
    reached, least = 0, abs(own.sum()) * (1 - 1e-12)
    for start in range(0, _SWAPS, _BLOCK):
        signs = rng.integers(0, 2, (min(_BLOCK, _SWAPS - start), len(own)), dtype=np.int8) * 2 - 1
        reached += int((np.abs(signs @ own) >= least).sum())
    return (1 + reached) / (1 + _SWAPS)


def mcnemar(labels: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    """Exact two-sided McNemar p of two classifiers' errors at probability 0.5; 1 when they never differ."""
    right, other_right = (first >= 0.5) == (labels == 1), (second >= 0.5) == (labels == 1)
    only_first, only_second = int((right & ~other_right).sum()), int((~right & other_right).sum())
    discordant = only_first + only_second
    return float(binomtest(only_first, discordant, 0.5).pvalue) if discordant else 1.0


def _signed_sums(sizes: np.ndarray) -> np.ndarray:
    """Chance of each sum -total ... total of the sizes (int, at least 0) under independent fair signs."""
    total = int(sizes.sum())
    chances = np.zeros(2 * total + 1)
    chances[total] = 1.0
    for size in sizes[sizes > 0]:
        chances = (np.roll(chances, size) + np.roll(chances, -size)) / 2
    return chances


def _joint_sums(steps: np.ndarray) -> dict[int, float]:
    """Chance of each sum of `steps` (int) under independent fair signs; for the few families of both groups."""
    chances = {0: 1.0}
    for step in steps.tolist():
        moved: dict[int, float] = {}
        for value, chance in chances.items():
            for place in (value - step, value + step):
                moved[place] = moved.get(place, 0.0) + chance / 2
        chances = moved
    return chances
