"""Change between visits: differences, slopes, reliable changes, and residual changes whose line the folds fit."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.stats import linregress

from cgni.base.errors import InputError
from cgni.cohort.change import baseline_values, fold_targets
from cgni.cohort.outcome import outcome_groups, outcome_values
from cgni.cohort.phenotypes import Phenotypes
from cgni.cohort.settings import NormSettings, OutcomeSettings

_FIELD, _DATE, _NONE = 4282, 53, np.nan
_SCORES = {0: [7, 8, 6, _NONE], 2: [6, 8, _NONE, 5], 3: [5, _NONE, _NONE, 4]}
_YEARS = {0: [2008.0, 2009, 2008, 2009], 2: [2016.0, 2017, 2016, 2015], 3: [2018.5, 2019, 2018, 2018]}
_OUTCOME = OutcomeSettings(field=_FIELD, kind="continuous", change="difference")


def _phenotypes() -> Phenotypes:
    columns = {(_FIELD, visit, 0): values for visit, values in _SCORES.items()}
    columns |= {(_DATE, visit, 0): values for visit, values in _YEARS.items()}
    table = pd.DataFrame(columns, index=["1", "2", "3", "4"], dtype="float64")
    table.columns = pd.MultiIndex.from_tuples(list(columns), names=["field", "instance", "array"])
    return Phenotypes(table)


def _change(**values: object) -> list[float]:
    phenotypes = _phenotypes()
    own = dataclasses.replace(_OUTCOME, **values)
    return outcome_values(phenotypes, own, pd.Series(2, index=phenotypes.ids)).fillna(-99).tolist()


def test_a_difference_is_the_last_follow_up_minus_the_first_baseline() -> None:
    assert _change() == [-2, 0, -99, -99]  # the third has no follow-up, the fourth no baseline
    assert _change(baseline=(2,), followup=(3,)) == [-1, -99, -99, -1]


def test_a_slope_is_that_of_least_squares_over_the_years() -> None:
    found = _change(change="slope")
    assert found[0] == pytest.approx(linregress([2008, 2016, 2018.5], [7, 6, 5]).slope, rel=1e-9)
    assert found[1] == pytest.approx(0, abs=1e-12) and found[2:] == [-99, -99]


def test_a_reliable_change_is_in_standard_errors_of_a_difference() -> None:
    """(x2 - x1 - practice) / (sd sqrt(2 (1 - r))): (-2 - 0.5) / (1.25 sqrt(0.72)) by hand."""
    norms = NormSettings(sd=1.25, reliability=0.64, practice=0.5)
    found = _change(change="reliable", norms=norms)
    assert found[:2] == pytest.approx([-2.5 / (1.25 * np.sqrt(0.72)), -0.5 / (1.25 * np.sqrt(0.72))])
    groups = dataclasses.replace(_OUTCOME, kind="groups", low=(-99, -1.645), high=(-1.0, 99))
    assert outcome_groups(pd.Series(found[:2]), groups).tolist() == [0, 1]


def test_a_visit_that_is_not_in_the_table_is_told() -> None:
    with pytest.raises(InputError, match=r"no column of visit 1, but outcome\.baseline names it"):
        _change(baseline=(1,))


def _people(count: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    baseline = rng.normal(7, 1, count)
    target = 2 - 0.4 * baseline + rng.normal(0, 0.3, count)
    ids = [f"p{n:02d}" for n in range(count)]
    return pd.DataFrame({"participant_id": ids, "target": target, "baseline": baseline})


def test_a_residual_change_is_what_the_line_of_the_fit_people_leaves() -> None:
    """Regression to the mean: who scored high by luck falls. scipy's line of the fit people alone, for everybody."""
    people = _people()
    fit = people["participant_id"][:40]
    line = linregress(people["baseline"][:40], people["target"][:40])
    expected = people["target"] - line.intercept - line.slope * people["baseline"]
    np.testing.assert_allclose(fold_targets(people, pd.Index(fit)), expected, atol=1e-12)
    spoiled = people.assign(target=people["target"].where(people.index < 40, 100.0))
    kept = fold_targets(spoiled, pd.Index(fit))[:40]
    np.testing.assert_array_equal(kept, fold_targets(people, pd.Index(fit))[:40])


def test_other_outcomes_have_no_line() -> None:
    people = _people().drop(columns="baseline")
    assert fold_targets(people, pd.Index([])).tolist() == people["target"].tolist()
    with pytest.raises(InputError, match="9 people of a fold's fit people have a value at both visits"):
        fold_targets(_people(), pd.Index(_people()["participant_id"][:9]))


def test_the_baseline_is_the_first_valid_value() -> None:
    scores = pd.DataFrame(_SCORES)
    two = dataclasses.replace(_OUTCOME, baseline=(0, 2), followup=(3,))
    assert baseline_values(scores, two).tolist() == [7, 8, 6, 5]
