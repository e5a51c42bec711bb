"""What cannot be written or read is said at the start, in one line."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from cgni.base.errors import InputError
from cgni.workflow import places
from cgni.workflow.places import refuse_unreadable, refuse_unusable_folders


@pytest.fixture
def working(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(places.tempfile, "gettempdir", lambda: str(tmp_path))
    return tmp_path


def _disk(room: int, flags: int = 0) -> SimpleNamespace:
    return SimpleNamespace(f_flag=flags, f_bavail=room, f_frsize=1)


def test_a_folder_that_can_be_written_to_passes_and_stays_empty(working: Path) -> None:
    refuse_unusable_folders("results/deep/below")
    assert list(working.iterdir()) == []


@pytest.mark.parametrize(
    ("disk", "said"),
    [
        (_disk(10**9, os.ST_RDONLY), "the file system is read-only"),
        (_disk(0), "the disk is full"),
        (_disk(5_000_000), "the disk is full"),
    ],
)
def test_a_full_or_read_only_disk_is_named(
    disk: SimpleNamespace, said: str, working: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places.os, "statvfs", lambda _: disk)
    with pytest.raises(InputError, match=f"^{working}: {said}.*run the same command again$"):
        refuse_unusable_folders("results")


def test_permissions_and_a_file_in_the_folders_place_are_named(working: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (working / "results").write_text("")
    with pytest.raises(InputError, match=f"^{working / 'results'}: a file lies where a folder is expected"):
        refuse_unusable_folders("results/ukb")
    (working / "results").unlink()
    (working / "results").mkdir()
    monkeypatch.setattr(places.os, "access", lambda path, _: path != working / "results")
    with pytest.raises(InputError, match=f"^{working / 'results'}: permission denied"):
        refuse_unusable_folders("results/ukb")


def test_no_place_for_temporary_files_is_said(working: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(places.tempfile, "gettempdir", none)
    with pytest.raises(InputError, match="set TMPDIR"):
        refuse_unusable_folders("results")


def test_inputs_that_cannot_be_read_are_named_with_their_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "w.csv").write_text("1\n")
    files = [("inputs.withdrawals", str(tmp_path / "w.csv")), ("inputs.eqtl", str(tmp_path / "absent"))]
    refuse_unreadable(files)
    with pytest.raises(InputError, match=f"^inputs.phenotypes: {tmp_path}: a folder lies where a file is expected"):
        refuse_unreadable([*files, ("inputs.phenotypes", str(tmp_path))])
    refuse_unreadable([("inputs.images", str(tmp_path))], ("inputs.images",))
    monkeypatch.setattr(places.os, "access", lambda *_: False)
    with pytest.raises(InputError, match=f"^inputs.images: {tmp_path}: permission denied"):
        refuse_unreadable([("inputs.images", str(tmp_path))], ("inputs.images",))
    with pytest.raises(InputError, match=f"^inputs.withdrawals: {tmp_path / 'w.csv'}: permission denied"):
        refuse_unreadable(files)
