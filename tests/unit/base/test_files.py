"""Files are there whole or not at all."""

import json
from pathlib import Path

import pytest

from cgni.base.files import atomic_path, copy_file


def test_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "x.json"
    target.write_text(json.dumps(1))
    with pytest.raises(RuntimeError), atomic_path(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert target.read_text() == "1" and list(tmp_path.iterdir()) == [target]


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
