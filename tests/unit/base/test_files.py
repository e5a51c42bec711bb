"""Copies are there whole or not at all."""

from pathlib import Path

import pytest

from cgni.base.files import copy_file


def test_copies_are_whole_and_replace_what_is_there(tmp_path: Path) -> None:
    source, target = tmp_path / "source.bed", tmp_path / "below" / "target.bed"
    source.write_bytes(b"l\x1b\x01" + bytes(range(256)))
    copy_file(source, target)
    assert target.read_bytes() == source.read_bytes()
    source.write_bytes(b"other")
    copy_file(str(source), target)
    assert target.read_bytes() == b"other" and [path.name for path in target.parent.iterdir()] == ["target.bed"]
    with pytest.raises(FileNotFoundError):
        copy_file(tmp_path / "absent", target)
    assert target.read_bytes() == b"other"
