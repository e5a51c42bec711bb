"""A table of imaging features, a line a person: simple, FreeSurfer's, or UK Biobank's wide export."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from cgni.base.errors import InputError
from cgni.base.large_tables import LargeTable
from cgni.base.text_files import is_parquet, open_text
from cgni.cohort.id_lists import plain_ids
from cgni.imaging.settings import TableSettings
from cgni.imaging.table.columns import REMEDY, FeatureColumn, feature_columns, id_column, visit_column

_UNKNOWN = ("", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None", ".")
_BIDS = "sub-"
_Part: TypeAlias = tuple[int | None, pd.DataFrame]  # a visit and its values


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """What a table says of people.

    Attributes
    ----------
    values : float64 [people, features], NaN where unknown; index participant_id (unique, sorted), columns features.
    visits : Int64, the visit of each person's values, missing where the table states none; the same index.
    columns : of the file, in its order.
    """

    values: pd.DataFrame
    visits: pd.Series
    columns: list[FeatureColumn]

    def listed(self, path: str | Path) -> pd.DataFrame:
        """participant_id, path and instance, as a list of images has them (`imaging.paths.list_images`)."""
        listed = pd.DataFrame({"participant_id": self.values.index, "path": str(path)})
        return listed.assign(instance=self.visits.array)


def read_feature_table(path: str | Path, settings: TableSettings, instances: Sequence[int]) -> FeatureTable:
    """Imaging features of everybody who has any, from a table in CSV, TSV or Parquet.

    Parameters
    ----------
    settings
        Which columns count, and which visit.
    instances
        `cohort.image_instances`: of a table with several visits the first of these with a value counts.

    Raises
    ------
    InputError
        As of `LargeTable` and `table.columns`; lines without an id, people with several lines, a cell that is no finite
        number (with its line and column), none of the wanted visits, or nobody with a value.
    """
    path = Path(path)
    table = LargeTable.open(path, REMEDY)
    id_name, line_visit = id_column(path, table.names, settings.id), visit_column(table.names)
    columns = feature_columns(path, table.names, id_name, settings)
    _refuse_doubled_features(path, columns)
    wanted = instances if settings.instance is None else [settings.instance]
    if any(column.instance is not None for column in columns):
        columns = [column for column in columns if column.instance is None or column.instance in wanted]
        if not columns:
            raise _no_visit(path, wanted)
        line_visit = None
    read = dict.fromkeys([id_name, *([line_visit] if line_visit else []), *(column.name for column in columns)])
    raw = table.read({name: pa.string() for name in read}).to_pandas()
    numbers = pd.DataFrame({column.name: _numbers(table, raw, column.name) for column in columns})
    ids = _ids(path, raw[id_name])
    if line_visit:
        visits = _line_visits(path, raw[line_visit], line_visit)
        parts: list[_Part] = [(visit, numbers[visits == visit].set_axis(ids[visits == visit])) for visit in wanted]
    else:
        parts = [(visit, numbers[names].set_axis(ids)) for visit, names in _by_visit(columns, wanted)]
    return _first_known(path, parts, columns, wanted)


def _first_known(
    path: Path,
    parts: Sequence[_Part],
    columns: Sequence[FeatureColumn],
    wanted: Sequence[int],
) -> FeatureTable:
    """Of each person the first part (visit, values by id and column) with a value."""
    features = list(dict.fromkeys(column.feature for column in columns))
    feature_of = {column.name: column.feature for column in columns}
    kept: list[pd.DataFrame] = []
    visits: list[pd.Series] = []
    met = pd.Index([], dtype="str")
    for visit, values in parts:
        doubled = int(values.index.duplicated(keep=False).sum())
        if doubled:
            raise InputError(
                f"{path}: {doubled} lines are of people with several; keep a line a person, or part visits by a column "
                "instance (2: the first imaging visit)"
            )
        own = values.rename(columns=feature_of).reindex(columns=features)
        own = own[own.notna().any(axis=1) & ~own.index.isin(met)]
        met = met.union(own.index)
        kept.append(own)
        visits.append(pd.Series(pd.array([pd.NA if visit is None else visit] * len(own), "Int64"), index=own.index))
    if not len(met):
        raise _no_visit(path, wanted) if parts[0][0] is not None else InputError(f"{path}: nobody has a value")
    values = pd.concat(kept).sort_index().rename_axis("participant_id")
    return FeatureTable(values, pd.concat(visits).reindex(values.index), list(columns))


def _by_visit(columns: Sequence[FeatureColumn], wanted: Sequence[int]) -> Iterator[tuple[int | None, list[str]]]:
    """Names of the columns of each wanted visit; of none where names state none."""
    always = [column.name for column in columns if column.instance is None]
    if len(always) == len(columns):
        yield None, always
        return
    for visit in wanted:
        yield visit, [*always, *(column.name for column in columns if column.instance == visit)]


def _refuse_doubled_features(path: Path, columns: Sequence[FeatureColumn]) -> None:
    met = Counter((column.feature, column.instance) for column in columns)
    doubled = sorted({feature for (feature, _), count in met.items() if count > 1})
    if doubled:
        raise InputError(f"{path}: the features {', '.join(doubled[:5])} are there twice; keep one column of each")


def _no_visit(path: Path, wanted: Sequence[int]) -> InputError:
    told = ", ".join(map(str, wanted))
    return InputError(
        f"{path}: nobody has a value of the visits {told}; set cohort.image_instances, or imaging.table.instance"
    )


def _ids(path: Path, column: pd.Series) -> pd.Index:
    missing = int((column.fillna("").str.strip() == "").sum())
    if missing or column.empty:
        told = f"{missing} lines without an id; fill or remove them" if missing else "no line below the header"
        raise InputError(f"{path}: {told}")
    ids = pd.Index(plain_ids(path, column), dtype="str", name="participant_id")
    return ids.str.removeprefix(_BIDS) if ids.str.startswith(_BIDS).all() else ids


def _line_visits(path: Path, column: pd.Series, name: str) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce")
    odd = int((~numbers.between(0, 99) | (numbers % 1 != 0)).sum())
    if odd:
        raise InputError(f"{path}: {odd} lines without a visit (0, 1, 2 ...) in the column {name}; correct them")
    return numbers


def _numbers(table: LargeTable, raw: pd.DataFrame, name: str) -> np.ndarray:
    """A column as float64, NaN where unknown."""
    texts = raw[name].str.strip()
    known = texts.notna() & ~texts.isin(_UNKNOWN)
    numbers = pd.to_numeric(texts.where(known), errors="coerce").to_numpy(np.float64)
    odd = np.flatnonzero(known.to_numpy() & ~np.isfinite(numbers))
    if len(odd):
        raise InputError(
            f"{table.path}: {_place(table, int(odd[0]))}, column {name}: not a finite number, one of {len(odd)} such "
            "cells of the column; write numbers with a decimal point, nothing where unknown, or leave it out of "
            "imaging.table.features"
        )
    return np.asarray(numbers)


def _place(table: LargeTable, row: int) -> str:
    """Where a row stands in the file; its blank lines are no rows."""
    if is_parquet(table.path):
        return f"row {row + 1}"
    with open_text(table.path, table.remedy) as stream:
        filled = [number for number, line in enumerate(stream, start=1) if line.strip("\r\n")]
    return f"line {filled[row + 1]}"
