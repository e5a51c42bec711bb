"""Lists of participant ids in whatever dialect, and how many of them are people that the study knows."""

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cgni.base.errors import InputError
from cgni.base.text_files import delimiter_of, open_text, split_line

ID_NAMES = {
    *("eid", "f.eid", "participant.eid", "n_eid", "id", "ids", "iid", "fid", "#iid", "#fid", "participant_id"),
    *("participant", "subject", "subject_id", "sample", "sample_id", "withdrawn", "withdrawals"),
}
_COMMENTS = ("##", "# ")
_DOUBLED = re.compile(r"(.+)_\1")
_NO_FAMILY = re.compile(r"0_(.+)")
# what spreadsheets and copied text put around an id, as in ="7"
_AROUND = "=\"'\u200b\u2060\ufeff"
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+\Z")
_WHOLE = re.compile(r"\d+\.0*\Z")
_SCIENTIFIC = re.compile(r"(?P<digits>\d(?:\.\d+)?)[eE]\+?(?P<power>\d{1,2})\Z")


@dataclass(frozen=True)
class Matched:
    """Which of listed ids are known.

    Attributes
    ----------
    ids : the known ones, as the study writes them (str, unique, sorted).
    listed, found : numbers of different ids in the list, and of those that are known.
    """

    ids: pd.Index
    listed: int
    found: int


def plain_id(text: str) -> str:
    """An id without quotes, blanks, and what spreadsheets and R write of whole numbers: `.0`, exponents, thousands.

    Raises
    ------
    ValueError
        A number whose last digits its notation has lost, such as 1.23457E+06.
    """
    text = text.strip().strip(_AROUND).strip()
    if _THOUSANDS.match(text):
        return text.replace(",", "")
    if _WHOLE.match(text):
        return text.partition(".")[0]
    if match := _SCIENTIFIC.match(text):
        digits, power = match["digits"].replace(".", ""), int(match["power"])
        # one digit stands for a round number; of several, zeros behind them may be lost digits
        if len(digits) > 1 and len(digits) <= power:
            raise ValueError("digits are lost")
        return digits.ljust(power + 1, "0") if len(digits) <= power + 1 else text
    return text


def plain_ids(path: str | Path, texts: Iterable[str]) -> list[str]:
    """`plain_id` of ids that were read from `path`.

    Raises
    ------
    InputError
        Ids in scientific notation that have lost digits, with their number.
    """
    plain, lost = [], 0
    for text in texts:
        try:
            plain.append(plain_id(text))
        except ValueError:
            lost += 1
    if lost:
        raise InputError(f"{path}: {lost} ids in scientific notation have lost digits; export them as text")
    return plain


def single_ids(texts: Sequence[str]) -> list[str]:
    """Ids of a genotype file, each once where every one is family and person's id joined and both are the same.

    plink writes them so (`7_7`, or `0_7` where there are no families) into VCF and BGEN files.
    """
    halves = [_DOUBLED.fullmatch(text) or _NO_FAMILY.fullmatch(text) for text in texts]
    return [half[1] for half in halves if half] if all(halves) else list(texts)


class KnownIds:
    """The ids of a study, by which those of other files are found even where they are written otherwise.

    Leading zeros do not count, unless two known ids differ by nothing else; nor does family and person's id joined,
    where both are the same (`7_7`, as plink writes VCFs).
    """

    def __init__(self, ids: Sequence[str] | pd.Index) -> None:
        own = pd.Series(pd.Index(ids), index=pd.Index(ids).map(_without_zeros))
        self._exact = frozenset(own)
        self._loose: dict[str, str] = own[~own.index.duplicated(keep=False)].to_dict()

    def find(self, text: str) -> str | None:
        """The known id that a plain id stands for; None: nobody's."""
        if text in self._exact:
            return text
        half = _DOUBLED.fullmatch(text)
        return self._loose.get(_without_zeros(half[1] if half else text))

    def match(self, listed: Iterable[str]) -> Matched:
        """Which of these plain ids are known."""
        different = dict.fromkeys(listed)
        found = [own for text in different if (own := self.find(text)) is not None]
        return Matched(pd.Index(sorted(set(found)), dtype="str"), len(different), len(found))


def read_withdrawals(path: str | Path | None, known: KnownIds) -> Matched:
    """People who withdrew; None: nobody.

    Raises
    ------
    InputError
        As of `read_listed_ids`.
    """
    if not path:
        return Matched(pd.Index([], dtype="str"), 0, 0)
    return read_listed_ids(path, known, "set inputs.withdrawals to null when there is no list")


def read_listed_ids(path: str | Path, known: KnownIds, remedy: str) -> Matched:
    """Ids of a list that are known: one a line, or all on one line.

    They stand in the first column, unless none there is known and another column has some (family ids and row numbers
    come first in lists of plink and R). A header, comments, quotes, brackets, tabs, commas, semicolons, further
    columns, numbers as spreadsheets write them, byte order marks and UTF-16 are read; an empty list is one. How many of
    the ids were found is logged.

    Parameters
    ----------
    remedy
        What to do when there is no such file.

    Raises
    ------
    InputError
        As of `base.text_files.open_text`; ids that have lost digits; known ids in further columns; or no id found.
    """
    rows = _of_one_line(_rows(path, remedy), known)
    column = _column(rows, known)
    ids = plain_ids(path, (row[column] for row in rows if len(row) > column))
    rows = [row for row in rows if len(row) > column]
    several = sum(
        any(known.find(cell) not in (None, known.find(own)) for cell in row) for own, row in zip(ids, rows, strict=True)
    )
    if several:
        raise InputError(f"{path}: {several} lines hold ids of several people; write one id a line")
    matched = known.match(ids)
    if matched.listed and not matched.found:
        raise InputError(
            f"{path}: none of its {matched.listed} ids is among the people of the main table; check that it belongs "
            f"to the same application. If these people have been taken out already: {remedy}"
        )
    logging.info(
        "%s: %d of %d listed ids found among the people of the main table", path, matched.found, matched.listed
    )
    return matched


def _rows(path: str | Path, remedy: str) -> list[list[str]]:
    """Cells of the lines that have any; empty ones, comments and brackets around a list are left out."""
    with open_text(path, remedy) as stream:
        lines = [line.strip().strip("[]") for line in stream if not line.startswith(_COMMENTS)]
        lines = [line for line in lines if line.strip(" \t\"',;")]
        return [[cell for cell in split_line(line, delimiter_of(line)) if cell] for line in lines]


def _of_one_line(rows: list[list[str]], known: KnownIds) -> list[list[str]]:
    """Rows without the header above them; where all ids stand on one line, a row each, without their title."""
    titles = 0
    while titles < len(rows) - 1 and _is_title(rows[titles][0], known):
        titles += 1
    above, below = rows[:titles], rows[titles:]
    if len(below) == 1 and all(len(row) == 1 for row in above):
        titled = bool(below) and below[0][0].lower() in ID_NAMES
        return [[cell] for cell in below[0] if not (titled and _is_title(cell, known))]
    return below


def _is_title(cell: str, known: KnownIds) -> bool:
    """Whether a cell is no id but the name of a column."""
    return cell.lower() in ID_NAMES or (known.find(cell) is None and not any(map(str.isdigit, cell)))


def _column(rows: list[list[str]], known: KnownIds) -> int:
    """The first column, or the first of those with most known ids where it has none."""
    widest = max(map(len, rows), default=1)
    found = [sum(known.find(_tried(row[at])) is not None for row in rows if len(row) > at) for at in range(widest)]
    return 0 if found[0] else found.index(max(found))


def _tried(text: str) -> str:
    try:
        return plain_id(text)
    except ValueError:
        return text


def _without_zeros(text: str) -> str:
    return text.lstrip("0") or text
