"""Which features and which people of a table stay: no label is looked at, and nobody of the holdout."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.base.tables import number_columns
from cgni.cohort.attrition import Attrition
from cgni.imaging.settings import TableSettings

_SMALLEST_SD = 1e-6  # of a feature, by its mean or 0.01: features are stored as float32


@dataclass(frozen=True, eq=False)
class Screened:
    """What stays of a table.

    Attributes
    ----------
    features : participant_id, h_0 ... (float64, NaN where unknown), sorted by id.
    columns : one row a feature (`imaging.schemas.FEATURE_COLUMNS`).
    attrition : `cohort.schemas.ATTRITION`.
    """

    features: pd.DataFrame
    columns: pd.DataFrame
    attrition: pd.DataFrame


def screen_features(
    values: pd.DataFrame, named: pd.DataFrame, participants: pd.Index, development: pd.Index, settings: TableSettings
) -> Screened:
    """Leave out features that are mostly unknown or constant, and people with too few of the others.

    Parameters
    ----------
    values
        float64 [people, features], NaN where unknown (`table.reading.FeatureTable`).
    named
        feature, label, unit, name of its columns (`table.labels.named_features`).
    participants, development
        Ids of the study's people, and of those whose values decide on features: nobody of the holdout.

    Raises
    ------
    InputError
        No feature or nobody is left, or a feature varies by less than its store can hold.
    """
    people, features, cells = (Attrition("imaging", unit) for unit in ("participants", "features", "values"))
    own = values[values.index.isin(participants)].sort_index()
    features.start("features of the table", own.shape[1])
    seen = own[own.index.isin(development)]
    rare = seen.isna().mean() > settings.most_unknown
    own = own.loc[:, ~rare]
    note = f"of {len(seen)} development people; imaging.table.most_unknown {settings.most_unknown:g}"
    features.remove("unknown in most people", int(rare.sum()), own.shape[1], note)
    people.start("people with imaging features", len(own))
    few = own.isna().mean(axis=1) > settings.most_missing if own.shape[1] else pd.Series(True, index=own.index)
    own = own[~few]
    told = f"share of features above imaging.table.most_missing {settings.most_missing:g}"
    people.remove("without too many of their features", int(few.sum()), len(own), told)
    constant = _constant(own[own.index.isin(development)])
    own = own.loc[:, ~constant]
    features.remove("constant", int(constant.sum()), own.shape[1], "among development people")
    if not own.shape[1] or own.empty:
        raise InputError(
            f"inputs.images: {own.shape[1]} features and {len(own)} people of the study are left of {values.shape[1]} "
            f"and {len(values)}; look at imaging.table.features, most_missing and most_unknown, and at the ids"
        )
    gaps = int(own.isna().sum().sum())
    cells.start("values of these features and people", own.size)
    cells.count("unknown among them", gaps, "they become the mean of each fold's training people")
    counts = [people, features, cells]
    for part in counts:
        part.log()
    numbered = number_columns("h", own.shape[1])
    columns = named.set_index("feature").loc[own.columns].reset_index(names="feature")
    columns = columns.assign(column=numbered, unknown=own.isna().sum().to_numpy(np.int64))
    table = own.set_axis(numbered, axis=1).rename_axis("participant_id").reset_index()
    return Screened(table, columns, pd.concat([part.frame() for part in counts], ignore_index=True))


def _constant(seen: pd.DataFrame) -> pd.Series:
    """Features (bool) with one value in all people who have any; those that vary too little are refused."""
    spread = seen.max() - seen.min()
    constant: pd.Series = ~(spread > 0)
    lost = ~constant & (seen.std() < _SMALLEST_SD * seen.mean().abs().clip(lower=0.01))
    if lost.any():
        raise InputError(
            f"inputs.images: {', '.join(map(str, seen.columns[lost][:3]))}: values vary by less than a millionth of "
            "their mean, or by less than 1e-8; write them in a smaller unit, or without their offset"
        )
    return constant
