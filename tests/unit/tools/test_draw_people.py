"""Drawing people for a first run."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgni.base.errors import InputError
from tools.draw_people import draw

_GROUPS = (0.0, 1.0, float("nan"))


def _people(groups: list[float], complete: list[bool]) -> pd.DataFrame:
    ids = [f"{number:07d}" for number in range(len(groups))]
    return pd.DataFrame(
        {"participant_id": ids, "outcome_group": groups, "has_image": complete, "has_genotypes": complete}
    )


@given(
    low=st.integers(20, 40),
    high=st.integers(20, 40),
    outside=st.integers(0, 40),
    count=st.integers(4, 40),
    seed=st.integers(0, 2**32),
)
def test_both_groups_are_alike_and_the_rest_is_from_outside(
    low: int, high: int, outside: int, count: int, seed: int
) -> None:
    groups = [0.0] * low + [1.0] * high + [float("nan")] * outside
    people = _people(groups, [True] * len(groups))
    drawn = draw(people, count, seed)
    found = people.set_index("participant_id")["outcome_group"][drawn]
    assert len(set(drawn)) == len(drawn) and drawn == sorted(drawn)
    assert found.isna().sum() == min(count // 4, outside)
    assert found.eq(0).sum() == found.eq(1).sum()
    assert count - 1 <= len(drawn) <= count
    assert drawn == draw(people, count, seed)


def test_people_without_an_image_are_not_drawn() -> None:
    people = _people([*_GROUPS * 20], [True] * 30 + [False] * 30)
    assert set(draw(people, 20, 1)) <= set(people["participant_id"][:30])


def test_a_group_that_is_too_small_is_refused() -> None:
    with pytest.raises(InputError, match="3 people of the high group have images and genotypes, 10 are wanted"):
        draw(_people([0.0] * 30 + [1.0] * 3, [True] * 33), 20, 1)
