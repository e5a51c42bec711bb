"""Write files whole or not at all, and digest them."""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_WHOLE_FILE_LIMIT = 64 * 1024 * 1024
_PIECE = 4 * 1024 * 1024


@contextlib.contextmanager
def atomic_path(target: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `target`; rename it to `target` on success.

    On an exception the temporary file is removed and `target` is left as it was.
    The suffix of `target` is kept, so that writers that look at it work.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{os.getpid()}.{target.name}")
    try:
        yield temporary
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(text: str, target: str | Path) -> None:
    """Write `text` as UTF-8 to `target`, whole or not at all."""
    with atomic_path(target) as path:
        path.write_text(text, encoding="utf-8")


def write_json(value: Any, target: str | Path) -> None:
    """Write `value` as indented, key-sorted JSON to `target`, whole or not at all."""
    write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", target)


def copy_file(source: str | Path, target: str | Path) -> None:
    """Copy the content of `source` to `target`, whole or not at all."""
    with atomic_path(target) as path:
        shutil.copyfile(source, path)


def digest_value(value: Any) -> str:
    """SHA-256 (first 16 hex digits) of the key-sorted JSON form of a plain value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def digest_file(path: str | Path) -> str:
    """SHA-256 (first 16 hex digits) of a file; of a directory: of its names and sizes.

    Files above 64 MiB are digested by their size and their first, middle and last
    4 MiB, because reading terabytes of genotypes again would cost more than the study.
    """
    path = Path(path)
    state = hashlib.sha256()
    if path.is_dir():
        for member in sorted(path.rglob("*")):
            if member.is_file():
                state.update(f"{member.relative_to(path)}:{member.stat().st_size}\n".encode())
        return state.hexdigest()[:16]
    size = path.stat().st_size
    with path.open("rb") as stream:
        if size <= _WHOLE_FILE_LIMIT:
            while piece := stream.read(_PIECE):
                state.update(piece)
        else:
            state.update(str(size).encode())
            for start in (0, size // 2, size - _PIECE):
                stream.seek(start)
                state.update(stream.read(_PIECE))
    return state.hexdigest()[:16]
