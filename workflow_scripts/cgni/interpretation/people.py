"""Whom contributions average over."""

import numpy as np
import pandas as pd


def occluded_ids(variates: pd.DataFrame, people: str, max_people: int | None, seed: int) -> tuple[pd.Index, pd.Index]:
    """Ids to occlude, and the fold's training people, both sorted.

    Parameters
    ----------
    variates
        One fold's rows (`schemas.VARIATES`).
    people
        `validation` or `training` people of the fold (study B15).
    max_people
        Draw at most so many at random; None: all.
    """
    parts = {"validation": ["validation"], "training": ["fit", "monitor"]}
    once = variates.drop_duplicates("participant_id")
    ids = pd.Index(once.loc[once["part"].isin(parts[people]), "participant_id"]).sort_values()
    if max_people is not None and len(ids) > max_people:
        ids = ids[np.sort(np.random.default_rng(seed).choice(len(ids), max_people, replace=False))]
    training = pd.Index(once.loc[once["part"].isin(parts["training"]), "participant_id"]).sort_values()
    return ids, training
