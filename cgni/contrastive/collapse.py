"""Scores of embeddings."""

from collections.abc import Mapping

import torch
from torch.nn import functional

from cgni.base.views import VIEWS


def collapse_diagnostics(embeddings: Mapping[str, torch.Tensor], labels: torch.Tensor) -> dict[str, float]:
    """Whether embeddings still spread out (Wang & Isola 2020; Roy & Vetterli 2007).

    alignment: mean squared distance of a person's two embeddings; uniformity: log of the mean
    Gaussian potential over pairs; effective_rank: exponential of the singular values' entropy;
    class_spread: mean distance to the own class's centre. The last three of the genetic embeddings.
    """
    v, g = (functional.normalize(embeddings[view], dim=1) for view in VIEWS)
    distances = torch.pdist(g).square()
    values = torch.linalg.svdvals(g - g.mean(dim=0))
    shares = values / values.sum().clamp_min(1e-12)
    entropy = -(shares * shares.clamp_min(1e-12).log()).sum()
    classes = torch.unique(labels[labels >= 0])
    spreads = [(g[labels == c] - g[labels == c].mean(dim=0)).norm(dim=1).mean() for c in classes]
    return {
        "alignment": float((v - g).square().sum(dim=1).mean()),
        "uniformity": float((-2 * distances).exp().mean().clamp_min(1e-30).log()),
        "effective_rank": float(entropy.exp()),
        "class_spread": float(torch.stack(spreads).mean()),
    }
