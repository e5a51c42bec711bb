"""Contributions to the significant subspace as a whole."""

import numpy as np
import pandas as pd
import pytest

from cgni.contributions.called import CONSENSUS, SUBSPACE
from cgni.contributions.null import calibration
from cgni.contributions.subspace import subspace_null, subspace_rows


def _summary(shares: dict[tuple[int, int], list[float]]) -> pd.DataFrame:
    """Two features' shares, by fold and component."""
    rows = [
        {"fold": fold, "component": component, "feature": feature, "share": share}
        for (fold, component), own in shares.items()
        for feature, share in zip("ab", own, strict=True)
    ]
    return pd.DataFrame(rows)


def test_length_over_components_by_hand() -> None:
    summary = _summary({(0, 1): [3.0, 1.0], (0, 2): [4.0, 1.0], (0, 3): [9.0, 9.0], (1, 1): [5.0, 2.0]})
    summary = pd.concat([summary, _summary({(CONSENSUS, 1): [4.0, 1.5], (CONSENSUS, 2): [4.0, 1.0]})])
    rows = subspace_rows(summary, [1, 2])
    assert set(rows["component"]) == {SUBSPACE}
    found = rows.set_index(["fold", "feature"])["share"]
    # sqrt((9 + 16) / 2); fold 1 lacks component 2, so that the consensus is fold 0's
    assert found.to_dict() == pytest.approx(
        {(0, "a"): np.sqrt(12.5), (0, "b"): 1.0, (CONSENSUS, "a"): np.sqrt(12.5), (CONSENSUS, "b"): 1.0}
    )
    assert subspace_rows(summary, []).empty


def test_components_that_folds_exchange_keep_their_length() -> None:
    same = _summary({(0, 1): [3.0, 1.0], (0, 2): [1.0, 1.0], (1, 1): [3.0, 1.0], (1, 2): [1.0, 1.0]})
    exchanged = _summary({(0, 1): [3.0, 1.0], (0, 2): [1.0, 1.0], (1, 1): [1.0, 1.0], (1, 2): [3.0, 1.0]})
    pd.testing.assert_frame_equal(subspace_rows(same, [1, 2]), subspace_rows(exchanged, [1, 2]))


def test_the_null_has_runs_of_as_many_components() -> None:
    shares = np.random.default_rng(0).uniform(1, 2, (3, 5, 4))
    assert np.allclose(subspace_null(shares, 1), shares)
    pairs = subspace_null(shares, 2)
    expected = [np.sqrt((shares[..., a] ** 2 + shares[..., b] ** 2) / 2) for a, b in [(0, 1), (0, 3), (1, 2), (2, 3)]]
    assert np.allclose(pairs, np.stack(expected, axis=-1))
    assert np.allclose(subspace_null(shares, 4)[..., 0], np.sqrt((shares**2).mean(axis=-1)))
    assert subspace_null(shares, 4).shape == (3, 5, 1)
    assert subspace_null(shares, 5).shape == (3, 5, 0) and subspace_null(shares, 0).shape == (3, 5, 0)


@pytest.mark.parametrize("components", [1, 2, 4])
def test_p_is_uniform_under_the_null_for_any_number_of_components(components: int) -> None:
    rng = np.random.default_rng(1)
    size, spread = rng.uniform(0.2, 4, 200), rng.uniform(0.05, 0.6, 200)
    shares = size[:, None] * (1 + spread[:, None] * (rng.gamma(4, 0.25, (40, 200, 4)) - 1))
    assert 0.03 <= calibration(subspace_null(shares, components), 0.05) <= 0.07


def test_a_run_without_one_of_its_components_is_missing() -> None:
    shares = np.ones((2, 3, 3))
    shares[1, :, 2] = np.nan
    missing = np.isnan(subspace_null(shares, 2)).all(axis=1)
    # runs in order: first and second, first and third, second and third
    assert missing.tolist() == [[False, False, False], [False, True, True]]
