"""Whether a run can write where it must and read what it is given; imported while the DAG is built."""

import errno
import os
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

from cgni.base.errors import InputError
from cgni.base.machine import machine_trouble

_LEAST_ROOM = 10 * 1024 * 1024  # bytes; with less even the first tables do not fit


def refuse_unusable_folders(results: str) -> None:
    """Refuse a working folder, a folder of results or one for temporary files that cannot be written to.

    Raises
    ------
    InputError
        Which folder, and why: permissions, a read-only file system, a file in its place, a full disk.
    """
    try:
        temporary = tempfile.gettempdir()
    except OSError as error:
        raise InputError(
            f"no folder for temporary files can be written to; set TMPDIR to one that can ({error})"
        ) from error
    for folder in (Path.cwd(), Path(".snakemake"), Path(results), Path(temporary)):
        place = folder.absolute()
        while not place.exists():
            place = place.parent
        number = _why_not(place)
        if number:
            raise InputError(str(machine_trouble(OSError(number, os.strerror(number), str(place)))))


def refuse_unreadable(files: Iterable[tuple[str, str]], may_be_folders: Collection[str] = ()) -> None:
    """Refuse input files, as (key, path), that are there and cannot be read: permissions, or a folder.

    Parameters
    ----------
    may_be_folders
        Keys of which a folder is no mistake.

    Raises
    ------
    InputError
        The key and the file.
    """
    for key, path in files:
        folder = os.path.isdir(path)
        readable = os.access(path, os.R_OK | os.X_OK if folder else os.R_OK)
        number = errno.EISDIR if folder and key not in may_be_folders else 0 if readable else errno.EACCES
        if number and os.path.exists(path):
            raise InputError(f"{key}: {machine_trouble(OSError(number, os.strerror(number), path))}")


def _why_not(place: Path) -> int:
    """The number of the error that writing to an existing place would end in; 0 where it can be written to."""
    if not place.is_dir():
        return errno.ENOTDIR
    facts = os.statvfs(place)
    if facts.f_flag & os.ST_RDONLY:
        return errno.EROFS
    if not os.access(place, os.W_OK | os.X_OK):
        return errno.EACCES
    return errno.ENOSPC if facts.f_bavail * facts.f_frsize < _LEAST_ROOM else 0
