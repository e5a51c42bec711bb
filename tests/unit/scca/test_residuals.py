"""Exchangeable residuals: partial correlations as by regression, and a level that many confounds do not break."""

import numpy as np
import pytest

from cgni.cohort.confounds import residualise
from cgni.scca.matching import exchange_blocks, permutation_test, permuted_orders
from cgni.scca.residuals import ExchangeableResiduals


def _confounds(rng: np.random.Generator, people: int, columns: int) -> np.ndarray:
    """Half of them numbers, half indicators of a quarter of the people."""
    half = columns // 2
    return np.column_stack([rng.standard_normal((people, half)), rng.random((people, columns - half)) < 0.25]).astype(
        np.float64
    )


def test_they_are_uncorrelated_and_free_of_confounds() -> None:
    confounds = _confounds(np.random.default_rng(0), 60, 10)
    residuals = ExchangeableResiduals.of(confounds)
    rows = residuals.apply(np.eye(60))  # the projection itself
    assert rows.shape == (49, 60) and len(np.unique(residuals.kept)) == 49
    assert np.allclose(rows @ rows.T, np.eye(49))  # of values with covariance I: I
    assert np.allclose(rows @ np.column_stack([np.ones(60), confounds]), 0)


def test_they_equal_theils_formula() -> None:
    rng = np.random.default_rng(1)
    confounds, values = _confounds(rng, 40, 6), rng.standard_normal((40, 3))
    found = ExchangeableResiduals.of(confounds)
    # Theil 1965: (S R S')^(-1/2) S R y with R the residual-forming matrix and S the kept rows
    full = np.column_stack([np.ones(40), confounds])
    forming = np.eye(40) - full @ np.linalg.pinv(full)
    block = forming[np.ix_(found.kept, found.kept)]
    size, axes = np.linalg.eigh(block)
    expected = axes @ np.diag(size**-0.5) @ axes.T @ (forming @ values)[found.kept]
    assert np.allclose(found.apply(values), expected)


def test_a_kept_persons_residual_is_mostly_their_own() -> None:
    residuals = ExchangeableResiduals.of(_confounds(np.random.default_rng(2), 300, 20))
    own = residuals.apply(np.eye(300))[np.arange(len(residuals.kept)), residuals.kept]
    assert own.mean() > 0.9 and own.min() > 0.5


def test_the_correlation_is_the_partial_one() -> None:
    rng = np.random.default_rng(3)
    confounds = _confounds(rng, 80, 8)
    confounds = np.column_stack([confounds, confounds[:, 0] * 2])  # a column that adds nothing costs no person
    first, second = rng.standard_normal((2, 80, 2)) + confounds[:, :1]
    second += 0.3 * first
    residuals = ExchangeableResiduals.of(confounds)
    assert len(residuals.kept) == 80 - 9
    people = np.arange(len(residuals.kept))
    r, _ = permutation_test(residuals.apply(first), residuals.apply(second), np.zeros(len(people)), people, 9, 0)
    left = [residualise(values, confounds) for values in (first, second)]
    assert r == pytest.approx([np.corrcoef(left[0][:, k], left[1][:, k])[0, 1] for k in range(2)])


def _share_significant(values: tuple[np.ndarray, np.ndarray], orders: np.ndarray) -> float:
    """Share of data sets [sets, people, components] with p <= .05 for the largest correlation over components."""
    first, second = (own / np.linalg.norm(own, axis=1, keepdims=True) for own in values)
    observed = np.einsum("spc,spc->sc", first, second).max(axis=1)
    null = np.stack([np.einsum("spc,spc->sc", first, second[:, order]).max(axis=1) for order in orders])
    p = (1 + (null >= observed).sum(axis=0)) / (1 + len(orders))
    return float((p <= 0.05).mean())


def test_the_level_holds_with_many_confounds_and_ordinary_residuals_break_it() -> None:
    rng = np.random.default_rng(4)
    exchangeable, ordinary = [], []
    for _ in range(20):  # confounds, each with 100 data sets of 100 people and 5 components
        confounds = _confounds(rng, 100, 25)
        residuals = ExchangeableResiduals.of(confounds)
        drawn = rng.standard_normal((2, 100, 100, 5))
        wide = [own.transpose(1, 0, 2).reshape(100, -1) for own in drawn]
        for made, left in (
            (exchangeable, [residuals.apply(own) for own in wide]),
            (ordinary, [residualise(own, confounds) for own in wide]),
        ):
            sets = tuple(own.reshape(-1, 100, 5).transpose(1, 0, 2) for own in left)
            people = np.arange(len(left[0]))
            orders = permuted_orders(exchange_blocks(np.zeros(len(people)), people), len(people), 199, rng)
            made.append(_share_significant(sets, orders))
    # 2,000 data sets: the standard error of a share of .05 is .005
    assert np.mean(exchangeable) == pytest.approx(0.05, abs=0.011)
    assert np.mean(ordinary) > 0.08
