"""The main table of a UK Biobank application, in the three layouts it comes in.

`"eid","31-0.0"` (ukbconv csv), `f.eid f.31.0.0` (ukbconv r, tab) and `eid,p31,p4282_i2,p22009_a1`
(RAP table exporter, maybe with the prefix `participant.`).
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from cgni.base.errors import InputError
from cgni.base.large_tables import LargeTable
from cgni.cohort.fields import CENTRE, field_column
from cgni.cohort.id_lists import plain_ids

_DATE = r"\d{4}-\d{2}-\d{2}([T ].*)?"  # such as those of field 53; they become years
_ID_NAMES = {"eid", "f.eid", "participant.eid"}

Key: TypeAlias = "tuple[int | str, int, int]"  # field (of a named column its name), instance, array

_SEXES = {"Female": 0, "Male": 1}
_YES = {"Yes": 1, "No": 0}
# Meanings of coded values as the RAP exports them: UK Biobank codings 9, 10, 1 and 1002.
_MEANINGS: dict[int | str, dict[str, int]] = {
    31: _SEXES,
    22001: _SEXES,
    22006: {"Caucasian": 1},
    22019: _YES,
    22020: _YES,
    22027: _YES,
    4282: {"Abandoned": -1},
    CENTRE: {
        "Stockport (pilot)": 10003,
        "Manchester": 11001,
        "Oxford": 11002,
        "Cardiff": 11003,
        "Glasgow": 11004,
        "Edinburgh": 11005,
        "Stoke": 11006,
        "Reading": 11007,
        "Bury": 11008,
        "Newcastle": 11009,
        "Leeds": 11010,
        "Bristol": 11011,
        "Barts": 11012,
        "Nottingham": 11013,
        "Sheffield": 11014,
        "Liverpool": 11016,
        "Middlesborough": 11017,
        "Hounslow": 11018,
        "Croydon": 11020,
        "Birmingham": 11021,
        "Swansea": 11022,
        "Wrexham": 11023,
        "Cheadle (revisit)": 11024,
        "Cheadle (imaging)": 11025,
        "Reading (imaging)": 11026,
        "Newcastle (imaging)": 11027,
        "Bristol (imaging)": 11028,
    },
}


@dataclass(frozen=True)
class Phenotypes:
    """Numeric values of the needed fields, one row a person.

    Attributes
    ----------
    values : float64, indexed by id; columns are (field, instance, array), those of a column that is
        asked for by its header (header, 0, 0).
    """

    values: pd.DataFrame

    @property
    def ids(self) -> pd.Index:
        """Participant ids (str, unique) in the file's order."""
        return self.values.index

    def has(self, field: int | str) -> bool:
        """Whether the file has any column of the field."""
        return field in self.values.columns.get_level_values("field")

    def at(self, field: int | str, instance: int = 0, array: int | None = None) -> pd.Series:
        """One column (the first array index when none is given); all missing when the file has none."""
        columns = [name for name in self.values.columns if name[0] == field and name[1] == instance]
        chosen = [name for name in columns if array is None or name[2] == array]
        if not chosen:
            return pd.Series(float("nan"), index=self.ids, dtype="float64")
        return self.values[min(chosen)]

    def instances(self, field: int | str) -> list[int]:
        """Sorted instances that the file has of the field."""
        return sorted({name[1] for name in self.values.columns if name[0] == field})


def read_phenotypes(
    path: str | Path, needed: Iterable[int | str], optional: Iterable[int | str], n_pcs: int
) -> Phenotypes:
    """Read the columns of the given fields from a main table in any of the three layouts.

    Parameters
    ----------
    needed, optional
        UK Biobank field numbers, or headers of columns; of field 22009 the array indices 1..n_pcs are needed too.

    Raises
    ------
    InputError
        Not a main table, a needed field missing, values that are neither numbers nor documented
        meanings, or ids that appear twice.
    """
    path, needed, optional = Path(path), list(needed), list(optional)
    table = LargeTable.open(path, "set inputs.phenotypes to the main table")
    id_name, columns = _columns(path, table.names)
    columns |= {n: (n, 0, 0) for n in [*needed, *optional] if isinstance(n, str) and n in table.names}
    wanted = {name: key for name, key in columns.items() if key[0] in {*needed, *optional} or _is_kept_pc(key, n_pcs)}
    found = {key[0] for key in wanted.values()}
    absent = [str(field) for field in needed if field not in found]
    pcs = {key[2] for key in wanted.values() if key[0] == 22009}
    absent += [f"22009 (array {number})" for number in range(1, n_pcs + 1) if number not in pcs]
    if absent:
        way_out = ", or set cohort.pcs: computed, or a smaller cohort.n_pcs" if "22009" in " ".join(absent) else ""
        raise InputError(f"{path}: no column of field {', '.join(absent)}; add it to the main table{way_out}")
    _refuse_doubled_keys(path, wanted)
    raw = table.read(dict.fromkeys([id_name, *wanted], pa.string())).to_pandas()
    ids = _checked_ids(raw[id_name], path)
    centres = _new_centres(path, raw[[name for name, key in wanted.items() if key[0] == CENTRE]])
    meanings = {**_MEANINGS, CENTRE: {**_MEANINGS[CENTRE], **centres}}
    numbers = {key: _numbers(raw[name], key[0], path, meanings).to_numpy() for name, key in wanted.items()}
    values = pd.DataFrame(numbers, index=ids)
    values.columns = pd.MultiIndex.from_tuples(list(numbers), names=["field", "instance", "array"])
    return Phenotypes(values)


def _is_kept_pc(key: Key, n_pcs: int) -> bool:
    return key[0] == 22009 and 1 <= key[2] <= n_pcs


def _refuse_doubled_keys(path: Path, wanted: dict[str, Key]) -> None:
    doubled = Counter(wanted.values()).most_common(1)
    if doubled and doubled[0][1] > 1:
        names = [name for name, key in wanted.items() if key == doubled[0][0]]
        raise InputError(f"{path}: the columns {' and '.join(names)} are the same field and visit; keep one")


def _columns(path: Path, header: Sequence[str]) -> tuple[str, dict[str, Key]]:
    id_names = [name for name in header if name in _ID_NAMES]
    if len(id_names) != 1:
        raise InputError(f"{path}: expected one id column ({', '.join(sorted(_ID_NAMES))}), found {len(id_names)}")
    columns: dict[str, Key] = {name: column for name in header if (column := field_column(name))}
    return id_names[0], columns


def _checked_ids(column: pd.Series, path: Path) -> pd.Index:
    if column.empty:
        raise InputError(f"{path}: the main table has no people")
    missing = int((column.fillna("").str.strip() == "").sum())
    if missing:
        raise InputError(f"{path}: {missing} lines without an id; remove them")
    ids = pd.Index(plain_ids(path, column), name="participant_id", dtype="str")
    doubled = int(ids.duplicated().sum())
    if doubled:
        raise InputError(f"{path}: {doubled} ids appear more than once; keep one line a person")
    return ids


def _new_centres(path: Path, columns: pd.DataFrame) -> dict[str, int]:
    """Codes, above all others of the table, of the centres whose names UK Biobank's coding 10 does not have."""
    texts = columns.stack().dropna().astype("str").str.strip()
    numbers = pd.to_numeric(texts, errors="coerce")
    named = texts[numbers.isna() & texts.str.contains(r"[^\W\d]") & ~texts.isin(list(_MEANINGS[CENTRE]))]
    names = sorted(named.unique())
    if names:
        logging.warning("%s: %d names of field %d are new; each counts as a centre", path, len(names), CENTRE)
    highest = max(
        *_MEANINGS[CENTRE].values(), int(np.nan_to_num(numbers.to_numpy(), posinf=0, neginf=0).max(initial=0))
    )
    return {name: highest + number for number, name in enumerate(names, start=1)}


def _numbers(
    column: pd.Series, field: int | str, path: Path, meanings: Mapping[int | str, Mapping[str, int]]
) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    texts = column.notna() & numbers.isna()
    if texts.any() and column[texts].str.fullmatch(_DATE).all():
        if numbers.notna().any():
            known = int(numbers.notna().sum())
            raise InputError(
                f"{path}: field {field} has {int(texts.sum())} dates such as 2016-07-01 and {known} numbers; write all "
                "in one way"
            )
        dates = pd.to_datetime(column[texts].str.slice(0, 10), format="%Y-%m-%d", errors="coerce")
        if dates.isna().any():
            impossible = int(dates.isna().sum())
            raise InputError(f"{path}: {impossible} dates of field {field} are in no calendar; correct or empty them")
        numbers[texts] = dates.dt.year + (dates.dt.day_of_year - 1) / 365.25
    elif texts.any():
        numbers[texts] = column[texts].str.strip().map(meanings.get(field, {})).astype("float64")
        unknown = int((column.notna() & numbers.isna()).sum())
        if unknown:
            raise InputError(
                f"{path}: {unknown} values of field {field} are neither numbers nor known meanings; "
                "export the table with raw coded values"
            )
    return numbers
