"""What is said of the people: extremes alone, confounds that nobody knows, chained families."""

import pandas as pd
import pytest

from cgni.cohort.attrition import LACKING, Attrition
from cgni.cohort.cautions import (
    absence_warning,
    extremes_warning,
    family_warning,
    genotypes_warning,
    people_cautions,
)


@pytest.mark.parametrize(("outside", "warned"), [(0, True), (19, True), (20, False), (80, False)])
def test_images_of_the_two_extremes_alone_are_warned_of(outside: int, warned: bool) -> None:
    """Fewer than 20 % of 100 imaged people outside the groups; people without an image do not count."""
    groups = [None] * outside + [0, 1] * ((100 - outside) // 2) + [0] * ((100 - outside) % 2)
    imaged = {"outcome_group": pd.array(groups, dtype="Int8"), "has_image": True, "has_genotypes": True}
    others = {"outcome_group": pd.array([None] * 900, dtype="Int8"), "has_image": False, "has_genotypes": True}
    people = pd.concat([pd.DataFrame(imaged), pd.DataFrame(others)], ignore_index=True)
    warning = extremes_warning(people, "groups")
    assert bool(warning) == warned and (not warned or f"Only {outside} of 100 people" in warning)
    assert extremes_warning(people.iloc[:0], "groups") == "" and extremes_warning(people, "continuous") == ""


def test_a_confound_that_nobody_has_is_said() -> None:
    people = pd.DataFrame({"age": [50.0, None], "sex": [0, 1], "site": ["1", "1"], "head_size": [None, None]})
    people = people.assign(pc1=0.1, confound_25741=float("nan"))
    assert absence_warning(people.assign(head_size=1.2, confound_25741=0.1)) == ""
    own = "Nobody's head size (field 25000) and field 25741 is known: nothing in this study is corrected for it."
    assert absence_warning(people) == own
    assert people_cautions(
        people.assign(has_image=False, has_genotypes=False, outcome_group=pd.NA, family=["F1", "F2"]), "groups"
    ) == [own]


@pytest.mark.parametrize(("largest", "people", "warned"), [(10, 100, False), (11, 100, True), (20, 2000, False)])
def test_a_family_of_a_large_part_of_the_cohort_is_warned_of(largest: int, people: int, warned: bool) -> None:
    """More than 2 % of the people, and more than 10, are no family."""
    families = ["chained"] * largest + [f"F{number}" for number in range(people - largest)]
    warning = family_warning(pd.DataFrame({"family": families}))
    assert bool(warning) == warned and (not warned or f"holds {largest} of {people} people" in warning)


def test_people_without_genotypes_are_said() -> None:
    attrition = Attrition("genetics", "participants")
    attrition.start("main table", 300)
    people = pd.DataFrame({"age": [50.0], "sex": 1, "site": "1", "head_size": 1.2, "pc1": 0.1})
    people = people.assign(has_image=False, has_genotypes=False, outcome_group=pd.NA, family="F1")
    assert genotypes_warning(attrition.frame()) == "" and people_cautions(people, "groups", attrition.frame()) == []
    attrition.count(LACKING, 3, chrom="2")
    attrition.count(LACKING, 1, chrom="7")
    (told,) = people_cautions(people, "groups", attrition.frame())
    assert told.startswith("People without most of their genotypes: 3 on chromosome 2, 1 on chromosome 7. Means stand")
    assert attrition.lines()[-1] == f"{LACKING}: 4 participants"
