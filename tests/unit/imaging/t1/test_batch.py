"""A batch goes on where it was killed: what is finished stays, what has changed is made again, person by person."""

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.base.tables import read_table, write_table
from cgni.imaging.schemas import T1_QUALITY
from cgni.imaging.t1.answer import Answer
from cgni.imaging.t1.batch import CRASHED, MapMaker, Places, make_batch
from cgni.imaging.t1.making import batch_of

_IDS = ("1000001", "1000020", "a/b c")
_MEASURES = {"gm_ml": 600.0, "stripped": False}


class _Maker:
    """Makes maps of an image's own bytes; answers otherwise for paths that it is told of."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self._answers, self.made = answers, []

    def make(self, path: str, places: Places) -> Answer:
        self.made.append(Path(path).name)
        answer = self._answers.get(Path(path).name)
        if isinstance(answer, BaseException):
            raise answer
        if answer:
            return answer
        places.map.parent.mkdir(parents=True, exist_ok=True)
        places.map.write_bytes(Path(path).read_bytes())
        return Answer(measures=_MEASURES, seconds={"mask": 2.0, "register": 9.0})


class _Study:
    def __init__(self, folder: Path) -> None:
        self.folder, self.asked = folder / "t1", []
        self.people = pd.DataFrame(
            {"participant_id": _IDS, "path": [str(folder / f"image{number}.nii") for number in range(3)]}
        )
        for number, path in enumerate(self.people["path"]):
            Path(path).write_text(f"image {number}")

    def run(self, made_by: str = "ours", **answers: Any) -> tuple[pd.DataFrame, dict[str, Any], list[str]]:
        """Table and sums of the batch, and the images whose maps were made now."""
        maker = _Maker({f"{name}.nii": answer for name, answer in answers.items()})

        def opened(paths: list[str]) -> MapMaker:
            self.asked.append([Path(path).name for path in paths])
            return maker

        table, told = make_batch(self.people, self.folder, made_by, opened)
        return table, told, maker.made


@pytest.fixture
def study(tmp_path: Path) -> _Study:
    return _Study(tmp_path)


def test_rows_stand_in_the_order_of_the_people_and_fit_the_schema(study: _Study, tmp_path: Path) -> None:
    table, told, made = study.run()
    assert table["participant_id"].tolist() == list(_IDS) and made == ["image0.nii", "image1.nii", "image2.nii"]
    assert [Path(path).read_text() for path in table["path"]] == ["image 0", "image 1", "image 2"]
    assert told == {
        "made": 3,
        "found finished": 0,
        "failed": {},
        "median processor seconds": {"mask": 2.0, "register": 9.0},
    }
    write_table(table, tmp_path / "quality.parquet", T1_QUALITY, {})
    read = read_table(tmp_path / "quality.parquet")
    assert read["gm_ml"].tolist() == [600.0] * 3 and read["reason"].isna().all() and not read["stripped"].any()
    assert read["wm_ml"].isna().all()


def test_no_id_stands_in_a_file_name(study: _Study) -> None:
    study.run()
    names = [str(path.relative_to(study.folder)) for path in study.folder.rglob("*")]
    assert len(names) == 2 + 2 * len(_IDS) and not [name for name in names for own in _IDS if own in name]


def test_what_is_finished_is_not_made_again(study: _Study) -> None:
    first, *_ = study.run()
    again, told, made = study.run()
    assert made == [] and study.asked == [["image0.nii", "image1.nii", "image2.nii"]]
    assert told["made"] == 0 and told["found finished"] == 3
    pd.testing.assert_frame_equal(first, again)


def test_a_batch_that_was_killed_goes_on(study: _Study) -> None:
    with pytest.raises(KeyboardInterrupt):
        study.run(image1=KeyboardInterrupt())
    table, told, made = study.run()
    assert made == ["image1.nii", "image2.nii"] and study.asked[-1] == made
    assert told["made"] == 2 and told["found finished"] == 1 and table["path"].notna().all()


def _changed_image(study: _Study, own: Places) -> None:
    Path(study.people["path"][1]).write_text("another image")


def _touched_image(study: _Study, own: Places) -> None:
    path = Path(study.people["path"][1])
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1))


def _moved_image(study: _Study, own: Places) -> None:
    moved = Path(study.people["path"][1]).with_name("image9.nii")
    Path(study.people["path"][1]).rename(moved)
    study.people.loc[1, "path"] = str(moved)


def _record(change: Callable[[str], str]) -> Callable[[_Study, Places], None]:
    return lambda study, own: own.record.write_text(change(own.record.read_text())) and None


_CHANGES: dict[str, Callable[[_Study, Places], object]] = {
    "another image": _changed_image,
    "a replaced image": _touched_image,
    "an image elsewhere": _moved_image,
    "a damaged map": lambda study, own: own.map.write_bytes(b"image 2"),
    "a map cut short": lambda study, own: own.map.write_bytes(own.map.read_bytes()[:-1]),
    "no map": lambda study, own: own.map.unlink(),
    "no record": lambda study, own: own.record.unlink(),
    "a record cut short": _record(lambda text: text[: len(text) // 2]),
    "an empty record": _record(lambda text: "{}"),
    "a record that is no object": _record(lambda text: "[1]"),
    "a record without its checksum": _record(
        lambda text: json.dumps({name: value for name, value in json.loads(text).items() if name != "crc32"})
    ),
}


@pytest.mark.parametrize("name", _CHANGES)
def test_what_has_changed_is_made_again_and_nothing_else(name: str, study: _Study) -> None:
    study.run()
    _CHANGES[name](study, Places.of(study.folder, _IDS[1]))
    table, told, made = study.run()
    path = study.people["path"][1]
    assert made == [Path(path).name] and told["made"] == 1 and told["found finished"] == 2
    assert Path(table["path"][1]).read_bytes() == Path(path).read_bytes()
    assert study.run()[2] == []


def test_other_settings_or_code_make_all_again(study: _Study) -> None:
    study.run()
    assert len(study.run(made_by="others")[2]) == 3


def test_one_that_fails_is_counted_and_ends_nothing(study: _Study) -> None:
    table, told, made = study.run(image1=Answer(reason="images without T1 contrast", seconds={"mask": 1.0}))
    assert len(made) == 3 and table["path"].isna().tolist() == [False, True, False]
    assert table["reason"].fillna("").tolist() == ["", "images without T1 contrast", ""] and pd.isna(table["gm_ml"][1])
    assert told["failed"] == {"images without T1 contrast": 1}
    again, told, made = study.run()
    assert made == [] and told["failed"] == {"images without T1 contrast": 1}, "refused for good"
    pd.testing.assert_frame_equal(table, again)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(unexpected="RuntimeError"), CRASHED),
        (Answer(unexpected="signal 9"), CRASHED),
        (Answer(reason="unreadable or truncated files", again=True), "unreadable or truncated files"),
    ],
)
def test_what_may_pass_is_counted_and_tried_again(
    answer: Answer, reason: str, study: _Study, caplog: pytest.LogCaptureFixture
) -> None:
    table, told, _ = study.run(image0=answer)
    assert table["reason"].fillna("").tolist() == [reason, "", ""] and told["failed"] == {reason: 1}
    assert not any(own in caplog.text for own in _IDS)
    table, told, made = study.run()
    assert made == ["image0.nii"] and table["reason"].isna().all() and told["failed"] == {}


def test_trouble_of_the_machine_ends_the_batch_and_what_was_made_stays(study: _Study) -> None:
    with pytest.raises(InputError, match=r"^/tmp: the disk is full"):
        study.run(image1=Answer(trouble="/tmp: the disk is full; free some space and run the same command again"))
    with pytest.raises(OSError) as full:
        study.run(image1=OSError(errno.ENOSPC, "No space left on device"))
    assert full.value.errno == errno.ENOSPC
    assert study.run()[2] == ["image1.nii", "image2.nii"]


def test_an_image_that_is_not_there_is_looked_for_again(study: _Study) -> None:
    path = Path(study.people["path"][2])
    content = path.read_text()
    path.unlink()
    assert study.run(image2=Answer(reason="missing files"))[1]["failed"] == {"missing files": 1}
    path.write_text(content)
    assert study.run()[2] == ["image2.nii"]


def test_nobody_in_a_batch_needs_no_maker(tmp_path: Path) -> None:
    people = pd.DataFrame({"participant_id": [], "path": []}, dtype="str")

    def refused(paths: list[str]) -> MapMaker:
        raise AssertionError("nothing is to be made")

    table, told = make_batch(people, tmp_path / "t1", "ours", refused)
    assert table.empty and told["made"] == 0 and told["median processor seconds"] == {}
    write_table(table, tmp_path / "quality.parquet", T1_QUALITY, {})
    assert list(read_table(tmp_path / "quality.parquet")) == T1_QUALITY.names


def test_batches_share_the_list_out_and_hold_the_studys_people() -> None:
    listed = pd.DataFrame({"participant_id": list("abcdefg"), "path": list("1234567")})
    people = pd.Series(list("abdfgz"))
    batches = [batch_of(listed, people, number, 3) for number in range(4)]
    assert [batch["participant_id"].tolist() for batch in batches] == [["a", "b"], ["d", "f"], ["g"], []]
