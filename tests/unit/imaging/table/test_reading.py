"""Tables of imaging features in their layouts, and what is refused of them."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgni.base.errors import InputError
from cgni.imaging.settings import ImagingSettings, TableSettings
from cgni.imaging.t1.listing import study_images
from cgni.imaging.table.reading import FeatureTable, read_feature_table

_VISITS = (2, 3)
_APARC = (
    "lh.aparc.thickness\tlh_bankssts_thickness\tlh_MeanThickness_thickness\teTIV\n"
    "sub-1002\t2.5\t2.4\t1500000\nsub-1001\t2.25\t2.5\t1400000\n"
)
_ASEG = "Measure:volume,Left-Lateral-Ventricle,lhSurfaceHoles,BrainSegVol-to-eTIV\n1001,9000.5,12,0.8\n"
_WIDE = (
    '"eid","25781-2.0","25781-3.0","25005-2.0","25005-3.0","25000-2.1"\n'
    '"1","10","11","","7","0.5"\n"2","","21","","","1"\n"3","","","","",""\n'
)


def _read(folder: Path, text: str, instances: tuple[int, ...] = _VISITS, **settings: object) -> FeatureTable:
    (folder / "features.csv").write_text(text)
    return read_feature_table(folder / "features.csv", TableSettings(**settings), instances)


def _refused(folder: Path, text: str, **settings: object) -> str:
    with pytest.raises(InputError) as caught:
        _read(folder, text, **settings)
    message = str(caught.value).replace(str(folder), "")
    assert "\n" not in message and "1001" not in message
    return message


def test_a_simple_table(tmp_path: Path) -> None:
    table = _read(tmp_path, "name,left,right\n1002.0,1.5,NA\n1001,2,nan\n1003,,\n")
    expected = pd.DataFrame({"left": [2.0, 1.5], "right": [np.nan] * 2}, index=["1001", "1002"])
    pd.testing.assert_frame_equal(table.values, expected.rename_axis("participant_id"), check_index_type=False)
    assert table.visits.isna().all() and list(table.visits.index) == ["1001", "1002"]


def test_freesurfers_tables_state_their_units(tmp_path: Path) -> None:
    aparc = _read(tmp_path, _APARC)
    assert aparc.values.loc["1002"].tolist() == [2.5, 2.4, 1500000]
    assert [column.unit for column in aparc.columns] == ["mm", "mm", "mm"]  # the last by the table's measure
    aseg = _read(tmp_path, _ASEG)
    assert [column.unit for column in aseg.columns] == ["mm³", "", ""]  # a count and a ratio are no volumes


def test_of_ukbs_wide_columns_the_first_wanted_visit_with_a_value_counts(tmp_path: Path) -> None:
    table = _read(tmp_path, _WIDE, features=("25781", "25005"))
    assert table.values["25781"].to_dict() == {"1": 10.0, "2": 21.0}
    assert table.values["25005"].isna().all(), "visits are not mixed: 7 is of the third"
    assert table.visits.to_dict() == {"1": 2, "2": 3}
    third = _read(tmp_path, _WIDE, features=("25781", "25005"), instance=3)
    assert third.values.loc["1"].tolist() == [11.0, 7.0] and set(third.visits) == {3}


@pytest.mark.parametrize("layout", ["f.{0}.{1}.0", "p{0}_i{1}", "participant.p{0}_i{1}"])
def test_ukbs_other_layouts(layout: str, tmp_path: Path) -> None:
    names = [layout.format(field, visit) for field in (25781, 25005) for visit in (2, 3)]
    table = _read(tmp_path, "\n".join(["\t".join(["f.eid", *names]), "1\t1\t2\t3\t4"]))
    assert table.values.loc["1"].to_dict() == {"25781": 1.0, "25005": 3.0}


def test_a_line_a_visit(tmp_path: Path) -> None:
    table = _read(tmp_path, "participant_id,Instance,x\n1,3,30\n1,2,20\n2,3,31\n2,0,1\n")
    assert table.values["x"].to_dict() == {"1": 20.0, "2": 31.0} and table.visits.to_dict() == {"1": 2, "2": 3}


def test_columns_are_chosen_by_name_field_or_pattern(tmp_path: Path) -> None:
    text = "id,age,lh_a_thickness,lh_b_thickness,rh_a_thickness\n1,50,1,2,3\n"
    table = _read(tmp_path, text, features=("lh_*_thickness", "rh_a_thickness"))
    assert list(table.values.columns) == ["lh_a_thickness", "lh_b_thickness", "rh_a_thickness"]
    assert list(_read(tmp_path, text, features=("age",)).values.columns) == ["age"]  # asked for by its name


def test_row_numbers_of_pandas_and_r_are_no_features(tmp_path: Path) -> None:
    assert list(_read(tmp_path, ",eid,x\n0,7,1\n1,8,2\n").values.columns) == ["x"]


@pytest.mark.parametrize(
    ("text", "settings", "message"),
    [
        ("id,x,y\n1001,1,2\n\n1002,3,a few\n", {}, r"line 4, column y: not a finite number, one of 1 such"),
        ("id,x\n1001,inf\n", {}, r"line 2, column x: not a finite number"),
        ("id;x\n1001;1,5\n", {}, r"line 2, column x: not a finite number.*decimal point"),
        ("id,x\n1001,1\n1001,2\n", {}, r"2 lines are of people with several"),
        ("id,x\n1001,1\n,2\n", {}, r"1 lines without an id"),
        ("id,x\n", {}, r"no line below the header"),
        ("id,x\n1001,\n", {}, r"nobody has a value"),
        ("id\n1001\n", {}, r"no column beside the ids"),
        ("id,x,x\n1001,1,2\n", {}, r"features x are there twice"),
        ("eid,subject,x\n1001,1,2\n", {}, r"eid and subject may be the ids; set imaging.table.id"),
        ("id,x\n1001,1\n", {"id": "eid"}, r"no column eid \(imaging.table.id\)"),
        ("id,x\n1001,1\n", {"features": ("y", "x")}, r"no column fits 1 entries of imaging.table.features \(y\)"),
        ("id,Age,x\n1001,50,1\n", {}, r"the columns Age are no measures of brains"),
        ("eid,21003-2.0,25781-2.0\n1001,50,1\n", {}, r"the columns 21003-2.0 are no measures of brains"),
        ("eid,25781-0.0\n1001,1\n", {}, r"nobody has a value of the visits 2, 3"),
        ("eid,25781-2.0\n1001,\n", {}, r"nobody has a value of the visits 2, 3"),
        ("eid,25781-2.0,p25781_i2\n1001,1,2\n", {}, r"features 25781 are there twice"),
        ("id,instance,x\n1001,first,1\n", {}, r"1 lines without a visit"),
        ("id,x\n1001,1,2\n", {}, r"has 3 cells, the header 2"),
    ],
)
def test_what_is_refused(text: str, settings: dict[str, object], message: str, tmp_path: Path) -> None:
    assert re.search(message, _refused(tmp_path, text, **settings))


def test_parquet_with_numbers(tmp_path: Path) -> None:
    frame = pd.DataFrame({"participant_id": [7, 8], "x": [1.5, None], "y": [1, 2]})
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_feature_table(tmp_path / "t.parquet", TableSettings(), _VISITS)
    assert table.values.index.tolist() == ["7", "8"] and table.values["x"].tolist()[0] == 1.5
    frame.assign(x=["1", "much"]).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match="row 2, column x"):
        read_feature_table(tmp_path / "t.parquet", TableSettings(), _VISITS)


def test_people_of_the_table_are_the_studys_images(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(_WIDE)
    settings = ImagingSettings(source="table", table=TableSettings(features=("25781",)))
    listed = study_images(str(tmp_path / "t.csv"), _VISITS, settings)
    assert listed["participant_id"].tolist() == ["1", "2"] and listed["instance"].tolist() == [2, 3]
    assert set(listed["path"]) == {str(tmp_path / "t.csv")}


@given(
    st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)) | st.none(), min_size=1, max_size=20).filter(
        lambda values: any(value is not None for value in values)
    )
)
def test_written_numbers_come_back(tmp_path_factory: pytest.TempPathFactory, values: list[float | None]) -> None:
    folder = tmp_path_factory.mktemp("numbers")
    lines = [f"p{number:02d},{'' if value is None else value}" for number, value in enumerate(values)]
    found = _read(folder, "\n".join(["id,x", *lines])).values["x"]
    known = {f"p{number:02d}": value for number, value in enumerate(values) if value is not None}
    assert found.to_dict() == known
