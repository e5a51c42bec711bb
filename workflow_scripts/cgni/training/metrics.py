"""Scores of predictions and of embeddings."""

import numpy as np
import torch
from torch.nn import functional


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


def collapse_diagnostics(imaging: torch.Tensor, genetic: torch.Tensor, labels: torch.Tensor) -> dict[str, float]:
    """Whether embeddings still spread out (Wang & Isola 2020; Roy & Vetterli 2007).

    alignment: mean squared distance of a person's two embeddings; uniformity: log of the mean
    Gaussian potential over pairs; effective_rank: exponential of the singular values' entropy;
    class_spread: mean distance to the own class's centre. The last three of z_g.
    """
    v, g = functional.normalize(imaging, dim=1), functional.normalize(genetic, dim=1)
    distances = torch.pdist(g).square()
    values = torch.linalg.svdvals(g - g.mean(dim=0))
    shares = values / values.sum().clamp_min(1e-12)
    entropy = -(shares * shares.clamp_min(1e-12).log()).sum()
    spreads = [(g[labels == c] - g[labels == c].mean(dim=0)).norm(dim=1).mean() for c in labels.unique()]
    return {
        "alignment": float((v - g).square().sum(dim=1).mean()),
        "uniformity": float((-2 * distances).exp().mean().clamp_min(1e-30).log()),
        "effective_rank": float(entropy.exp()),
        "class_spread": float(torch.stack(spreads).mean()),
    }
