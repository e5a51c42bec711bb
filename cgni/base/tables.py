"""Parquet tables with a declared schema and the provenance of the rule that wrote them."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cgni.base.errors import InputError
from cgni.base.files import atomic_path

_PROVENANCE_KEY = b"cgni"


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
    table = table.replace_schema_metadata({_PROVENANCE_KEY: json.dumps(provenance, sort_keys=True).encode()})
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def read_table(path: str | Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a Parquet table of the study; InputError names the file when it is not one."""
    try:
        return pq.read_table(path, columns=columns).to_pandas()
    except (pa.ArrowInvalid, FileNotFoundError) as error:
        raise InputError(f"{path}: not a readable Parquet table ({error}); delete it and run again") from error


def read_provenance(path: str | Path) -> dict[str, Any]:
    """The provenance that `write_table` stored; empty when the file has none."""
    metadata = pq.read_schema(path).metadata or {}
    return json.loads(metadata[_PROVENANCE_KEY]) if _PROVENANCE_KEY in metadata else {}


def number_columns(prefix: str, count: int) -> list[str]:
    """Names `prefix_0` ... of `count` numbered columns, such as the features h_0, h_1 ..."""
    return [f"{prefix}_{index}" for index in range(count)]
