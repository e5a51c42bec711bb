"""Names of an atlas's regions from its label table. Imported while the workflow is parsed, so without heavy modules."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from cgni.base.errors import InputError
from cgni.base.text_files import read_text

_BACKGROUND = 0
_KEYS = "inputs.atlas_labels, or the labels of the entry of inputs.more_atlases"
_MARKED = re.compile(r'\s*"?\w+"?\s*(?P<mark>[,;])')  # an index, or a header's first word
_HEADER = re.compile(r"[A-Za-z]")
_LETTER = re.compile(r"[^\W\d_]")
# ITK-SNAP's label descriptions: index, R G B, opacity, two switches, "name"
_DESCRIBED = re.compile(r'(?P<index>\d+)(?:\s+[\d.]+){6}\s+"(?P<name>[^"]*)"')


def read_names(table: str | Path) -> dict[int, str]:
    """Region names by label, in the order of the labels, from lines `index name [numbers]`.

    Of a line with tabs, or whose index is followed by a comma or semicolon, the name is the first field after it that
    holds a letter, else the second; ITK-SNAP's label descriptions are read too. Otherwise the
    name is the rest of the line, spaces included, without the columns of integers at its end that every such line has
    (a code, or R G B A). Index 0, the background, is left out, and so are empty lines, those that begin with `#`, and a
    header (a first line whose first and second field are words).

    Raises
    ------
    InputError
        A table that cannot be read as text, lines without an index or a name, or an index or a name that appears twice.
    """
    lines = [(number, *_parts(line)) for number, line in _lines(table)]
    if len(lines) > 1 and _HEADER.match(lines[0][1]) and _is_integer(lines[1][1]):
        lines.pop(0)
    for number, index, name, _ in lines:
        if not _is_integer(index) or not name:
            raise InputError(
                f"{table}: line {number} is not `index name`; each line names one label of the atlas: mend the table, "
                f"or check {_KEYS}"
            )
    regions = [(int(index), name, tabbed) for _, index, name, tabbed in lines if int(index) != _BACKGROUND]
    if not regions:
        raise InputError(f"{table}: names no region; expected lines `index name`: check {_KEYS}")
    columns = min((_numbers_at_end(name) for _, name, tabbed in regions if not tabbed), default=0)
    named = sorted((index, name if tabbed else _without_end(name, columns)) for index, name, tabbed in regions)
    _refuse_doubled(table, "indices", (str(index) for index, _ in named))
    _refuse_doubled(table, "names", (name for _, name in named))
    return dict(named)


def _lines(table: str | Path) -> list[tuple[int, str]]:
    """Lines with something in them, and their numbers."""
    text = read_text(table, f"check {_KEYS}")
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    return [(number, line) for number, line in lines if line and not line.startswith("#")]


def _parts(line: str) -> tuple[str, str, bool]:
    """Index of a line, its name (empty where there is none) with what follows it, and whether tabs part them."""
    if described := _DESCRIBED.fullmatch(line):
        return described["index"], described["name"].strip(), True
    marked = _MARKED.match(line)
    mark = "\t" if "\t" in line else marked and marked["mark"]
    if mark:
        fields = [field.strip().strip('"') for field in line.split(mark)]
        return fields[0], next((field for field in fields[1:] if _LETTER.search(field)), fields[1]), True
    index, _, rest = line.partition(" ")
    return index, rest.strip(), False


def _numbers_at_end(name: str) -> int:
    """How many integers end a name; its first word is none of them."""
    words = name.split()[1:]
    return next((count for count, word in enumerate(reversed(words)) if not _is_integer(word)), len(words))


def _without_end(name: str, words: int) -> str:
    return name.rsplit(None, words)[0] if words else name


def _is_integer(token: str) -> bool:
    return token.isascii() and token.isdigit()


def _refuse_doubled(table: str | Path, what: str, values: Iterable[str]) -> None:
    doubled = [value for value, count in Counter(values).items() if count > 1]
    if doubled:
        shown = ", ".join(doubled[:3]) + (", ..." if len(doubled) > 3 else "")
        raise InputError(
            f"{table}: {len(doubled)} {what} appear more than once ({shown}); give each region a line and a name of "
            "its own; if the names end in numbers, separate the columns by tabs: the name is then all between the "
            "first tab and the next"
        )
