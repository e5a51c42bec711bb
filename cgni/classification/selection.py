"""Choose among loss subsets and hyperparameter candidates without the holdout."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cgni.classification.metrics import balanced_accuracy
from cgni.classification.schemas import POOLED
from cgni.contrastive.terms import LABEL_FREE, EncoderSpec, encoder_spec


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


def choose_terms(predictions: Mapping[EncoderSpec, pd.DataFrame]) -> dict[str, Any]:
    """The loss subset with the best validation score; equal scores: fewer terms, then the order of the config.

    Parameters
    ----------
    predictions
        Of the proposed model on each pair of encoders; they hold development people only.

    Returns
    -------
    `proposed` (name of the proposed model's encoders), `interpreted` (the best ones with a term that relates the
    views: without one nothing relates the two embeddings, so that a correlation between them means nothing; the
    label-free encoders when there is none), `validation_balanced_accuracy` of every subset.
    """
    scores = {spec: validation_score(table) for spec, table in predictions.items()}

    def best(specs: Iterable[EncoderSpec]) -> str:
        return max(specs, key=lambda spec: (scores[spec], -len(spec.terms))).name

    related = [spec for spec in scores if spec.relates_views]
    return {
        "proposed": best(scores),
        "interpreted": best(related) if related else encoder_spec(LABEL_FREE).name,
        "validation_balanced_accuracy": {spec.name: score for spec, score in scores.items()},
    }


def candidate_scores(
    predictions: Mapping[str, pd.DataFrame], settings: Mapping[str, Mapping[str, Any]]
) -> pd.DataFrame:
    """Scores of every candidate (`schemas.SEARCH_SCORES`), in the order of the config.

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
    means = scores[scores["fold"] == POOLED].reset_index(drop=True)
    best = means.loc[means["balanced_accuracy"].idxmax()]
    return {
        "candidate": best["candidate"],
        "settings": json.loads(best["settings"]),
        "validation_balanced_accuracy": float(best["balanced_accuracy"]),
    }
