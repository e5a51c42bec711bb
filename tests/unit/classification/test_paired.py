"""The exact swap test against all swaps of small studies, the binomial test, and its level under a null of families."""

import itertools

import numpy as np
import pytest
from scipy.stats import binomtest, norm

from cgni.classification.metrics import balanced_accuracy
from cgni.classification.paired import mcnemar, swap_test


def _all_swaps(labels: np.ndarray, first: np.ndarray, second: np.ndarray, families: np.ndarray) -> float:
    """Share of the swaps of whole families with a difference of the balanced accuracies as large in size."""
    observed = abs(balanced_accuracy(labels, first) - balanced_accuracy(labels, second))
    names, reached = np.unique(families), 0
    for swapped in itertools.product([False, True], repeat=len(names)):
        swap = np.isin(families, names[list(swapped)])
        a, b = np.where(swap, second, first), np.where(swap, first, second)
        reached += abs(balanced_accuracy(labels, a) - balanced_accuracy(labels, b)) >= observed - 1e-12
    return reached / 2 ** len(names)


@pytest.mark.parametrize("seed", range(8))
def test_p_is_the_share_of_all_swaps(seed: int) -> None:
    """22 people in 9 families of one to four, both groups within a family; 512 swaps, each scored anew."""
    rng = np.random.default_rng(seed)
    families = np.r_[np.arange(9), rng.integers(0, 9, 13)]
    labels = np.r_[0, 1, rng.integers(0, 2, 20)]
    first, second = rng.uniform(size=(2, 22))
    first = np.where(rng.uniform(size=22) < 0.4, np.where(labels == 1, 0.9, 0.1), first)
    expected = _all_swaps(labels, first, second, families)
    assert swap_test(labels, first, second, families) == pytest.approx(expected, rel=1e-12)
    assert swap_test(labels, second, first, families) == pytest.approx(expected, rel=1e-12)


def test_unrelated_people_of_one_group_give_the_binomial_test() -> None:
    """The models differ in the high group alone: 3 people only the second gets right, 10 only the first."""
    labels = np.r_[np.ones(30, int), np.zeros(30, int)]
    first = np.where(labels == 1, 0.9, 0.1)
    second = first.copy()
    first[:3], second[3:13] = 0.2, 0.2
    expected = binomtest(10, 13, 0.5).pvalue
    assert swap_test(labels, first, second, np.arange(60)) == pytest.approx(expected, rel=1e-12)


def test_ten_thousand_people_get_the_normal_tail() -> None:
    """Scaled to its SD the sum of many independent signs is normal: at z = 4.4 within a tenth."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 10000)
    chances = {"first": 0.70, "second": 0.672}
    first, second = (np.where(rng.uniform(size=10000) < c, labels, 1 - labels) * 0.8 + 0.1 for c in chances.values())
    gains = ((first >= 0.5) == labels).astype(int) - ((second >= 0.5) == labels).astype(int)
    shares = gains / np.where(labels == 1, (labels == 1).sum(), (labels == 0).sum()) / 2
    z = abs(shares.sum()) / np.sqrt((shares**2).sum())
    assert 3 < z < 6
    assert swap_test(labels, first, second, np.arange(10000)) == pytest.approx(2 * norm.sf(z), rel=0.1)


def test_nothing_to_tell_apart_gives_one() -> None:
    labels, values = np.array([0, 1, 0, 1]), np.array([0.2, 0.9, 0.6, 0.1])
    assert swap_test(labels, values, values, np.arange(4)) == 1.0
    assert swap_test(np.ones(4, int), values, 1 - values, np.arange(4)) == 1.0


def test_level_with_copies_of_people() -> None:
    """Families of five copies, two equally good models: at most 5 % + 2 SE of 400 below .05; McNemar's p over 20 %."""
    swap, errors = [], []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        labels, values = rng.integers(0, 2, 40), rng.uniform(size=(2, 40))
        labels, first, second = (np.repeat(column, 5) for column in (labels, *values))
        swap.append(swap_test(labels, first, second, np.repeat(np.arange(40), 5)))
        errors.append(mcnemar(labels, first, second))
    assert np.mean(np.array(swap) < 0.05) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)
    assert np.mean(np.array(errors) < 0.05) > 0.2
