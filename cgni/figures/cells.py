"""Cells of the tables: a number with what stands beside it."""

import numpy as np
import pandas as pd

from cgni.classification.schemas import POOLED

NOT_KNOWN = "–"


class Scores:
    """Cells of the tables from `classification.schemas.PERFORMANCE`."""

    def __init__(self, performance: pd.DataFrame) -> None:
        pooled = performance[performance["fold"] == POOLED]
        self._rows = pooled.set_index(["model", "split", "metric"])[["value", "se", "low", "high"]].sort_index()

    def over_folds(self, model: str, split: str) -> str:
        """Balanced accuracy in percent, mean ± SD over folds."""
        mean, sd = (self._value(model, split, name) for name in ("fold_mean", "fold_sd"))
        return f"{100 * mean:.2f} ± {100 * sd:.2f}"

    def pooled(self, model: str, split: str) -> str:
        """Balanced accuracy in percent of all people of the split, ± its standard error."""
        value, error = (self._value(model, split, "balanced_accuracy", column) for column in ("value", "se"))
        return f"{100 * value:.1f} ± {100 * error:.1f}"

    def percent(self, model: str, split: str, metric: str) -> str:
        """A share in percent with its 95 % interval."""
        return self._interval(model, split, metric, scale=100, digits=1)

    def auc(self, model: str, split: str) -> str:
        """Area under the ROC curve with its 95 % interval."""
        return self._interval(model, split, "auc", scale=1, digits=3)

    def confusion(self, model: str, split: str) -> str:
        """Counts TP / FN / TN / FP."""
        return " / ".join(f"{self._value(model, split, name):.0f}" for name in ("tp", "fn", "tn", "fp"))

    def _interval(self, model: str, split: str, metric: str, scale: int, digits: int) -> str:
        value, low, high = (scale * self._value(model, split, metric, name) for name in ("value", "low", "high"))
        return NOT_KNOWN if np.isnan(value) else f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"

    def _value(self, model: str, split: str, metric: str, column: str = "value") -> float:
        return float(self._rows.at[(model, split, metric), column])
