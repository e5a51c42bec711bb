"""Choose among loss subsets and hyperparameter candidates without the holdout."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cgni.classification.metrics import balanced_accuracy

LABEL_FREE = "terms12"


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

    Parameters
    ----------
    predictions
        Names such as terms124 to tables that hold development people only.

    Returns
    -------
    `terms` (the proposed model's subset), `interpreted` (the best one with term (1) or (2): without
    them nothing relates the two embeddings, so that a correlation between them means nothing; the
    label-free encoders when there is none), `validation_balanced_accuracy` of every subset.
    """
    scores = {terms: validation_score(table) for terms, table in predictions.items()}

    def best(names: list[str]) -> str:
        return max(names, key=lambda terms: (scores[terms], -len(terms)))

    related = [terms for terms in scores if set(terms.removeprefix("terms")) & {"1", "2"}]
    return {
        "terms": best(list(scores)),
        "interpreted": best(related) if related else LABEL_FREE,
        "validation_balanced_accuracy": scores,
    }


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
