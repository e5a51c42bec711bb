"""Whom contributions average over."""

import numpy as np
import pandas as pd

from cgni.cohort.roles import fold_people


def occluded_ids(
    splits: pd.DataFrame, fold: int, both: pd.Index, people: str, max_people: int | None, seed: int
) -> tuple[pd.Index, pd.Index]:
    """Ids to occlude, and the fold's training people, both sorted.

    Parameters
    ----------
    both
        Ids of everybody with both modalities.
    people
        `validation` or `training` people of the fold (study B15).
    max_people
        Draw at most so many at random; None: all.
    """
    in_fold = fold_people(splits, fold)
    ids = both[both.isin(getattr(in_fold, people))].sort_values()
    if max_people is not None and len(ids) > max_people:
        ids = ids[np.sort(np.random.default_rng(seed).choice(len(ids), max_people, replace=False))]
    return ids, both[both.isin(in_fold.training)].sort_values()
