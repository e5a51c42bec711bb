"""Values that nobody can have stop the study; values that are not there are counted."""

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.cohort.attrition import Attrition
from cgni.cohort.phenotypes import Phenotypes
from cgni.cohort.plausible import check_sexes, check_values, count_missing
from cgni.cohort.settings import RangeSettings

_GOOD = {(21003, 2, 0): 61.0, (31, 0, 0): 1.0, (25000, 2, 0): 1.3, (22009, 0, 1): -0.02, (4282, 0, 0): 7.0}


def _table(field: int, *values: float) -> Phenotypes:
    """The good values, two people of each, with others of one field."""
    columns = {key: (*values, value)[:2] if key[0] == field else (value, value) for key, value in _GOOD.items()}
    table = pd.DataFrame(columns, index=pd.Index(["1", "2"]))
    table.columns = pd.MultiIndex.from_tuples(list(columns), names=["field", "instance", "array"])
    return Phenotypes(table)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (21003, 650, "1 values of field 21003 are outside 18 to 110; check units and codes, or set cohort.ranges.age"),
        (21003, -3, "outside 18 to 110"),
        (21003, 0, "outside 18 to 110"),
        (21003, 732, "outside 18 to 110"),  # months
        (21003, 1958, "outside 18 to 110"),  # a year of birth
        (21003, np.inf, "1 values of field 21003 are infinite"),
        (31, 2, r"1 values of field 31 are neither 0 \(female\) nor 1 \(male\)"),
        (31, 0.5, "neither 0"),
        (25000, -1, r"outside 0\.5 to 3; .* cohort\.ranges\.head_size"),
        (25000, 1480, "outside 0"),  # a volume
        (22009, 1e9, r"cohort\.ranges\.components"),
        (4282, np.inf, "1 values of field 4282 are infinite"),
    ],
)
def test_impossible_values_are_refused(field: int, value: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_values("main.csv", _table(field, value), RangeSettings())


def test_possible_and_missing_values_pass_and_ranges_can_be_set() -> None:
    check_values("main.csv", _table(0), RangeSettings())
    check_values("main.csv", _table(21003, np.nan), RangeSettings())
    check_values("main.csv", _table(21003, 9), RangeSettings(age=(5, 20)).changed(age=(5, 90)))


def test_missing_confounds_are_counted_with_what_stands_for_them() -> None:
    people = pd.DataFrame({"age": [50.0, None, None], "sex": [0, 1, 1], "head_size": np.nan, "has_image": True})
    attrition = Attrition("cohort", "participants")
    count_missing(people, attrition)
    table = attrition.frame().set_index("step")
    assert table["left"].to_dict() == {"without age": 2, "without head size (field 25000)": 3}
    assert table["note"].str.contains("mean").tolist() == [True, False]
    with pytest.raises(InputError, match="none of 3 people with an image has an age"):
        count_missing(people.assign(age=np.nan), attrition)


def test_people_in_another_order_are_known_by_their_sexes() -> None:
    """Forty people, half of them female; turned around 20 or so differ, and two differ by errors of the record."""
    ids, sexes = [f"{number:03d}" for number in range(40)], np.random.default_rng(0).permutation([0.0, 1.0] * 20)
    table = pd.DataFrame({(31, 0, 0): sexes}, index=pd.Index(ids, dtype="str"))
    table.columns = pd.MultiIndex.from_tuples(list(table), names=["field", "instance", "array"])
    stated = sexes.copy()
    stated[:2] = 1 - stated[:2]
    check_sexes(pd.DataFrame({"participant_id": ids, "sex": stated}), Phenotypes(table))
    check_sexes(pd.DataFrame({"participant_id": ids, "sex": np.nan}), Phenotypes(table))
    turned = pd.DataFrame({"participant_id": ids[::-1], "sex": sexes})
    with pytest.raises(InputError, match=r"\d+ of 40 people have another sex in the list of people than in field 31"):
        check_sexes(turned, Phenotypes(table))
