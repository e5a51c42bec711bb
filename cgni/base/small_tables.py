"""Small tables with a header line, in whatever delimiter and encoding."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cgni.base.errors import InputError
from cgni.base.text_files import delimiter_of, is_parquet, open_text, refuse_doubled, split_line

_MISSING = ("", "NA")
_COMMENTS = ("##", "# ")


def read_delimited(path: str | Path, remedy: str, needed: Sequence[str] = ()) -> pd.DataFrame:
    """A small table with a header line, in whatever delimiter, or Parquet; all cells as text.

    Blank lines and comments (## or # and a blank) are left out; the header may begin with #, as plink2 writes it.
    Empty cells and NA are missing.

    Parameters
    ----------
    needed
        Columns that it must have.

    Returns
    -------
    DataFrame of str columns in the file's order.

    Raises
    ------
    InputError
        As of `open_text`; no header, a column twice, one of `needed` missing, or a line with another number of cells.
    """
    path = Path(path)
    table = _read_parquet(path) if is_parquet(path) else _read_lines(path, remedy)
    missing = [name for name in needed if name not in table.columns]
    if missing:
        has = ", ".join(map(str, table.columns[:20]))
        raise InputError(f"{path}: no column {', '.join(missing)}; expected {' '.join(needed)}, the file has {has}")
    return table


def _read_lines(path: Path, remedy: str) -> pd.DataFrame:
    with open_text(path, remedy) as stream:
        numbered = [(number, line) for number, line in enumerate(stream, start=1) if _counts(line)]
        names, rows = _cells(path, numbered)
    table = pd.DataFrame(rows, columns=names, dtype=str)
    return table.mask(table.isin(_MISSING))


def _cells(path: Path, numbered: list[tuple[int, str]]) -> tuple[list[str], list[list[str]]]:
    """Names of the columns, and the cells of every line below."""
    if not numbered:
        raise InputError(f"{path}: empty; expected a table with a header line")
    delimiter = delimiter_of(numbered[0][1])
    names = split_line(numbered[0][1].rstrip("\n").removeprefix("#"), delimiter)
    refuse_doubled(path, names)
    rows = []
    for number, line in numbered[1:]:
        cells = split_line(line.rstrip("\n"), delimiter)
        if len(cells) != len(names):
            raise InputError(f"{path}: line {number} has {len(cells)} cells, the header {len(names)}; mend the line")
        rows.append(cells)
    return names, rows


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: a damaged Parquet table; write it again") from error
    texts = [column.cast(pa.string()) for column in table.columns]
    return pa.table(texts, names=table.column_names).to_pandas()


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.startswith(_COMMENTS)
