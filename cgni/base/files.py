"""Write files whole or not at all, read what was written, and digest it."""

import contextlib
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cgni.base.errors import InputError
from cgni.base.machine import machine_trouble, refused_write

_WHOLE_FILE_LIMIT = 64 * 1024 * 1024
_PIECE = 4 * 1024 * 1024


@contextlib.contextmanager
def atomic_path(target: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `target`; rename it to `target` on success.

    On an exception the temporary file is removed and `target` is left as it was. What the machine refuses
    (OSError) names `target`.
    The suffix of `target` is kept, so that writers that look at it work.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{os.getpid()}.{target.name}")
    try:
        yield temporary
        os.replace(temporary, target)
    except (OSError, RuntimeError) as error:
        named = refused_write(error, temporary, target)
        if named is error:
            raise
        raise named from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(text: str, target: str | Path) -> None:
    """Write `text` as UTF-8 to `target`, whole or not at all."""
    with atomic_path(target) as path:
        path.write_text(text, encoding="utf-8")


def write_json(value: Any, target: str | Path) -> None:
    """Write `value` as indented, key-sorted JSON to `target`, whole or not at all."""
    write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", target)


def read_json(path: str | Path, *keys: str) -> dict[str, Any]:
    """The JSON object of a file that the study wrote.

    Raises
    ------
    InputError
        No such file, not JSON (cut, empty, something else), or one of `keys` is not in it.
    """
    try:
        value = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(path, "JSON file", error) from error
    if not isinstance(value, dict) or not set(keys) <= set(value):
        raise damaged(path, "JSON file", f"an object with {', '.join(keys) or 'keys'} was expected")
    return value


def damaged(path: str | Path, kind: str, problem: Exception | str) -> InputError:
    """What to say of a file of the study that is not what was written: a table, a checkpoint, an array.

    Parameters
    ----------
    kind
        What the file was to be, such as `Parquet table`.
    problem
        Why it is not, or the error of the library that reads it. What the machine refuses is said as such.
    """
    if isinstance(problem, FileNotFoundError):
        return InputError(f"{path}: is not there; run the same command again")
    refused = machine_trouble(problem) if isinstance(problem, Exception) else None
    if refused:
        return InputError(refused if str(path) in refused else f"{path}: {refused}")
    said = " ".join(str(problem).split())
    return InputError(f"{path}: not a readable {kind} ({said}); delete it and run the same command again")


def write_all(data: bytes | memoryview, stream: io.FileIO) -> None:
    """Write all of `data` to an unbuffered stream, which alone may stop short where a disk is nearly full."""
    left = memoryview(data).cast("B")
    try:
        while left:
            left = left[stream.write(left) :]
    except OSError as error:
        error.filename = error.filename or str(stream.name)
        raise


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
