"""A case of the catalogue: a spoiled or strange input, and the answer that its reader must give."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["clear", "counted", "handled"]
# makes its files in a folder and calls the reader; what it returns is compared with `expected`
Call = Callable[[Path], Any]


@dataclass(frozen=True)
class Case:
    """A row of the catalogue.

    Attributes
    ----------
    name : the input and what is strange about it.
    outcome : `clear`: one error, whose message `expected` matches; `counted`: what was left out is counted, and
        `handled`: it is read as the right file would be; both times `expected` equals the answer.
    call : makes the files and calls the reader.
    """

    name: str
    outcome: Outcome
    call: Call
    expected: Any


def clear(name: str, call: Call, message: str) -> Case:
    """A case that must end in one error."""
    return Case(name, "clear", call, message)


def handled(name: str, call: Call, value: Any) -> Case:
    """A case that must be read."""
    return Case(name, "handled", call, value)


def counted(name: str, call: Call, value: Any) -> Case:
    """A case of which something is left out, and counted."""
    return Case(name, "counted", call, value)


def written(content: bytes | str, read: Callable[[Path], Any], name: str = "file.txt") -> Call:
    """A call of a reader on a file of this content."""

    def call(folder: Path) -> Any:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path)

    return call


def encodings(text: str) -> dict[str, bytes]:
    """The same text as other systems write it."""
    return {
        "byte order mark": text.encode("utf-8-sig"),
        "UTF-16": text.encode("utf-16"),
        "UTF-32": text.encode("utf-32"),
        "gzip": gzip.compress(text.encode(), mtime=0),
        "Windows line ends": text.replace("\n", "\r\n").encode(),
        "old Mac line ends": text.replace("\n", "\r").encode(),
        "blank lines at the end": (text + "\n\n").encode(),
    }


def not_text(read: Callable[[Path], Any], what: str) -> list[Case]:
    """Files that are no text tables, which every reader of text must name for what they are."""
    kinds = {
        "Excel": (b"PK\x03\x04" + bytes(40), "Excel workbook"),
        "old Excel": (b"\xd0\xcf\x11\xe0" + bytes(40), "old Excel"),
        "bzip2": (b"BZh91AY", "bzip2"),
        "xz": (b"\xfd7zXZ\0\0", "xz"),
        "zstd": (b"\x28\xb5\x2f\xfd\0", "zstd"),
        "gzip cut short": (b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01", "damaged or cut short"),
        "UTF-16 without its mark": ("a,b\n1,2\n".encode("utf-16-le"), "UTF-16 without its mark"),
        "latin-1": ("M\xfcller,\xd8\n1,2\n".encode("latin-1"), "not UTF-8 text|line 1 has 1 cells"),
        "binary": (bytes(range(256)), "not a text file|not UTF-8"),
    }
    cases = [clear(f"{what}: {name}", written(content, read), message) for name, (content, message) in kinds.items()]
    cases.append(clear(f"{what}: a folder", lambda folder: read(folder), "a folder, not a file"))
    cases.append(clear(f"{what}: no such file", lambda folder: read(folder / "none"), "no such file"))
    return cases
