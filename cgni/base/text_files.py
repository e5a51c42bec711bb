"""Text files as they come from spreadsheets and exports: read, or named for what they are. No heavy modules."""

import contextlib
import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from cgni.base.errors import InputError

_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
# how a file that is no text begins, and what to do with it
_OTHER_KINDS = {
    b"PK\x03\x04": "an Excel workbook or a zip archive; save it as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save it as CSV",
    b"BZh": "compressed by bzip2; unpack it, or compress it by gzip",
    b"\xfd7zXZ": "compressed by xz; unpack it, or compress it by gzip",
    b"\x28\xb5\x2f\xfd": "compressed by zstd; unpack it, or compress it by gzip",
    _PARQUET: "a Parquet table; save it as CSV",
}
_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    # before UTF-16, whose mark its own begins with
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_LOOKED_AT = 4096  # bytes that tell what a file is


@contextlib.contextmanager
def open_text(path: str | Path, remedy: str) -> Iterator[TextIO]:
    """Open a text file for reading, plain or compressed by gzip, in UTF-8 or, with its byte order mark, UTF-16 or 32.

    Lines end as they do on any system. What goes wrong while the stream is read is told by the same error.

    Parameters
    ----------
    remedy
        What to do when there is no such file, such as the key to set.

    Raises
    ------
    InputError
        No such file, one that cannot be read, a damaged one, one of another kind, or one in another encoding.
    """
    with open_bytes(path, remedy) as (stream, encoding):
        yield io.TextIOWrapper(stream, encoding=encoding)


@contextlib.contextmanager
def open_bytes(path: str | Path, remedy: str) -> Iterator[tuple[io.BufferedReader, str]]:
    """The unpacked bytes of a text file, and their encoding (`open_text`)."""
    path = Path(path)
    try:
        with path.open("rb") as raw:
            stream = _unpacked(path, raw)
            yield stream, _encoding(path, stream)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; {remedy}") from error
    except IsADirectoryError as error:
        raise InputError(f"{path}: a folder, not a file; {remedy}") from error
    except csv.Error as error:
        raise InputError(f"{path}: not a table ({error}); save it again as CSV") from error
    except UnicodeError as error:
        raise InputError(f"{path}: not UTF-8 text (nor UTF-16 with its mark); save it as UTF-8") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: damaged or cut short ({error}); copy it again") from error
    except OSError as error:
        raise InputError(f"{path}: not readable ({error.strerror or error}); check its permissions and disk") from error


def read_text(path: str | Path, remedy: str) -> str:
    """All of a text file (`open_text`)."""
    with open_text(path, remedy) as stream:
        return stream.read()


def delimiter_of(line: str) -> str | None:
    """What parts the columns of a table whose first line this is: tab, comma or semicolon; None: white space."""
    return next((mark for mark in "\t,;" if mark in line), None)


def split_line(line: str, delimiter: str | None) -> list[str]:
    """The stripped cells of one line, without their quotes."""
    cells = line.split() if delimiter is None else next(csv.reader([line], delimiter=delimiter), [])
    return [cell.strip().strip('"') for cell in cells]


def refuse_doubled(path: str | Path, names: Sequence[str]) -> None:
    """InputError when a name appears twice: which of the two is meant cannot be known."""
    doubled = sorted({name for name in names if list(names).count(name) > 1})
    if doubled:
        raise InputError(f"{path}: the columns {', '.join(doubled[:5])} appear twice; keep one of each")


def _unpacked(path: Path, raw: io.BufferedReader) -> io.BufferedReader:
    start = raw.peek(_LOOKED_AT)
    for mark, kind in _OTHER_KINDS.items():
        if start.startswith(mark):
            raise InputError(f"{path}: not a text file but {kind}")
    return io.BufferedReader(gzip.GzipFile(fileobj=raw)) if start.startswith(_GZIP) else raw


def _encoding(path: Path, stream: io.BufferedReader) -> str:
    start = stream.peek(_LOOKED_AT)[:_LOOKED_AT]
    encoding = next((name for mark, name in _MARKS.items() if start.startswith(mark)), "utf-8")
    if encoding.startswith("utf-8") and b"\0" in start:
        raise InputError(f"{path}: not a text file, or UTF-16 without its mark; save it as UTF-8")
    return encoding


def is_parquet(path: Path) -> bool:
    """Whether a file begins as a Parquet table does."""
    if not path.is_file():
        return False
    with contextlib.suppress(OSError), path.open("rb") as stream:
        return stream.read(len(_PARQUET)) == _PARQUET
    return False
