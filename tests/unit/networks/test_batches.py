"""Class-aware batches: everybody once, both classes at least twice, seeded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgni.base.errors import InputError
from cgni.networks.batches import class_aware_batches


@settings(max_examples=200, deadline=None)
@given(low=st.integers(2, 200), high=st.integers(2, 200), size=st.integers(4, 80), seed=st.integers(0, 2**32 - 1))
def test_batches_cover_everybody_with_two_of_each_class(low, high, size, seed):
    labels = np.random.default_rng(seed).permutation(np.repeat([0, 1], [low, high]))
    batches = class_aware_batches(labels, size, seed)
    np.testing.assert_array_equal(np.sort(np.concatenate(batches)), np.arange(low + high))
    counts = np.array([np.bincount(labels[batch], minlength=2) for batch in batches])
    assert counts.min() >= 2
    assert (np.ptp(counts, axis=0) <= 1).all()
    wanted = -(-(low + high) // size)
    if wanted <= min(low, high) // 2:  # else the smaller class decides on the number of batches
        assert len(batches) == wanted
        assert max(map(len, batches)) <= size


def test_a_short_rest_is_spread_over_the_batches():
    """101 people in batches of 50: no batch of a single person is left at the end."""
    batches = class_aware_batches(np.repeat([0, 1], [51, 50]), 50, 1)
    assert sorted(map(len, batches)) == [33, 34, 34]


def test_the_seed_decides_the_order():
    labels = np.repeat([0, 1], 30)
    first, same, other = (class_aware_batches(labels, 10, seed) for seed in (5, 5, 6))
    assert all((a == b).all() for a, b in zip(first, same, strict=True))
    assert any((a != b).any() for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("labels", [[0, 0, 0, 0], [0, 0, 0, 1]])
def test_too_few_of_a_class_is_an_error(labels):
    with pytest.raises(InputError, match="at least 2"):
        class_aware_batches(np.array(labels), 4, 1)
