"""Choose among hyperparameter candidates without the holdout."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cgni.classification.schemas import POOLED
from cgni.classification.scores import Answers


def fold_scores(predictions: pd.DataFrame) -> dict[int, float]:
    """Balanced accuracy, or R² of a continuous outcome, of each fold's validation people."""
    own = predictions[predictions["part"] == "validation"]
    return {int(fold): Answers.of(group).main() for fold, group in own.groupby("fold")}


def candidate_scores(
    predictions: Mapping[str, pd.DataFrame], settings: Mapping[str, Mapping[str, Any]]
) -> pd.DataFrame:
    """Scores of every candidate (`schemas.SEARCH_SCORES`), in the order of the config.

    One row a candidate and fold, fold -1 being the mean.
    """
    rows = []
    for name, table in predictions.items():
        scores = fold_scores(table)
        scores[POOLED] = float(np.mean(list(scores.values())))
        text = json.dumps(settings[name], sort_keys=True)
        rows += [(name, text, fold, score) for fold, score in sorted(scores.items())]
    return pd.DataFrame(rows, columns=["candidate", "settings", "fold", "score"])


def choose_candidate(scores: pd.DataFrame) -> dict[str, Any]:
    """The candidate with the best mean validation score; of equal ones the first of the config."""
    means = scores[scores["fold"] == POOLED].reset_index(drop=True)
    best = means.loc[means["score"].idxmax()]
    return {
        "candidate": best["candidate"],
        "settings": json.loads(best["settings"]),
        "validation_score": float(best["score"]),
    }
