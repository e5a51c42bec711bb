"""Arrays that the study wrote, read back."""

import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from cgni.base.files import damaged

T = TypeVar("T")
# what numpy and zipfile raise on bytes that are not theirs (RuntimeError: they seem to be encrypted)
DAMAGED = (
    *(OSError, EOFError, ValueError, SyntaxError, tokenize.TokenError, RuntimeError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error, struct.error),
)


def read_array(path: str | Path) -> np.ndarray:
    """The array of a `.npy` file.

    Raises
    ------
    InputError
        No such file, or not the whole of an array.
    """

    def read() -> np.ndarray:
        found = np.load(path, allow_pickle=False)
        if not isinstance(found, np.ndarray):
            raise ValueError("an archive of several arrays")
        return found

    return _read(path, "array", read)


def read_arrays(path: str | Path, *names: str) -> dict[str, np.ndarray]:
    """The arrays `names` of a `.npz` file.

    Raises
    ------
    InputError
        No such file, a damaged one, or one without one of the arrays.
    """

    def read() -> dict[str, np.ndarray]:
        found = np.load(path, allow_pickle=False)
        if isinstance(found, np.ndarray):
            raise ValueError("a single array")
        with found:
            absent = sorted(set(names) - set(found.files))
            if absent:
                raise ValueError(f"without {', '.join(absent)}")
            return {name: found[name] for name in names}

    return _read(path, "archive of arrays", read)


def _read(path: str | Path, kind: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except DAMAGED as error:
        raise damaged(path, kind, error) from error
