"""Confounds as columns of numbers, and a model that takes them out of other values."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.settings import ConfoundSettings

_CENTRE = 60.0  # years; age and its square are near to uncorrelated around it
_FEWEST = 10  # people of a fit at a site, or in a category, that enters
# columns of the participants table that hold the confounds a user names by field
MEASURE, CATEGORY = "confound_", "category_"


def confound_columns(
    participants: pd.DataFrame, ids: Sequence[str] | pd.Index, site_levels: Sequence[str]
) -> pd.DataFrame:
    """Confounds of `ids`: age, sex, head size, genetic components, sites, and those that the user names.

    Age comes with its square and its product with sex (both around 60 years and the middle of the
    sexes), as brain measures do not follow age in a line (Alfaro-Almagro 2021).

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
    columns = people[["age", "sex", "head_size", *genetic_components(people)]].astype("float64")
    decades = (columns["age"] - _CENTRE) / 10
    columns.insert(1, "age_squared", decades**2)
    columns.insert(3, "age_sex", decades * (columns["sex"] - 0.5))
    for level in list(site_levels)[1:]:
        columns[f"site_{level}"] = (people["site"] == level).astype("float64")
    measures = [name for name in people.columns if name.startswith(MEASURE)]
    columns[measures] = people[measures].astype("float64")
    for name in (name for name in people.columns if name.startswith(CATEGORY)):
        for level in sorted(participants[name].dropna().unique())[1:]:
            columns[f"{name}_{level}"] = (people[name] == level).astype("float64").where(people[name].notna())
    return columns


def site_levels(participants: pd.DataFrame, ids: Sequence[str] | pd.Index) -> list[str]:
    """Sorted sites of `ids`: take the people that a model is fitted on."""
    sites = participants.set_index("participant_id").loc[list(ids), "site"].dropna()
    return sorted(sites.unique())


def known_means(values: np.ndarray) -> np.ndarray:
    """Means of the columns of [people, columns] over values that are not NaN; 0 where there is none."""
    known = ~np.isnan(values)
    means: np.ndarray = np.where(known, values, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return means


def centred(values: np.ndarray) -> np.ndarray:
    """Columns of [people, columns] with mean 0; missing values (NaN) count as their column's mean."""
    left: np.ndarray = np.nan_to_num(values - known_means(values))
    return left


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
    design = np.column_stack([np.ones(len(confounds)), centred(confounds)])
    coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
    left: np.ndarray = values - design @ coefficients
    return left


@dataclass(frozen=True, eq=False)
class ConfoundModel:
    """How confounds become a design without missing values, learnt from the people of a fit.

    Attributes
    ----------
    sites : that have an indicator.
    names : columns of `confound_columns` that enter, in order; not those constant among the people of the fit, nor
        sites and categories with fewer than 10 of them.
    mean, sd : float64 [columns], of the people of the fit; missing values become the mean.
    axes : float64 [columns, design columns]: how the standardised columns become the design's. The identity, unless
        the user names more confounds than `confounds.components`: then those are their leading components.
    """

    sites: list[str]
    names: list[str]
    mean: np.ndarray
    sd: np.ndarray
    axes: np.ndarray

    @classmethod
    def fit(
        cls, participants: pd.DataFrame, ids: Sequence[str] | pd.Index, settings: ConfoundSettings
    ) -> "ConfoundModel":
        """From the people `ids`.

        With `remove: pcs` genetic components alone enter. Many confounds of the user are reduced to
        their leading principal components (Alfaro-Almagro 2021; Radosavljevic 2026).

        Raises
        ------
        InputError
            Nobody to fit on.
        """
        if not len(ids):
            raise InputError("confounds: there is nobody to estimate them on")
        sites = site_levels(participants, ids)
        columns = confound_columns(participants, ids, sites)
        if settings.remove == "pcs":
            columns = columns[genetic_components(columns)]
        values = columns.to_numpy()
        mean, around = known_means(values), centred(values)
        sd = around.std(axis=0)
        rare = [name.startswith((CATEGORY, "site_")) and columns[name].sum() < _FEWEST for name in columns]
        vary = (sd > 1e-9) & ~np.array(rare, bool)
        names = list(columns.columns[vary])
        axes = _axes(around[:, vary] / sd[vary], names, settings.components)
        return cls(sites, names, mean[vary], sd[vary], axes)

    def design(self, participants: pd.DataFrame, ids: Sequence[str] | pd.Index) -> np.ndarray:
        """Confounds of `ids` as float64 [people, columns], filled and standardised; no intercept."""
        columns = confound_columns(participants, ids, self.sites)
        values = (columns.reindex(columns=self.names).to_numpy() - self.mean) / self.sd
        return np.asarray(np.nan_to_num(values) @ self.axes)


def all_confounds(participants: pd.DataFrame, ids: Sequence[str] | pd.Index, components: int) -> np.ndarray:
    """The design of all confounds among `ids` themselves: of people that are tested, not of a fit.

    Parameters
    ----------
    components
        `confounds.components`.
    """
    settings = ConfoundSettings(remove="all", components=components)
    return ConfoundModel.fit(participants, ids, settings).design(participants, ids)


@dataclass(frozen=True, eq=False)
class ConfoundRemoval:
    """What confounds explain of each column of some values, and how to take it out.

    Attributes
    ----------
    coefficients : float64 [design columns, value columns], by least squares with an intercept.
    """

    coefficients: np.ndarray

    @classmethod
    def fit(cls, values: np.ndarray, design: np.ndarray) -> "ConfoundRemoval":
        """From the values [people, columns] and the design of the people of the fit."""
        full = np.column_stack([np.ones(len(design)), design])
        coefficients, *_ = np.linalg.lstsq(full, values.astype(np.float64), rcond=None)
        return cls(coefficients[1:])

    def explained(self, design: np.ndarray) -> np.ndarray:
        """What the confounds explain, float64 [people, columns]; the mean of the values is not part of it."""
        shift: np.ndarray = design @ self.coefficients
        return shift


def genetic_components(columns: pd.DataFrame) -> list[str]:
    """Names of the columns that hold genetic principal components: pc1, pc2 ..."""
    return [name for name in columns.columns if name.startswith("pc") and name[2:].isdigit()]


def _axes(standardised: np.ndarray, names: Sequence[str], most: int) -> np.ndarray:
    """The identity, the user's confounds replaced by their `most` leading components where there are more."""
    own = [column for column, name in enumerate(names) if name.startswith((MEASURE, CATEGORY))]
    identity = np.eye(len(names))
    if len(own) <= most:
        return identity
    directions = np.linalg.svd(standardised[:, own], full_matrices=False)[2][:most].T
    rest = [column for column in range(len(names)) if column not in own]
    axes = np.zeros((len(names), len(rest) + directions.shape[1]))
    axes[:, : len(rest)] = identity[:, rest]
    axes[np.ix_(own, range(len(rest), axes.shape[1]))] = directions
    return axes
