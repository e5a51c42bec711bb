"""Scores of predictions; without torch, which rules that only score need not load."""

import numpy as np


def confusion(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, int]:
    """tp, fn, tn, fp of the high group (label 1) at probability 0.5."""
    high, called = labels == 1, probabilities >= 0.5
    return {
        "tp": int((high & called).sum()),
        "fn": int((high & ~called).sum()),
        "tn": int((~high & ~called).sum()),
        "fp": int((~high & called).sum()),
    }


def balanced_accuracy(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean of sensitivity and specificity at probability 0.5; NaN when a class is absent."""
    counts = confusion(labels, probabilities)
    with np.errstate(invalid="ignore", divide="ignore"):
        sensitivity = np.divide(counts["tp"], counts["tp"] + counts["fn"])
        specificity = np.divide(counts["tn"], counts["tn"] + counts["fp"])
    return float((sensitivity + specificity) / 2)


def auc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Area under the ROC curve: the share of (high, low) pairs in the right order, ties half; NaN without both."""
    high, low = probabilities[labels == 1], np.sort(probabilities[labels == 0])
    if not len(high) or not len(low):
        return float("nan")
    below, not_above = np.searchsorted(low, high, "left"), np.searchsorted(low, high, "right")
    return float((below + not_above).mean() / (2 * len(low)))


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """Logits of probabilities, those of 0 and 1 pulled in by 1e-6, float64."""
    inside = np.clip(probabilities.astype(np.float64), 1e-6, 1 - 1e-6)
    odds: np.ndarray = np.log(inside / (1 - inside))
    return odds


def brier(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean squared difference of probability and label (Brier 1950); NaN for nobody."""
    return float(np.mean((probabilities - labels) ** 2)) if len(labels) else float("nan")


def r_squared(observed: np.ndarray, predicted: np.ndarray) -> float:
    """1 - mean squared error / variance of the observed values; below 0 where their mean predicts better.

    NaN for fewer than two different values.
    """
    total = float(np.square(observed - observed.mean()).sum()) if len(observed) else 0.0
    return 1 - float(np.square(observed - predicted).sum()) / total if total > 0 else float("nan")


def pearson(observed: np.ndarray, predicted: np.ndarray) -> float:
    """Pearson's r; NaN where either side is constant."""
    if len(observed) < 2 or np.ptp(observed) == 0 or np.ptp(predicted) == 0:
        return float("nan")
    return float(np.corrcoef(observed, predicted)[0, 1])


def mean_absolute_error(observed: np.ndarray, predicted: np.ndarray) -> float:
    """In the unit of the values; NaN for nobody."""
    return float(np.abs(observed - predicted).mean()) if len(observed) else float("nan")
