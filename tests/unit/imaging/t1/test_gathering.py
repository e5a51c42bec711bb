"""What came of all batches: counts by reason, where too many failed, and head sizes."""

import logging

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.cohort.schemas import ATTRITION
from cgni.imaging.schemas import T1_QUALITY
from cgni.imaging.t1.gathering import attrition_rows, gather, with_head_sizes

_CUT, _CONTRAST = "images that cut off a part of the brain", "images of another contrast"


def _batch(*people: tuple[str, str | None], tiv: float = 1500.0) -> pd.DataFrame:
    rows = [
        dict.fromkeys(T1_QUALITY.names, np.nan)
        | {"participant_id": own, "reason": reason, "path": None if reason else "x.nii.gz"}
        | {"tiv_ml": np.nan if reason else tiv}
        for own, reason in people
    ]
    return pd.DataFrame(rows, columns=T1_QUALITY.names)


def test_batches_become_one_table_by_id(caplog: pytest.LogCaptureFixture) -> None:
    batches = [_batch(("9", None), ("1", _CUT)), _batch(), _batch(("5", None), ("2", _CONTRAST), ("3", _CUT))]
    with caplog.at_level(logging.INFO):
        table = gather(batches, 0.6)
    assert table["participant_id"].tolist() == ["1", "2", "3", "5", "9"] and list(table) == T1_QUALITY.names
    assert f"2 of 5 images gave a map; not: 1 {_CONTRAST}; 2 {_CUT}" in caplog.text


def test_at_most_the_share_may_fail() -> None:
    batch = _batch(*((str(number), _CUT if number < 3 else None) for number in range(10)))
    assert len(gather([batch], 0.3)) == 10
    with pytest.raises(InputError) as problem:
        gather([batch], 0.29)
    said = str(problem.value)
    assert said.startswith(f"inputs.images: 3 of 10 images gave no map: 3 {_CUT}. At most a share of 0.29 may (imaging")
    assert "\n" not in said and "delete imaging/t1/batch*.parquet" in said


def test_nobody_with_a_map_is_refused_whatever_the_share() -> None:
    with pytest.raises(InputError, match="2 of 2 images gave no map: 1 images of another contrast; 1 images that cut"):
        gather([_batch(("1", _CUT), ("2", _CONTRAST))], 1.0)
    with pytest.raises(InputError, match="no image belongs to a participant of the study; compare the ids of both"):
        gather([_batch(), _batch()], 1.0)


def test_head_sizes_come_from_the_images_where_the_table_has_none() -> None:
    people = pd.DataFrame({"participant_id": ["1", "2", "3"], "head_size": [np.nan] * 3, "age": [50.0, 60, 70]})
    quality = pd.concat([_batch(("3", None), tiv=1200.0), _batch(("1", None), ("2", _CUT), ("4", None), tiv=1800.0)])
    sized = with_head_sizes(people, quality)
    np.testing.assert_allclose(sized["head_size"], [1883 / 1800, np.nan, 1883 / 1200])
    pd.testing.assert_frame_equal(sized.drop(columns="head_size"), people.drop(columns="head_size"))
    assert people["head_size"].isna().all()


def test_measured_and_stated_head_sizes_are_never_mixed() -> None:
    people = pd.DataFrame({"participant_id": ["1", "2"], "head_size": [1.2, np.nan]})
    assert with_head_sizes(people, _batch(("1", None), ("2", None))) is people
    none = people.assign(head_size=np.nan)
    assert with_head_sizes(none, _batch(("1", None), tiv=np.nan)) is none, "engines that give no volume"


def test_images_without_a_map_are_counted_by_reason() -> None:
    quality = pd.DataFrame({"participant_id": list("abcde"), "reason": ["cut", None, "blank", "cut", None]})
    rows = attrition_rows(quality)
    assert rows["step"].tolist() == ["images of participants", "no map: blank", "no map: cut"]
    assert rows["removed"].tolist() == [0, 1, 2] and rows["left"].tolist() == [5, 4, 2]
    assert set(rows["unit"]) == {"images"} and set(rows.columns) == set(ATTRITION.names)
