"""Errors of the brain-age networks beside the published ones."""

import pandas as pd

from cgni.figures.cells import NOT_KNOWN, few, mean_sd

_SPLITS = {"fit": "Fit people", "monitor": "Monitor", "validation": "Validation", "holdout": "Holdout"}
# mean absolute error in years as printed (train, validation, test), mean ± SD over folds
PUBLISHED = {"fit": "2.82 ± 0.04", "validation": "2.88 ± 0.05", "holdout": "2.47 ± 0.2"}


def brain_age_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Splits by mean absolute error in years, mean ± SD over the folds' networks, and the published one.

    Parameters
    ----------
    scores
        `audit.schemas.BRAIN_AGE`.
    """
    rows = []
    for split, title in _SPLITS.items():
        own = scores[(scores["split"] == split) & (scores["people"] > 0)]
        if len(own):
            nothing = few(own["people"].min())
            mae, of_mean, r = (nothing or mean_sd(own[name]) for name in ("mae", "mae_of_mean", "r"))
            rows.append(
                {
                    "Split": title,
                    "MAE (years, mean ± SD over folds)": mae,
                    "MAE of the fit people's mean age": of_mean,
                    "r": r,
                    "People a fold": _range(own["people"]),
                    "Published MAE (train / validation / test)": PUBLISHED.get(split, NOT_KNOWN),
                }
            )
    return pd.DataFrame(rows)


def _range(people: pd.Series) -> str:
    least, most = int(people.min()), int(people.max())
    return str(least) if least == most else f"{least} to {most}"
