"""Choose among loss subsets and hyperparameter candidates without the holdout."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from workflow_scripts.cgni.training.metrics import balanced_accuracy


def validation_score(predictions: pd.DataFrame) -> float:
    """Mean over folds of the balanced accuracy of the fold's validation people."""
    return float(np.mean(list(fold_scores(predictions).values())))


def fold_scores(predictions: pd.DataFrame) -> dict[int, float]:
    """Balanced accuracy of each fold's validation people."""
    own = predictions[predictions["part"] == "validation"]
    return {
        int(fold): balanced_accuracy(group["label"].to_numpy(), group["probability"].to_numpy())
        for fold, group in own.groupby("fold")
    }


def choose_terms(predictions: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """The subset with the best validation score; equal scores: fewer terms, then the order of the config.

    `predictions` maps names such as terms124 to tables that hold development people only.
    """
    scores = {terms: validation_score(table) for terms, table in predictions.items()}
    best = max(scores, key=lambda terms: (scores[terms], -len(terms)))
    return {"terms": best, "validation_balanced_accuracy": scores}


def candidate_scores(
    predictions: Mapping[str, pd.DataFrame], settings: Mapping[str, Mapping[str, Any]]
) -> pd.DataFrame:
    """Scores of every candidate (`multimodal_schemas.CANDIDATES`), in the order of the config.

    One row a candidate and fold, fold -1 being the mean.
    """
    rows = []
    for name, table in predictions.items():
        scores = fold_scores(table)
        scores[-1] = float(np.mean(list(scores.values())))
        text = json.dumps(settings[name], sort_keys=True)
        rows += [(name, text, fold, score) for fold, score in sorted(scores.items())]
    return pd.DataFrame(rows, columns=["candidate", "settings", "fold", "balanced_accuracy"])


def choose_candidate(scores: pd.DataFrame) -> dict[str, Any]:
    """The candidate with the best mean validation score; of equal ones the first of the config."""
    means = scores[scores["fold"] == -1].reset_index(drop=True)
    best = means.loc[means["balanced_accuracy"].idxmax()]
    return {
        "candidate": best["candidate"],
        "settings": json.loads(best["settings"]),
        "validation_balanced_accuracy": float(best["balanced_accuracy"]),
    }
