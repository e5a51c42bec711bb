"""Choose among loss subsets without the holdout."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cgni.classification.candidates import fold_scores
from cgni.contrastive.terms import LABEL_FREE, EncoderSpec, encoder_spec


def validation_score(predictions: pd.DataFrame) -> float:
    """Mean over folds of the main score (`scores.ScoreSet`) of the fold's validation people."""
    return float(np.mean(list(fold_scores(predictions).values())))


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
    label-free encoders when there is none), `validation_score` of every subset.
    """
    scores = {spec: validation_score(table) for spec, table in predictions.items()}

    def best(specs: Iterable[EncoderSpec]) -> str:
        return max(specs, key=lambda spec: (scores[spec], -len(spec.terms))).name

    related = [spec for spec in scores if spec.relates_views]
    return {
        "proposed": best(scores),
        "interpreted": best(related) if related else encoder_spec(LABEL_FREE).name,
        "validation_score": {spec.name: score for spec, score in scores.items()},
    }
