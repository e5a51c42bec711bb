"""Who may be used for what: the words of the study's split table."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class FoldPeople:
    """Ids (pandas Index of str, sorted) of one fold.

    `training` = development people outside the fold's validation part = `fit` + `monitor`.
    `holdout` holds the holdout people and their families.
    """

    training: pd.Index
    fit: pd.Index
    monitor: pd.Index
    validation: pd.Index
    holdout: pd.Index


def development_people(splits: pd.DataFrame) -> pd.Index:
    """Ids of everybody who is neither in the holdout nor related to somebody in it."""
    return _ids(splits, splits["role"] == "development")


def holdout_people(splits: pd.DataFrame) -> pd.Index:
    """Ids of the holdout people and their families."""
    return _ids(splits, splits["role"] == "holdout")


def fold_people(splits: pd.DataFrame, fold: int) -> FoldPeople:
    """The people of one fold from the split table (`cohort.schemas.splits_schema`)."""
    development = splits["role"] == "development"
    validation = development & (splits["fold"] == fold)
    training = development & ~validation
    monitor = training & splits[f"monitor_{fold}"]
    return FoldPeople(
        training=_ids(splits, training),
        fit=_ids(splits, training & ~monitor),
        monitor=_ids(splits, monitor),
        validation=_ids(splits, validation),
        holdout=holdout_people(splits),
    )


def _ids(splits: pd.DataFrame, chosen: pd.Series) -> pd.Index:
    return pd.Index(splits.loc[chosen, "participant_id"]).sort_values()
