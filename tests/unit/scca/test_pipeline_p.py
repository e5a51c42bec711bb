"""The p of the whole pipeline: exact where replicates reach the observed value, a conservative tail beyond them."""

import numpy as np
import pytest
from scipy.stats import norm

from cgni.scca.pipeline_p import pipeline_p


def _maxima(rng: np.random.Generator, *size: int) -> np.ndarray:
    """Draws of the maximum of three standard normals."""
    draws: np.ndarray = rng.standard_normal((*size, 3)).max(axis=-1)
    return draws


def test_many_replicates_give_the_empirical_p() -> None:
    null = np.linspace(0, 1, 201)
    # 51 replicates are at least .75, none is above 1
    assert pipeline_p(np.array([0.75, 2.0, np.nan]), null) == pytest.approx([52 / 202, 1 / 202, np.nan], nan_ok=True)


def test_few_replicates_without_a_tail_give_the_empirical_p() -> None:
    null = np.array([0.1, 0.2, 0.3, np.nan])
    # a replicate without any component counts as the smallest
    assert pipeline_p(np.array([0.2, 0.9, -1.0]), null) == pytest.approx([3 / 5, 1 / 5, 4 / 5])
    assert pipeline_p(np.array([0.3]), np.array([])).tolist() == [1.0]


def test_a_tail_goes_below_what_the_replicates_can_say() -> None:
    null = _maxima(np.random.default_rng(0), 60)
    observed = np.array([0.0, 3.0, 3.5, 6.0])
    p = pipeline_p(observed, null)
    assert p[0] > 0.5 and (np.diff(p) < 0).all()
    assert 0 < p[3] < 1 / 61 and (p[1:] <= 1 / 61).all()
    assert (pipeline_p(observed, null) == p).all()


def test_the_tail_errs_towards_large_p() -> None:
    rng = np.random.default_rng(1)
    true = 1 - norm.cdf(3.5) ** 3  # .0007
    found = np.median([pipeline_p(np.array([3.5]), _maxima(rng, 100))[0] for _ in range(100)])
    assert true < found < 1 / 2 / 101


@pytest.mark.parametrize("replicates", [40, 120])
def test_the_level_is_kept(replicates: int) -> None:
    rng = np.random.default_rng(2)
    p = np.array([pipeline_p(_maxima(rng, 1), _maxima(rng, replicates))[0] for _ in range(2000)])
    for level in (0.05, 0.01):
        # at most the level plus three standard errors of a share of 2000
        assert (p <= level).mean() <= level + 3 * np.sqrt(level * (1 - level) / 2000)
    assert (p <= 0.05).mean() > 0.03


def test_a_heavy_tail_cannot_break_the_level_that_replicates_give() -> None:
    rng = np.random.default_rng(3)
    p = np.array([pipeline_p(rng.standard_t(2, 1), rng.standard_t(2, 60))[0] for _ in range(1500)])
    # beyond the largest of 60 replicates is one value of 61, whatever the distribution
    share = 1 / 61
    assert abs((p <= share).mean() - share) < 3 * np.sqrt(share * (1 - share) / 1500)
