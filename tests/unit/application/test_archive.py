"""A bundle's file: the same bytes for the same content, and one line for whatever is wrong with it."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from cgni.application.archive import Archive, array_bytes, checkpoint_bytes, json_bytes, write_archive
from cgni.base.errors import InputError


def _written(path: Path) -> Path:
    weights = torch.arange(6.0).reshape(2, 3)
    members = {
        "a.json": json_bytes({"b": [1, 2]}),
        "c.npy": array_bytes(np.eye(2)),
        "d.ckpt": checkpoint_bytes({"row": weights[1]}),
    }
    write_archive(members, {"folds": 2}, path)
    return path


def test_members_come_back(tmp_path: Path) -> None:
    archive = Archive.read(_written(tmp_path / "x.cgni"))
    assert archive.json("a.json") == {"b": [1, 2]} and list(archive.folds) == [0, 1]
    np.testing.assert_array_equal(archive.array("c.npy"), np.eye(2))
    assert archive.checkpoint("d.ckpt")["row"].tolist() == [3.0, 4.0, 5.0]


def test_a_view_is_written_without_what_it_lies_in(tmp_path: Path) -> None:
    """torch.save writes the whole storage of a view, such as the other rows of a batch."""
    row = Archive.read(_written(tmp_path / "x.cgni")).checkpoint("d.ckpt")["row"]
    assert row.untyped_storage().nbytes() == 3 * 4


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (_written(tmp_path / name).read_bytes() for name in ("x.cgni", "y.cgni"))
    assert first == second


def _changed(path: Path, name: str, data: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in {**members, name: data}.items():
            archive.writestr(member, content)


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path / "x.cgni")
    manifest = {**Archive.read(path).manifest, "format": 99}
    _changed(path, "manifest.json", json.dumps(manifest).encode())
    with pytest.raises(InputError, match="a bundle of format 99, but this version reads format 1"):
        Archive.read(path)


def test_a_changed_member_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path / "x.cgni")
    _changed(path, "a.json", b"{}")
    with pytest.raises(InputError, match=r"1 of 3 members are not what was written, as a\.json"):
        Archive.read(path)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_cut_file_is_refused(tmp_path: Path, share: float) -> None:
    path = _written(tmp_path / "x.cgni")
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(InputError, match="a damaged bundle"):
        Archive.read(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.json", "{}")
    with pytest.raises(InputError, match=r"not a bundle: a zip file without manifest\.json"):
        Archive.read(tmp_path / "x.zip")
    with pytest.raises(InputError, match="no such bundle"):
        Archive.read(tmp_path / "absent.cgni")


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    torch.save({"x": Path("/tmp")}, tmp_path / "pickled")  # a class that weights_only does not know
    write_archive({"a.ckpt": (tmp_path / "pickled").read_bytes()}, {"folds": 1}, tmp_path / "x.cgni")
    with pytest.raises(InputError, match="more than plain types and tensors"):
        Archive.read(tmp_path / "x.cgni").checkpoint("a.ckpt")
