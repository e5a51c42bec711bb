"""One prediction a person out of those of the fold models."""

import pandas as pd


def pooled_validation(predictions: pd.DataFrame) -> pd.DataFrame:
    """Out-of-fold predictions: every development person once, by the model that did not see them."""
    return predictions[predictions["part"] == "validation"].sort_values("participant_id").reset_index(drop=True)


def mean_holdout(holdout: pd.DataFrame) -> pd.DataFrame:
    """One row a holdout person: the mean probability of the fold models."""
    grouped = holdout.groupby("participant_id", sort=True)
    return grouped.agg(label=("label", "first"), probability=("probability", "mean")).reset_index()
