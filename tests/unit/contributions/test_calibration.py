"""What is called of nothing: null replicates judged by one another."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.contributions.calibration import BOTH_VIEWS, calibration_rows
from cgni.contributions.null import null_arrays, null_p
from cgni.contributions.settings import ContributionSettings
from tests.unit.contributions.made_up import FEATURES, null_shares

_SETTINGS = ContributionSettings(rule="permutation", sd={IMAGING: 1.5, GENETICS: 100.0}, fdr=0.2, gate=0.1)


@pytest.fixture(scope="module")
def null() -> pd.DataFrame:
    """Twenty-four replicates of three components."""
    return pd.concat(null_shares(24, 3), ignore_index=True)


@pytest.fixture(scope="module")
def found(null: pd.DataFrame) -> dict[tuple[str, str], tuple[float, str]]:
    """Value and expectation by view and quantity."""
    return {
        (view, quantity): (value, expected) for view, quantity, value, expected in calibration_rows(null, _SETTINGS)
    }


def test_null_features_have_uniform_p(found: dict[tuple[str, str], tuple[float, str]]) -> None:
    for view in VIEWS:
        assert 0.03 <= found[view, "share of null features with p < .05"][0] <= 0.07


def test_calls_without_the_gate_are_those_of_a_plain_loop(
    null: pd.DataFrame, found: dict[tuple[str, str], tuple[float, str]]
) -> None:
    consensus = null[null["fold"] == -1]
    called = []
    for replicate in range(24):
        p = []
        for view in VIEWS:
            shares = null_arrays(consensus[consensus["view"] == view], FEATURES[view])[-1]
            p.append(null_p(shares[replicate], np.delete(shares, replicate, axis=0))[1])
        q = false_discovery_control(np.stack(p).ravel()).reshape(2, 20, 3)
        called.append((q <= 0.2).any(axis=2).sum(axis=1))
    mean, any_call = np.mean(called, axis=0), np.mean(np.sum(called, axis=1) > 0)
    for number, view in enumerate(VIEWS):
        key = view, "features called in a null replicate by permutation without the gate, mean"
        assert found[key][0] == pytest.approx(mean[number])
    key = BOTH_VIEWS, "null replicates with any call by permutation without the gate"
    assert found[key] == (pytest.approx(any_call), "0.2")
    assert any_call > 0, "or the test says nothing"
    # the gate lets a tenth of cohorts without any effect through
    assert found[BOTH_VIEWS, "null cohorts with any call by permutation"] == (
        pytest.approx(any_call / 10),
        "at most 0.1",
    )


def test_the_published_rule_is_counted_by_its_own_threshold(
    null: pd.DataFrame, found: dict[tuple[str, str], tuple[float, str]]
) -> None:
    quantity = "features called in a null replicate by the SD rule, mean"
    own = null[(null["fold"] == -1) & (null["view"] == IMAGING) & (null["z"].abs() > 1.5)]
    assert found[IMAGING, quantity][0] == pytest.approx(len(own.drop_duplicates(["replicate", "feature"])) / 24)
    assert found[GENETICS, quantity][0] == 0


def test_too_few_replicates_say_nothing(null: pd.DataFrame) -> None:
    assert calibration_rows(null[null["replicate"] < 2], _SETTINGS) == []
    assert calibration_rows(null.iloc[:0], _SETTINGS) == []


def test_replicates_of_fewer_components_count_with_those_they_have(null: pd.DataFrame) -> None:
    shortened = null[(null["replicate"] != 3) | (null["component"] == 1)]
    rows = calibration_rows(shortened, _SETTINGS)
    assert len(rows) == 8 and all(np.isfinite(row[2]) for row in rows)
