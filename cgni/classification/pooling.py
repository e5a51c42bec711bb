"""One prediction a person out of those of the fold models."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.classification.schemas import LABEL, PREDICTED, PROBABILITY, TARGET

UNSEEN = ("validation", "holdout")  # splits whose people no fit of the fold has seen


def pooled_validation(predictions: pd.DataFrame) -> pd.DataFrame:
    """Out-of-fold predictions: every development person once, by the model that did not see them."""
    return predictions[predictions["part"] == "validation"].sort_values("participant_id").reset_index(drop=True)


def mean_holdout(holdout: pd.DataFrame) -> pd.DataFrame:
    """One row a holdout person: the mean prediction of the fold models."""
    # the folds' targets of a residual change differ a little: each has its own line on the baseline
    means = {name: "mean" for name in (TARGET, PROBABILITY, PREDICTED) if name in holdout.columns}
    known = {LABEL: "first"}
    return holdout.groupby("participant_id", sort=True).agg({**known, **means}).reset_index()


def pooled_people(
    development: Mapping[str, pd.DataFrame], holdout: pd.DataFrame, split: str
) -> dict[str, pd.DataFrame]:
    """Every model's people of a split of `UNSEEN`, each once, sorted by id: participant_id, observed and predicted.

    Parameters
    ----------
    development
        Model to `schemas.PREDICTIONS`.
    holdout
        `schemas.HOLDOUT`.

    Raises
    ------
    InputError
        The models were scored on different people.
    """
    if split == "validation":
        tables = {model: pooled_validation(table) for model, table in development.items()}
    else:
        tables = {model: mean_holdout(holdout[holdout["model"] == model]) for model in development}
    first = next(iter(tables.values()))
    for model, table in tables.items():
        if not table["participant_id"].equals(first["participant_id"]):
            raise InputError(
                f"predictions of {model}, {split}: not the same people as the other models' "
                f"({len(table)} and {len(first)}); delete classification/ and run again"
            )
    return tables


def families_of(people: pd.DataFrame, participants: pd.DataFrame) -> np.ndarray:
    """Family of each row of `people`, in order."""
    return np.asarray(participants.set_index("participant_id").loc[people["participant_id"], "family"].to_numpy())
