"""Features of a fold: gaps filled with what is known of its training people."""

import numpy as np
import pandas as pd

from cgni.base.errors import InputError


def filled_features(features: pd.DataFrame, training: pd.Index) -> pd.DataFrame:
    """Features without gaps: each becomes the feature's mean among training people.

    Parameters
    ----------
    features
        participant_id, then a float64 column a feature, NaN where unknown.
    training
        Ids of the fold's training people; nobody else's values count.

    Returns
    -------
    The same table in float32.

    Raises
    ------
    InputError
        A feature that is known of none of them.
    """
    values = features.drop(columns="participant_id")
    means = values[features["participant_id"].isin(training)].mean()
    unknown = int(means.isna().sum())
    if unknown:
        raise InputError(
            f"inputs.images: {unknown} features are known of nobody among a fold's training people; lower "
            "imaging.table.most_unknown, or splits.folds"
        )
    filled = values.fillna(means).astype(np.float32)
    return pd.concat([features[["participant_id"]], filled], axis=1)
