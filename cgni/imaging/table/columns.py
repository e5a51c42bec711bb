"""Which columns of a table hold the ids, the visits and the features, and in which unit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from cgni.base.errors import InputError
from cgni.cohort.fields import (
    AGE,
    ANCESTRY,
    ANEUPLOIDY,
    CENTRE,
    GENETIC_SEX,
    HEAD_SIZE,
    OUTLIER,
    PCS,
    SEX,
    UNRELATED,
    WM_SCORES,
    field_column,
)
from cgni.cohort.id_lists import ID_NAMES
from cgni.imaging.settings import TableSettings

REMEDY = "set inputs.images to the table of imaging features"
INSTANCE = "instance"
# what is known of people, and no measure of their brains: with it among the features brain age is no finding
_NO_MEASURES = {
    *("age", "sex", "gender", "site", "center", "centre", "scanner", "session", "visit", "timepoint", "wave"),
    *("group", "diagnosis", "dx", "education", "handedness", "iq", "wm", "outcome", "outcome_group", "fold", "split"),
}
_NO_MEASURE_FIELDS = {
    *(SEX, AGE, CENTRE, HEAD_SIZE, PCS, GENETIC_SEX, ANEUPLOIDY, OUTLIER, ANCESTRY, UNRELATED, *WM_SCORES),
    *(34, 52, 53, 21022),  # year and month of birth, date of the visit, age at recruitment
}
_UNNAMED = re.compile(r"(Unnamed: \d+)?\Z")  # row numbers as pandas and R write them
# first cell of what aparcstats2table and asegstats2table write: lh.aparc.thickness, Measure:volume
_FREESURFER = re.compile(r"(?:[lr]h\.\S+\.|Measure:)(?P<measure>\w+)\Z")
_UNITS = {"thickness": "mm", "area": "mm²", "volume": "mm³"}
_NO_UNIT = re.compile(r"Holes|-to-eTIV")  # FreeSurfer's counts and ratios among the volumes


@dataclass(frozen=True)
class FeatureColumn:
    """A column of the file.

    Attributes
    ----------
    name : in the file; feature : what it is called in the study, the same at all visits.
    instance : the visit that its name states (UK Biobank); None: no visit.
    unit : that is known without a table of labels; empty: none.
    """

    name: str
    feature: str
    instance: int | None
    unit: str


def id_column(path: Path, names: Sequence[str], wanted: str | None) -> str:
    """The column of the ids: the wanted one, else the one that is called so, else the first.

    Raises
    ------
    InputError
        No such column, or several that are called so.
    """
    if wanted is not None:
        if wanted not in names:
            raise InputError(f"{path}: no column {wanted} (imaging.table.id); the file has {', '.join(names[:10])}")
        return wanted
    called = [name for name in names if name.lower() in ID_NAMES]
    if len(called) > 1:
        raise InputError(f"{path}: {' and '.join(called[:5])} may be the ids; set imaging.table.id to one of them")
    return called[0] if called else names[0]


def visit_column(names: Sequence[str]) -> str | None:
    """The column `instance`, in any case, of a table with a line a visit; None: it has none."""
    return next((name for name in names if name.lower() == INSTANCE), None)


def feature_columns(path: Path, names: Sequence[str], id_name: str, settings: TableSettings) -> list[FeatureColumn]:
    """The columns that are features, in the file's order.

    Parameters
    ----------
    names
        All columns of the file.

    Raises
    ------
    InputError
        Wanted features that no column has, none at all, or with `features: all` columns that are no measures of brains.
    """
    measure = match["measure"] if (match := _FREESURFER.match(id_name)) else ""
    others = [name for name in names if name not in (id_name, visit_column(names)) and not _UNNAMED.match(name)]
    columns = [_column(name, measure) for name in others]
    if settings.features == "all":
        _refuse_no_measures(path, columns)
        chosen = columns
    else:
        unmet = [wanted for wanted in settings.features if not any(_is_wanted(own, wanted) for own in columns)]
        if unmet:
            raise InputError(
                f"{path}: no column fits {len(unmet)} entries of imaging.table.features ({', '.join(unmet[:5])}); "
                f"the file has {', '.join(others[:10])}"
            )
        chosen = [own for own in columns if any(_is_wanted(own, wanted) for wanted in settings.features)]
    if not chosen:
        raise InputError(f"{path}: no column beside the ids ({id_name}); expected a column for each imaging feature")
    return chosen


def names_of(column: FeatureColumn) -> tuple[str, ...]:
    """What stands for a column in lists and labels: its own name, the feature's, the number of its field."""
    held = field_column(column.name)
    return (column.name, column.feature, *([str(held.field)] if held else []))


def _is_wanted(column: FeatureColumn, wanted: str) -> bool:
    return wanted in names_of(column) or fnmatchcase(column.name, wanted)


def _column(name: str, measure: str) -> FeatureColumn:
    if held := field_column(name):
        feature = f"{held.field}.{held.array}" if held.array else str(held.field)
        return FeatureColumn(name, feature, held.instance, "")
    own = next((own for own in _UNITS if name.endswith(f"_{own}")), measure)
    return FeatureColumn(name, name, None, "" if _NO_UNIT.search(name) else _UNITS.get(own, ""))


def _refuse_no_measures(path: Path, columns: Sequence[FeatureColumn]) -> None:
    odd = [
        column.name
        for column in columns
        if column.name.lower() in _NO_MEASURES
        or ((held := field_column(column.name)) is not None and held.field in _NO_MEASURE_FIELDS)
    ]
    if odd:
        raise InputError(
            f"{path}: the columns {', '.join(odd[:5])} are no measures of brains; list those that are in "
            "imaging.table.features, or take them out"
        )
