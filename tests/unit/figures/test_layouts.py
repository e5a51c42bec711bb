"""Names of regions in words, and which columns of a table are shown."""

import pandas as pd
import pytest

from cgni.figures.layouts import DETAILS, LAYOUTS, Layout, caption_of, laid_out
from cgni.figures.region_words import region_in_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Frontal_Sup_L", "Superior frontal, left"),
        ("Frontal_Inf_Oper_R", "Inferior frontal opercular part, right"),
        ("Rolandic_Oper_L", "Rolandic operculum, left"),
        ("Supp_Motor_Area_R", "Supplementary motor area, right"),
        ("Cingulum_Mid_L", "Middle cingulate, left"),
        ("Cerebelum_Crus1_L", "Cerebellum crus 1, left"),
        ("Hippocampus_L", "Hippocampus, left"),
        ("Vermis_4_5", "Vermis 4 5"),
        ("7Networks LH Vis 1", "7Networks LH Vis 1"),
    ],
)
def test_regions_are_called_as_one_says_them(name: str, words: str) -> None:
    assert region_in_words(name) == words


def test_a_pattern_that_finds_several_columns_is_an_error() -> None:
    table = pd.DataFrame(columns=["a 1", "a 2", "b"])
    assert list(Layout("", ("b", "c", "a 2")).shown(table).columns) == ["b", "a 2"]
    with pytest.raises(ValueError, match="several columns"):
        Layout("", ("a .",)).shown(table)
    with pytest.raises(ValueError, match="9 columns are shown"):
        Layout("", [str(number) for number in range(9)]).shown(pd.DataFrame(columns=list("012345678")))


def test_tables_without_a_layout_stay_as_they_are() -> None:
    table = pd.DataFrame({"x": [1]})
    assert laid_out({"own": table}) == {"own": table} and caption_of("own_table") == "Own table."
    assert caption_of(f"table1{DETAILS}") == LAYOUTS["table1"].caption
