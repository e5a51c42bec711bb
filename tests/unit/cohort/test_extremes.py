"""Studies of the two extreme groups alone are warned of."""

import pandas as pd
import pytest

from cgni.cohort.extremes import extremes_warning


@pytest.mark.parametrize(("outside", "warned"), [(0, True), (19, True), (20, False), (80, False)])
def test_images_of_the_two_extremes_alone_are_warned_of(outside: int, warned: bool) -> None:
    """Fewer than 20 % of 100 imaged people outside the groups; people without an image do not count."""
    groups = [None] * outside + [0, 1] * ((100 - outside) // 2) + [0] * ((100 - outside) % 2)
    imaged = {"wm_group": pd.array(groups, dtype="Int8"), "has_image": True, "has_genotypes": True}
    others = {"wm_group": pd.array([None] * 900, dtype="Int8"), "has_image": False, "has_genotypes": True}
    people = pd.concat([pd.DataFrame(imaged), pd.DataFrame(others)], ignore_index=True)
    warning = extremes_warning(people)
    assert bool(warning) == warned and (not warned or f"Only {outside} of 100 people" in warning)
    assert extremes_warning(people.iloc[:0]) == ""
