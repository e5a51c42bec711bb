"""What is said of the people of a study."""

import pandas as pd
import pytest

from cgni.figures.people_notes import people_warnings


@pytest.mark.parametrize(("outside", "warned"), [(0, True), (19, True), (20, False), (80, False)])
def test_images_of_the_two_extremes_alone_are_warned_of(outside: int, warned: bool) -> None:
    """Fewer than 20 % of 100 imaged people outside the groups; people without an image do not count."""
    groups = [None] * outside + [0, 1] * ((100 - outside) // 2) + [0] * ((100 - outside) % 2)
    imaged = {"wm_group": pd.array(groups, dtype="Int8"), "has_image": True, "has_genotypes": True}
    others = {"wm_group": pd.array([None] * 900, dtype="Int8"), "has_image": False, "has_genotypes": True}
    people = pd.concat([pd.DataFrame(imaged), pd.DataFrame(others)], ignore_index=True)
    warnings = people_warnings(people)
    assert len(warnings) == warned
    assert not warned or f"Only {outside}% of the 100 people" in warnings[0]
