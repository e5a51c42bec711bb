"""Whom contributions average over."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.cohort.roles import fold_people
from cgni.occlusion.settings import OcclusionSettings


@dataclass(frozen=True, eq=False)
class OccludedPeople:
    """Sorted ids of those who are occluded in a fold, and of the fold's training people, whose mean may stand in."""

    ids: pd.Index
    training: pd.Index


def occluded_people(
    splits: pd.DataFrame, fold: int, both: pd.Index, settings: OcclusionSettings, seed: int
) -> OccludedPeople:
    """The `validation` or `training` people of a fold (study B15), at most `max_people` of them, drawn at random.

    Parameters
    ----------
    both
        Ids of everybody with both modalities.
    """
    in_fold = fold_people(splits, fold)
    ids = both[both.isin(getattr(in_fold, settings.people))].sort_values()
    if settings.max_people is not None and len(ids) > settings.max_people:
        drawn = np.random.default_rng(seed).choice(len(ids), settings.max_people, replace=False)
        ids = ids[np.sort(drawn)]
    return OccludedPeople(ids, both[both.isin(in_fold.training)].sort_values())


def people_with_both(features: pd.DataFrame, genotypes: pd.DataFrame) -> pd.Index:
    """Ids (column participant_id) that are in both tables."""
    return pd.Index(features["participant_id"]).intersection(pd.Index(genotypes["participant_id"]))
