"""Choose among loss subsets without the holdout."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from workflow_scripts.cgni.training.metrics import balanced_accuracy


def validation_score(predictions: pd.DataFrame) -> float:
    """Mean over folds of the balanced accuracy of the fold's validation people."""
    own = predictions[predictions["part"] == "validation"]
    scores = [
        balanced_accuracy(group["label"].to_numpy(), group["probability"].to_numpy())
        for _, group in own.groupby("fold")
    ]
    return float(np.mean(scores))


def choose_terms(predictions: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """The subset with the best validation score; equal scores: fewer terms, then the order of the config.

    `predictions` maps names such as terms124 to tables that hold development people only.
    """
    scores = {terms: validation_score(table) for terms, table in predictions.items()}
    best = max(scores, key=lambda terms: (scores[terms], -len(terms)))
    return {"terms": best, "validation_balanced_accuracy": scores}
