"""Allele counts of people as one array, and their table on disk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cgni.base.errors import InputError
from cgni.base.tables import read_arrow

_ID = "participant_id"
_KINDS: dict[str, np.dtype[Any]] = {"hard_calls": np.dtype(np.int8), "dosages": np.dtype(np.float32)}


@dataclass(frozen=True)
class AlleleCounts:
    """Copies of one allele of each variant.

    Attributes
    ----------
    ids : participant ids (str) of the rows.
    variants : variant ids (str) of the columns.
    values : int8 hard calls with -1 = missing, or float32 dosages with NaN = missing.
    """

    ids: pd.Index
    variants: pd.Index
    values: np.ndarray

    @property
    def missing(self) -> np.ndarray:
        """bool (people, variants)."""
        gaps: np.ndarray = np.isnan(self.values) if self.are_dosages else self.values < 0
        return gaps

    @property
    def are_dosages(self) -> bool:
        """Whether `values` are dosages, not hard calls."""
        return bool(self.values.dtype == np.float32)

    def as_dosages(self) -> "AlleleCounts":
        """The same as float32 with NaN = missing."""
        if self.are_dosages:
            return self
        values = self.values.astype(np.float32)
        values[self.missing] = np.nan
        return replace(self, values=values)

    def of(self, ids: pd.Index) -> "AlleleCounts":
        """The rows of those of `ids` that are there, in the own order."""
        rows = np.flatnonzero(self.ids.isin(ids))
        if len(rows) == len(self.ids):
            return self
        return replace(self, ids=self.ids[rows], values=self.values[rows])

    def select(self, columns: np.ndarray) -> "AlleleCounts":
        """The variants of a bool mask or of column numbers."""
        return replace(self, variants=self.variants[columns], values=self.values[:, columns])

    def sorted_by_id(self) -> "AlleleCounts":
        """The same with the people in the order of their ids."""
        order = np.argsort(self.ids.to_numpy(dtype=object), kind="stable")
        return replace(self, ids=self.ids[order], values=self.values[order])

    def means(self) -> np.ndarray:
        """Mean count of each variant without the missing ones, float64 (NaN: all missing)."""
        missing = self.missing
        known = (~missing).sum(axis=0)
        totals = np.where(missing, 0, self.values).sum(axis=0, dtype=np.float64)
        means: np.ndarray = np.divide(totals, known, out=np.full(len(known), np.nan), where=known > 0)
        return means

    def filled(self) -> np.ndarray:
        """float32 (people, variants), missing counts replaced by the variant's mean (0 without any)."""
        means = np.nan_to_num(self.means()).astype(np.float32)
        return np.where(self.missing, means, self.values.astype(np.float32))

    def turned(self, columns: np.ndarray) -> "AlleleCounts":
        """The other allele's copies (2 minus the count) in the columns of a bool mask."""
        part = self.select(np.flatnonzero(columns))
        values = self.values.copy(order="K")
        values[:, columns] = np.where(part.missing, part.values, 2 - part.values)
        return replace(self, values=values)

    def to_table(self) -> pa.Table:
        """participant_id, then one nullable int8 or float32 column a variant."""
        kind = pa.float32() if self.are_dosages else pa.int8()
        columns = np.ascontiguousarray(self.values.T)
        gaps = np.ascontiguousarray(self.missing.T)
        arrays = [pa.array(column, kind, mask=gap) for column, gap in zip(columns, gaps, strict=True)]
        ids = pa.array(self.ids.to_numpy(dtype=object), pa.string())
        schema = pa.schema(
            [pa.field(_ID, pa.string(), nullable=False), *[pa.field(name, kind) for name in self.variants]]
        )
        return pa.Table.from_arrays([ids, *arrays], schema=schema)

    def to_blocks(self) -> pa.Table:
        """One row a variant: variant_id, then the bytes of its column of `values`, in the order of `ids`.

        The column of bytes is `hard_calls` or `dosages`. Thousands of columns cost a Parquet file more than
        thousands of rows; the ids are not in the table.
        """
        kind = "dosages" if self.are_dosages else "hard_calls"
        columns = np.ascontiguousarray(self.values.T)
        width = columns.shape[1] * columns.itemsize
        counts = pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(width), len(columns), [None, pa.py_buffer(columns.tobytes())]
        )
        return pa.table([pa.array(self.variants, pa.string()), counts], schema=blocks_schema(width, kind))


def blocks_schema(width: int, kind: str) -> pa.Schema:
    """Schema of `AlleleCounts.to_blocks`; `width`: bytes of a variant, `kind`: `hard_calls` or `dosages`."""
    return pa.schema(
        [
            pa.field("variant_id", pa.string(), nullable=False),
            pa.field(kind, pa.binary(width), nullable=False),
        ]
    )


def from_blocks(table: pa.Table, ids: pd.Index) -> AlleleCounts:
    """Allele counts from a table of `AlleleCounts.to_blocks` and the `ids` of its people.

    Raises
    ------
    InputError
        Another number of people.
    """
    name = next(name for name in table.column_names if name in _KINDS)
    kind, width = _KINDS[name], table.schema.field(name).type.byte_width
    if width != len(ids) * kind.itemsize:
        raise InputError(
            f"genotypes: {width // kind.itemsize} people in a chromosome's table, but {len(ids)} participants with "
            "genotypes; delete the chromosome's tables and run again"
        )
    content = b"".join(chunk.buffers()[1][chunk.offset * width :][: len(chunk) * width] for chunk in table[name].chunks)
    counts = np.frombuffer(content, dtype=kind).reshape(-1, len(ids)).T
    return AlleleCounts(ids, pd.Index(table["variant_id"].to_pylist(), dtype=str), counts)


def read_blocks(paths: Iterable[str | Path], ids: pd.Index) -> AlleleCounts:
    """The variants of all chromosomes' tables (`AlleleCounts.to_blocks`), side by side.

    Raises
    ------
    InputError
        A table with another number of people than `ids` (`from_blocks`).
    """
    return joined([from_blocks(read_arrow(path), ids) for path in paths])


def from_table(table: pa.Table) -> AlleleCounts:
    """Allele counts from a table that `AlleleCounts.to_table` made."""
    names = [name for name in table.column_names if name != _ID]
    dosages = any(pa.types.is_floating(table.schema.field(name).type) for name in names)
    kind, gap = (np.float32, np.nan) if dosages else (np.int8, -1)
    values = np.empty((len(names), table.num_rows), dtype=kind)
    for number, name in enumerate(names):
        values[number] = table.column(name).combine_chunks().fill_null(gap).to_numpy(zero_copy_only=False)
    return AlleleCounts(pd.Index(table.column(_ID).to_pylist(), dtype=str), pd.Index(names, dtype=str), values.T)


def joined(parts: Sequence[AlleleCounts]) -> AlleleCounts:
    """The variants of all chromosomes side by side; their people must be the same, in the same order.

    Dosages if any chromosome has them.

    Raises
    ------
    InputError
        Chromosomes that differ in their people.
    """
    for part in parts[1:]:
        if not parts[0].ids.equals(part.ids):
            differing = len(parts[0].ids.symmetric_difference(part.ids))
            raise InputError(f"genotypes: {differing} people are not in all chromosomes; give files of the same people")
    names = pd.Index([name for part in parts for name in part.variants], dtype=str)
    if any(part.are_dosages for part in parts):
        parts = [part.as_dosages() for part in parts]
    return AlleleCounts(parts[0].ids, names, np.hstack([part.values for part in parts]))
