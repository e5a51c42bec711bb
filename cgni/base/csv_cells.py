"""Cells of CSV files that a spreadsheet would take for a formula, made plain text, and back.

A name from an input (a gene, allele, region, term) that begins with = + - @, a tab or a carriage return gets an
apostrophe before it. Numbers, with what they are ± and a 95 % interval or without, keep their sign.
"""

import re
from collections.abc import Callable

import pandas as pd

_FIRST = "=+\\-@\t\r＝＋－＠"
_FORMULA = re.compile(f"'*[{_FIRST}]")
_NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?%?"
# no spreadsheet reads on behind ± or an interval
_PLAIN = re.compile(rf"{_NUMBER}(?: ± {_NUMBER})?(?: \[{_NUMBER}, {_NUMBER}\][\w .,()\[\]+±%-]*)?")
_GUARD = "'"


def guarded(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before each text cell, and name of a column, that would be a formula."""
    return _mapped(table, _guard)


def unguarded(table: pd.DataFrame) -> pd.DataFrame:
    """The table that `guarded` was given."""
    return _mapped(table, _unguard)


def _guard(text: str) -> str:
    return f"{_GUARD}{text}" if _FORMULA.match(text) and not _PLAIN.fullmatch(text) else text


def _unguard(text: str) -> str:
    return text[1:] if text.startswith(_GUARD) and _FORMULA.match(text) else text


def _mapped(table: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    texts = table.select_dtypes(["object", "string"]).columns
    cells = {name: table[name].map(lambda cell: change(cell) if isinstance(cell, str) else cell) for name in texts}
    return table.assign(**cells).rename(columns=change)
