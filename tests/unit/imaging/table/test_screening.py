"""Names and units of features, which features and people stay, and gaps that a fold's training people fill."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgni.base.errors import InputError
from cgni.base.tables import write_table
from cgni.cohort.schemas import ATTRITION
from cgni.imaging.region_values import feature_values, measured_people, region_values
from cgni.imaging.schemas import FEATURE_COLUMNS, feature_table_schema
from cgni.imaging.settings import TableSettings
from cgni.imaging.table.columns import FeatureColumn
from cgni.imaging.table.folds import filled_features
from cgni.imaging.table.labels import named_features, read_labels
from cgni.imaging.table.screening import Screened, screen_features

_COLUMNS = [
    FeatureColumn("25781-2.0", "25781", 2, ""),
    FeatureColumn("25781-3.0", "25781", 3, ""),
    FeatureColumn("lh_a_thickness", "lh_a_thickness", None, "mm"),
]
_IDS = [f"p{number:02d}" for number in range(10)]


def _labels(folder: Path, text: str) -> pd.DataFrame:
    (folder / "labels.csv").write_text(text)
    return read_labels(folder / "labels.csv")


def _named(names: list[str]) -> pd.DataFrame:
    return named_features([FeatureColumn(name, name, None, "") for name in names], None, "t.csv")


@pytest.mark.parametrize("feature", ["25781", "25781-3.0"])
def test_labels_and_units_make_the_names(feature: str, tmp_path: Path) -> None:
    labels = _labels(tmp_path, f"feature,label,unit\n{feature},White matter lesions,mm³\nother,x,y\n")
    named = named_features(_COLUMNS, labels, "labels.csv")
    assert named["name"].tolist() == ["White matter lesions (mm³)", "lh_a_thickness (mm)"]
    assert named["label"].tolist() == ["White matter lesions", "lh_a_thickness"]
    assert named_features(_COLUMNS, None, "t.csv")["name"].tolist() == ["25781", "lh_a_thickness (mm)"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("feature,label\nz,Z\n", "none of its 1 features is among those of inputs.images"),
        ("feature,label\n25781,same\nlh_a_thickness,same\n", None),
        ("feature,label,unit\n25781,same,mm\nlh_a_thickness,same,\n", "several features are called same"),
        ("name,label\nz,Z\n", "no column feature"),
        ("feature,label\nz,Z\nz,Y\n", "1 of a feature met before"),
    ],
)
def test_labels_that_do_not_fit(text: str, message: str | None, tmp_path: Path) -> None:
    if message is None:  # told apart by their units
        assert named_features(_COLUMNS, _labels(tmp_path, text), "l")["name"].tolist() == ["same", "same (mm)"]
        return
    with pytest.raises(InputError, match=message):
        named_features(_COLUMNS, _labels(tmp_path, text), "labels.csv")


def _values() -> pd.DataFrame:
    """Ten people: x is whole, c constant among the first eight, u mostly unknown there, and p03 lacks x and y."""
    rng = np.random.default_rng(0)
    values = pd.DataFrame(rng.standard_normal((10, 4)), index=_IDS, columns=["x", "y", "c", "u"])
    values["c"] = [5.0] * 8 + [6.0, 7.0]
    values.loc[_IDS[:6], "u"] = np.nan
    values.loc["p03", ["x", "y"]] = np.nan
    values.loc["p05", "y"] = np.nan
    return values


def _screened(**settings: float) -> Screened:
    own = TableSettings(**{"most_missing": 0.4, "most_unknown": 0.5, **settings})
    return screen_features(_values(), _named(list("xycu")), pd.Index(_IDS), pd.Index(_IDS[:8]), own)


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    left = _screened()
    assert left.columns["feature"].tolist() == ["x", "y"] and left.columns["column"].tolist() == ["h_0", "h_1"]
    assert left.features["participant_id"].tolist() == [name for name in _IDS if name != "p03"]
    assert left.columns["unknown"].tolist() == [0, 1]
    steps = left.attrition.set_index("step")[["removed", "left"]]
    assert steps.loc["unknown in most people"].tolist() == [1, 3]
    assert steps.loc["without too many of their features"].tolist() == [1, 9]
    assert steps.loc["constant"].tolist() == [1, 2]
    assert steps.loc["unknown among them", "left"] == 1
    write_table(left.features, tmp_path / "f.parquet", feature_table_schema(2), {})
    write_table(left.columns, tmp_path / "c.parquet", FEATURE_COLUMNS, {})
    write_table(left.attrition, tmp_path / "a.parquet", ATTRITION, {})
    inputs = {"image_features": tmp_path / "f.parquet", "image_columns": tmp_path / "c.parquet"}
    assert measured_people(inputs).tolist() == left.features["participant_id"].tolist()
    some = region_values(inputs, pd.Index(["p05", "p00"]))
    assert list(some.columns) == ["x", "y"] and some.index.tolist() == ["p05", "p00"]
    assert some.loc["p05", "y"] == some.loc["p00", "y"], "the gap is the mean of these two, of whom one is known"


def test_features_are_judged_without_the_holdout() -> None:
    values = _values()
    values.loc[_IDS[8:], "c"] = 1e6  # the last two are no development people
    left = screen_features(values, _named(list("xycu")), pd.Index(_IDS), pd.Index(_IDS[:8]), TableSettings())
    assert "c" not in set(left.columns["feature"])


def test_nothing_left_and_lost_digits_are_refused() -> None:
    settings, everybody = TableSettings(), pd.Index(_IDS)
    with pytest.raises(InputError, match="0 features and 0 people of the study are left of 4 and 10"):
        screen_features(_values(), _named(list("xycu")), pd.Index(["q"]), everybody, settings)
    offset = pd.DataFrame({"t": 1e9 + np.arange(10.0)}, index=_IDS)
    with pytest.raises(InputError, match="t: values vary by less than a millionth of their mean"):
        screen_features(offset, _named(["t"]), everybody, everybody, settings)
    tiny = pd.DataFrame({"t": 1e-9 * np.arange(10.0)}, index=_IDS)
    with pytest.raises(InputError, match="less than 1e-8"):
        screen_features(tiny, _named(["t"]), everybody, everybody, settings)


def test_gaps_become_the_mean_of_training_people_alone() -> None:
    features = pd.DataFrame({"participant_id": list("abcd"), "h_0": [1.0, 3.0, np.nan, 100.0], "h_1": [0.0, 1, 2, 3]})
    filled = filled_features(features, pd.Index(["a", "b", "c"]))
    assert filled["h_0"].tolist() == [1, 3, 2, 100] and filled["h_0"].dtype == np.float32
    with pytest.raises(InputError, match="1 features are known of nobody among a fold's training people"):
        filled_features(features, pd.Index(["c"]))


@given(st.integers(0, 2**32 - 1))
def test_what_others_have_never_changes_a_fill(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((12, 3)) < 0.3, np.nan, rng.standard_normal((12, 3)))
    values[0] = 1.0  # somebody in training is known
    features = pd.DataFrame(values, columns=["h_0", "h_1", "h_2"])
    features.insert(0, "participant_id", [f"p{number}" for number in range(12)])
    training = pd.Index([f"p{number}" for number in range(6)])
    changed = features.copy()
    changed.iloc[6:, 1:] = changed.iloc[6:, 1:] * 7 + 1
    before, after = filled_features(features, training), filled_features(changed, training)
    pd.testing.assert_frame_equal(before.iloc[:6], after.iloc[:6])
    gaps = features.iloc[6:, 1:].isna().to_numpy()
    assert np.array_equal(before.iloc[6:, 1:].to_numpy()[gaps], after.iloc[6:, 1:].to_numpy()[gaps])


def test_values_of_features_follow_the_order_asked_for() -> None:
    columns = pd.DataFrame({"column": ["h_0", "h_1"], "name": ["x (mm)", "y"]})
    features = pd.DataFrame({"participant_id": ["a", "b"], "h_0": [1.0, 2], "h_1": [3.0, 4]})
    found = feature_values(features, columns, pd.Index(["b", "a"]))
    assert found.to_dict("list") == {"x (mm)": [2, 1], "y": [4, 3]} and found.index.tolist() == ["b", "a"]
