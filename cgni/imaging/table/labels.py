"""What features are called where people read, and in which unit."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cgni.base.errors import InputError
from cgni.base.small_tables import read_delimited
from cgni.imaging.table.columns import FeatureColumn, names_of

_REMEDY = "set inputs.feature_labels to a table feature,label,unit, or to null"


def read_labels(path: str | Path) -> pd.DataFrame:
    """Labels and units of features: str columns feature, label and unit; empty where the table has none.

    Raises
    ------
    InputError
        As of `read_delimited`; lines without a feature, or a feature with several lines.
    """
    table = read_delimited(path, _REMEDY, ["feature"]).reindex(columns=["feature", "label", "unit"])
    empty, doubled = int(table["feature"].isna().sum()), int(table["feature"].duplicated().sum())
    if empty or doubled:
        raise InputError(f"{path}: {empty} lines without a feature and {doubled} of a feature met before; mend them")
    return table.astype(object).fillna("").astype(str)


def named_features(columns: Sequence[FeatureColumn], labels: pd.DataFrame | None, path: str | Path) -> pd.DataFrame:
    """One row a feature in the columns' order: feature, label, unit, and name, which tables of results show.

    Parameters
    ----------
    labels
        Of `read_labels`; None: there are none. Their lines of other features are passed over.
    path
        Of the labels, for messages.

    Returns
    -------
    DataFrame of str columns; the name is the label with its unit in brackets.

    Raises
    ------
    InputError
        No line of the labels is of a feature, or two features would have one name.
    """
    given = {} if labels is None else {row.feature: (row.label, row.unit) for row in labels.itertuples()}
    told: dict[str, tuple[str, str]] = {}
    units: dict[str, str] = {}
    for column in columns:
        units.setdefault(column.feature, column.unit)
        known = next((name for name in names_of(column) if name in given), None)
        if known is not None:
            told.setdefault(column.feature, given[known])
    if labels is not None and not told:
        raise InputError(f"{path}: none of its {len(labels)} features is among those of inputs.images; check the names")
    rows = []
    for feature, known_unit in units.items():
        label, unit = told.get(feature, ("", ""))
        label, unit = label or feature, unit or known_unit
        rows.append((feature, label, unit, f"{label} ({unit})" if unit else label))
    named = pd.DataFrame(rows, columns=["feature", "label", "unit", "name"])
    doubled = sorted(named.loc[named["name"].duplicated(), "name"].unique())
    if doubled:
        raise InputError(f"{path}: several features are called {', '.join(doubled[:3])}; give each a label of its own")
    return named
