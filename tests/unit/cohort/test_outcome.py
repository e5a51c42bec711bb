"""What is predicted: values of the chosen visit, and groups of them."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.cohort.outcome import group_range, outcome_axis, outcome_groups, outcome_values
from cgni.cohort.phenotypes import Phenotypes
from cgni.cohort.settings import OutcomeSettings

_FIELD = 20016
_NONE = np.nan


def _phenotypes(*visits: list[float]) -> Phenotypes:
    columns = pd.MultiIndex.from_tuples(
        [(_FIELD, number, 0) for number in range(len(visits))], names=["field", "instance", "array"]
    )
    ids = [str(number) for number in range(len(visits[0]))]
    return Phenotypes(pd.DataFrame(np.array(visits, float).T, index=ids, columns=columns))


def _settings(**values: object) -> OutcomeSettings:
    return dataclasses.replace(OutcomeSettings(field=_FIELD), **values)


def _values(phenotypes: Phenotypes, **values: object) -> list[float]:
    return outcome_values(phenotypes, _settings(**values), pd.Series(1, index=phenotypes.ids)).fillna(-99).tolist()


def test_the_value_is_that_of_the_chosen_visit() -> None:
    two = _phenotypes([3, -1, _NONE], [5, 4, _NONE])
    assert _values(two, visit="first") == [3, 4, -99]
    assert _values(two, visit="same_as_image") == [5, 4, -99]
    assert _values(two, visit="best") == [5, 4, -99]
    assert _values(two, visit="best", better="lower") == [3, 4, -99]


def test_codes_of_missing_values_are_those_that_are_listed() -> None:
    scores = _phenotypes([-2.5, -9, 99])
    assert _values(scores, kind="continuous", invalid=(-9, 99)) == [-2.5, -99, -99]
    assert _values(scores, kind="continuous") == [-99, -99, 99]


def test_groups_want_whole_scores_and_continuous_outcomes_do_not() -> None:
    halves = _phenotypes([0.5, 3, 4])
    assert _values(halves, kind="continuous") == [0.5, 3, 4]
    with pytest.raises(InputError, match="1 values of field 20016 are no whole numbers"):
        _values(halves)


def test_a_binary_outcome_has_no_third_value() -> None:
    diagnosis = _phenotypes([0, 1, 1])
    binary = {"kind": "binary", "low": (0, 0), "high": (1, 1)}
    assert _values(diagnosis, **binary) == [0, 1, 1]
    with pytest.raises(InputError, match="1 values of field 20016 are in neither"):
        _values(_phenotypes([0, 1, 2]), **binary)
    assert _values(_phenotypes([0, 1, 2]), **binary, invalid=(2,)) == [0, 1, -99]


def test_groups_are_ranges_or_the_halves_of_a_continuous_outcome() -> None:
    values = pd.Series([2.0, 5, 6, 9, 12, _NONE])
    assert outcome_groups(values, _settings()).fillna(-1).tolist() == [0, 0, -1, 1, 1, -1]
    # the median of 2, 5, 6, 9, 12 is 6
    assert outcome_groups(values, _settings(kind="continuous")).fillna(-1).tolist() == [0, 0, 0, 1, 1, -1]


def test_names_of_axes_and_groups() -> None:
    assert outcome_axis(OutcomeSettings()) == "Maximum digits remembered"
    assert outcome_axis(OutcomeSettings(measure="reaction time", unit="ms")) == "Reaction time (ms)"
    assert group_range(OutcomeSettings(), (2, 5)) == "2\u20135 digits"
    assert group_range(OutcomeSettings(unit=""), (1, 1)) == "1"
