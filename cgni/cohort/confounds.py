"""Confounds as columns of numbers: age, sex, site, head size, genetic principal components."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def confound_columns(
    participants: pd.DataFrame, ids: Sequence[str] | pd.Index, site_levels: Sequence[str]
) -> pd.DataFrame:
    """Age, sex, head size, genetic principal components and sites of `ids`.

    Parameters
    ----------
    participants
        The participants table.
    ids
        People, in the wanted order; each must be in the table.
    site_levels
        Sites with an indicator each, but for the first; a site outside the levels is all zero.

    Returns
    -------
    float64 columns with NaN where unknown, indexed by `ids`.
    """
    people = participants.set_index("participant_id").loc[list(ids)]
    pcs = [name for name in people.columns if name.startswith("pc") and name[2:].isdigit()]
    columns = people[["age", "sex", "head_size", *pcs]].astype("float64")
    for level in list(site_levels)[1:]:
        columns[f"site_{level}"] = (people["site"] == level).astype("float64")
    return columns


def site_levels(participants: pd.DataFrame, ids: Sequence[str] | pd.Index) -> list[str]:
    """Sorted sites of `ids`: take the people that a model is fitted on."""
    sites = participants.set_index("participant_id").loc[list(ids), "site"].dropna()
    return sorted(sites.unique())


def residualise(values: np.ndarray, confounds: np.ndarray) -> np.ndarray:
    """What an ordinary least-squares fit of `confounds` and an intercept leaves of each column of `values`.

    Parameters
    ----------
    values
        float (people, columns).
    confounds
        float (people, confounds); missing ones (NaN) count as their column's mean.

    Returns
    -------
    float64 array of the shape of `values`.
    """
    filled = np.where(np.isnan(confounds), np.nan_to_num(np.nanmean(confounds, axis=0)), confounds)
    design = np.column_stack([np.ones(len(filled)), filled])
    coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
    left: np.ndarray = values - design @ coefficients
    return left
