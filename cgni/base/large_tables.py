"""Tables too large to hold: their header, then some columns of them batch by batch."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq

from cgni.base.errors import InputError
from cgni.base.text_files import delimiter_of, is_parquet, open_bytes, open_text, refuse_doubled, split_line

_BLOCK = 1024 * 1024  # larger ones are read ahead: 16 MB took half a gigabyte
_MISSING = ["", "NA"]
# of pyarrow's messages
_RAGGED = re.compile(r"(?:Row #(?P<line>\d+): )?Expected (?P<expected>\d+) columns, got (?P<found>\d+)")
_NO_TEXT = "invalid UTF8"
_ODD_CELL = re.compile(r"In CSV column #(?P<column>\d+):.*conversion error to (?P<kind>\w+)")


@dataclass(frozen=True)
class LargeTable:
    """A table, plain or compressed by gzip, or Parquet.

    Attributes
    ----------
    path : of the file; remedy : what to do when there is none, such as the key to set.
    names : its columns, without quotes; any may appear twice, but not among those that are read.
    delimiter : between cells; header : whether the first line holds the names.
    """

    path: Path
    remedy: str
    names: tuple[str, ...]
    delimiter: str
    header: bool = True

    @classmethod
    def open(cls, path: str | Path, remedy: str) -> "LargeTable":
        """Read the header.

        Raises
        ------
        InputError
            As of `base.text_files.open_text`, or an empty file.
        """
        path = Path(path)
        if is_parquet(path):
            try:
                return cls(path, remedy, tuple(pq.read_schema(path).names), "")
            except (pa.ArrowException, OSError) as error:
                raise _damaged(path) from error
        with open_text(path, remedy) as stream:
            line = stream.readline().rstrip("\n")
            if not line.strip():
                raise InputError(f"{path}: empty; expected a table with a header line")
            delimiter = delimiter_of(line)
            return cls(path, remedy, tuple(split_line(line, delimiter)), delimiter or " ")

    def batches(self, columns: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """Some columns, in the file's order of rows; empty cells and NA are null.

        Raises
        ------
        InputError
            One of `columns` twice, cells that are not of its type, or a line with another number of cells.
        """
        refuse_doubled(self.path, [name for name in self.names if name in columns])
        if is_parquet(self.path):
            yield from self._of_parquet(columns)
            return
        with open_bytes(self.path, self.remedy) as (stream, encoding):
            try:
                reader = pv.open_csv(
                    stream,
                    read_options=pv.ReadOptions(
                        # a header that appears twice in a column nobody reads is none of our business
                        column_names=[f"{number} {name}" for number, name in enumerate(self.names)],
                        skip_rows=int(self.header),
                        block_size=_BLOCK,
                        use_threads=False,
                        encoding=encoding,
                    ),
                    parse_options=pv.ParseOptions(delimiter=self.delimiter),
                    convert_options=self._options(columns),
                )
                for batch in reader:
                    yield pa.Table.from_batches([batch]).rename_columns(list(columns))
            except pa.ArrowInvalid as error:
                raise InputError(self._told(str(error))) from error

    def read(self, columns: Mapping[str, pa.DataType]) -> pa.Table:
        """All of some columns (`batches`)."""
        kept = list(self.batches(columns))
        return pa.concat_tables(kept) if kept else pa.schema(list(columns.items())).empty_table()

    def _options(self, columns: Mapping[str, pa.DataType]) -> pv.ConvertOptions:
        own = {name: f"{self.names.index(name)} {name}" for name in columns}
        return pv.ConvertOptions(
            include_columns=list(own.values()),
            column_types={own[name]: kind for name, kind in columns.items()},
            null_values=_MISSING,
            strings_can_be_null=True,
        )

    def _of_parquet(self, columns: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        schema = pa.schema(list(columns.items()))
        try:
            for batch in pq.ParquetFile(self.path).iter_batches(columns=list(columns)):
                yield pa.Table.from_batches([batch]).select(list(columns)).cast(schema)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(self.path) from error

    def _told(self, error: str) -> str:
        """What was wrong, without the row's text, which holds ids."""
        if ragged := _RAGGED.search(error):
            place = f"line {ragged['line']}" if ragged["line"] else "a line"
            expected = f"the header {ragged['expected']}" if self.header else f"expected {ragged['expected']}"
            return f"{self.path}: {place} has {ragged['found']} cells, {expected}; mend it"
        if _NO_TEXT in error:
            return f"{self.path}: not UTF-8 text (nor UTF-16 with its mark); save it as UTF-8"
        if odd := _ODD_CELL.search(error):
            name = self.names[int(odd["column"])]
            return f"{self.path}: column {name} has cells that are not of type {odd['kind']}; correct them"
        return f"{self.path}: not a readable table; save it again as CSV"


def _damaged(path: Path) -> InputError:
    return InputError(f"{path}: a damaged Parquet table, or with columns of another type; write it again")
