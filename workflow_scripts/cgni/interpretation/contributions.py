"""From occlusion to called regions and SNPs: standardisation over features and consensus over folds."""

import numpy as np
import pandas as pd

CONSENSUS = -1


def summarise(occlusion: pd.DataFrame, modality: str, threshold_sd: float) -> pd.DataFrame:
    """Contributions with z over features and the published rule, per fold and as consensus.

    A feature is called when its signed contribution lies more than `threshold_sd` SD from the mean
    over features (study A8; a permutation null is to replace this rule, B23). Before folds are
    averaged each fold's contributions are divided by their SD over features, because variates of
    different folds have different scales. The direction is the sign of the feature's correlation
    with the canonical variate among the people of the occlusion (B24).

    Parameters
    ----------
    occlusion
        Rows of all folds (`schemas.OCCLUSION`).

    Returns
    -------
    DataFrame
        `schemas.CONTRIBUTIONS`, sorted.
    """
    folds = occlusion[["feature", "component", "fold", "contribution", "absolute", "correlation"]].copy()
    groups = folds.groupby(["component", "fold"])
    spread = groups["contribution"].transform(lambda values: values.std(ddof=0)).replace(0.0, np.nan)
    folds["scaled"] = (folds["contribution"] / spread).fillna(0.0)
    folds["z"] = groups["contribution"].transform(_z)
    folds["called"] = folds["z"].abs() > threshold_sd
    grouped = folds.groupby(["component", "feature"])
    consensus = grouped.agg(
        contribution=("contribution", "mean"),
        absolute=("absolute", "mean"),
        correlation=("correlation", "mean"),
        scaled=("scaled", "mean"),
        selection_frequency=("called", "mean"),
    ).reset_index()
    consensus["z"] = consensus.groupby("component")["scaled"].transform(_z)
    consensus["called"] = consensus["z"].abs() > threshold_sd
    table = pd.concat([consensus.assign(fold=CONSENSUS), folds.assign(selection_frequency=np.nan)])
    table["direction"] = np.select(
        [table["correlation"] > 0, table["correlation"] < 0], ["increase", "decrease"], "none"
    )
    columns = ["component", "fold", "feature"]
    table = table.drop(columns=["scaled", "correlation"]).assign(modality=modality)
    return table.sort_values(columns).reset_index(drop=True)


def _z(values: pd.Series) -> pd.Series:
    spread = values.std(ddof=0)
    return (values - values.mean()) / spread if spread > 0 else values * 0.0
