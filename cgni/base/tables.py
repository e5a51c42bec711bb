"""Parquet tables with a declared schema and the provenance of the rule that wrote them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cgni.base.files import atomic_path, damaged

_PROVENANCE_KEY, _NAME_KEY = b"cgni", b"cgni_file"
_KIND = "Parquet table"
T = TypeVar("T")


def write_table(
    frame: pd.DataFrame | pa.Table, path: str | Path, schema: pa.Schema, provenance: dict[str, Any]
) -> None:
    """Write `frame` to Parquet under `schema`, with `provenance` in the file's metadata.

    Parameters
    ----------
    frame
        Its columns must be exactly those of `schema`, in any order.
    schema
        Declared names, types and nullability; a non-nullable field with nulls is refused.
    provenance
        Plain values: rule, config, code digest, seed, input digests (see `workflow.job.Job`).

    Raises
    ------
    ValueError
        Columns missing or unexpected, a type that does not fit, nulls where none may be.
    """
    names = frame.column_names if isinstance(frame, pa.Table) else list(frame.columns)
    if set(names) != set(schema.names) or len(names) != len(schema.names):
        missing, extra = set(schema.names) - set(names), set(names) - set(schema.names)
        raise ValueError(f"{path}: missing columns {sorted(missing)[:5]}, unexpected {sorted(extra)[:5]}")
    if isinstance(frame, pa.Table):
        table = frame.select(schema.names).cast(schema)
    else:
        table = pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False)
    for field in schema:
        if not field.nullable and table.column(field.name).null_count:
            raise ValueError(f"{path}: column {field.name} holds missing values")
    told = {_PROVENANCE_KEY: json.dumps(provenance, sort_keys=True).encode(), _NAME_KEY: _own_name(path).encode()}
    table = table.replace_schema_metadata(told)
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


def read_table(path: str | Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a Parquet table of the study, or some of its columns.

    Raises
    ------
    InputError
        As of `read_arrow`.
    """
    table = read_arrow(path, columns)
    frame: pd.DataFrame = _parquet(path, table.to_pandas)
    return frame


def read_arrow(path: str | Path, columns: list[str] | None = None, filters: list[Any] | None = None) -> pa.Table:
    """Read a Parquet table of the study as PyArrow has it.

    Parameters
    ----------
    filters
        Which rows, as of `pyarrow.parquet.read_table`.

    Raises
    ------
    InputError
        No such file, not Parquet (cut, empty), damaged pages, absent columns, or the table of another file:
        `write_table` puts the name of the file and of its folder into the table.
    """
    how = {"columns": columns, "filters": filters, "page_checksum_verification": True}
    table = _parquet(path, lambda: pq.read_table(path, **how))
    name = (table.schema.metadata or {}).get(_NAME_KEY, b"").decode(errors="replace")
    if name and name != _own_name(path):
        raise damaged(path, _KIND, f"it holds what belongs to {name}")
    absent = sorted(set(columns or []) - set(_parquet(path, lambda: table.column_names)))
    if absent:
        raise damaged(path, _KIND, f"without the columns {', '.join(absent[:5])}")
    return table


def column_names(path: str | Path) -> list[str]:
    """Names of a table's columns; InputError when it is not a Parquet table."""
    names: list[str] = _parquet(path, lambda: pq.read_schema(path).names)
    return names


def read_provenance(path: str | Path) -> dict[str, Any]:
    """The provenance that `write_table` stored; empty when the file has none.

    Raises
    ------
    InputError
        Not a Parquet table.
    """
    metadata = _parquet(path, lambda: pq.read_schema(path)).metadata or {}
    try:
        return json.loads(metadata[_PROVENANCE_KEY]) if _PROVENANCE_KEY in metadata else {}
    except ValueError as error:
        raise damaged(path, _KIND, error) from error


def _parquet(path: str | Path, read: Callable[[], T]) -> T:
    """What a reader of PyArrow gives; InputError when it cannot."""
    if Path(path).is_dir():
        raise damaged(path, _KIND, "a folder")
    try:
        return read()
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged(path, _KIND, error) from error


def _own_name(path: str | Path) -> str:
    """Name of a file with its folder's: this tells tables of folds and chromosomes apart, wherever the results lie."""
    return "/".join(Path(path).absolute().parts[-2:])


def number_columns(prefix: str, count: int) -> list[str]:
    """Names `prefix_0` ... of `count` numbered columns, such as the features h_0, h_1 ..."""
    return [f"{prefix}_{index}" for index in range(count)]
