"""The contrastive loss terms (1)-(5) of the study."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch.nn import functional

from cgni.base.errors import InputError

TERMS = {1: "vg", 2: "gv", 3: "vv", 4: "gg"}
_DIVERGED = 1e4


@dataclass(frozen=True)
class LossOptions:
    """How the terms are read.

    Attributes
    ----------
    temperature : τ.
    include_positive : whether the denominator of (1) and (2) holds the positive pair (study B2).
    reduction : `mean` or `sum` over the batch's anchors (B3).
    normalise : embeddings on the unit sphere; without it (1) and (2) have no lower bound.
    """

    temperature: float
    include_positive: bool
    reduction: str
    normalise: bool


def term_weights(terms: str, weights: Mapping[str, float]) -> dict[int, float]:
    """Weight of each term of a subset such as `terms124` or `linear_terms124`; a term that stands alone weighs 1."""
    chosen = [int(digit) for digit in terms.rpartition("terms")[2]]
    return {term: 1.0 if len(chosen) == 1 else float(weights[TERMS[term]]) for term in chosen}


def cross_modal_loss(anchors: torch.Tensor, others: torch.Tensor, options: LossOptions) -> torch.Tensor:
    """Terms (1) and (2): each anchor with its own person's embedding against those of all others.

    Parameters
    ----------
    anchors, others
        [batch, latent] embeddings of the same people, already normalised if they are to be.
    """
    similarity = anchors @ others.T / options.temperature
    positive = similarity.diagonal()
    if not options.include_positive:
        similarity = similarity.masked_fill(_eye(similarity), -torch.inf)
    return _reduce(torch.logsumexp(similarity, dim=1) - positive, options)


def supervised_loss(embeddings: torch.Tensor, labels: torch.Tensor, options: LossOptions) -> torch.Tensor:
    """Terms (3) and (4): people of the same class against everybody else in the batch.

    Anchors without another person of their class are left out of the reduction; a batch in
    which all are has loss 0 with a graph.
    """
    itself = _eye(embeddings @ embeddings.T)
    similarity = (embeddings @ embeddings.T / options.temperature).masked_fill(itself, -torch.inf)
    log_share = similarity - torch.logsumexp(similarity, dim=1, keepdim=True)
    same = (labels[:, None] == labels[None, :]) & ~itself
    counts = same.sum(dim=1)
    anchored = counts > 0
    if not anchored.any():
        return embeddings.sum() * 0
    summed = torch.where(same, log_share, torch.zeros_like(log_share)).sum(dim=1)
    return _reduce(-summed[anchored] / counts[anchored], options)


def contrastive_loss(
    imaging: torch.Tensor,
    genetic: torch.Tensor,
    labels: torch.Tensor,
    weights: Mapping[int, float],
    options: LossOptions,
) -> torch.Tensor:
    """Equation (5): the weighted sum of the terms in `weights` (term number to weight).

    Raises
    ------
    InputError
        Unnormalised embeddings have diverged.
    """
    if options.normalise:
        imaging, genetic = functional.normalize(imaging, dim=1), functional.normalize(genetic, dim=1)
    else:
        _guard(imaging, genetic)
    terms = {
        1: lambda: cross_modal_loss(imaging, genetic, options),
        2: lambda: cross_modal_loss(genetic, imaging, options),
        3: lambda: supervised_loss(imaging, labels, options),
        4: lambda: supervised_loss(genetic, labels, options),
    }
    return sum((weight * terms[term]() for term, weight in weights.items()), imaging.sum() * 0)


def _guard(*embeddings: torch.Tensor) -> None:
    # torch's maximum hands NaN on, Python's does not
    largest = float(torch.stack([values.detach().norm(dim=1).max() for values in embeddings]).max())
    if not largest < _DIVERGED:
        raise InputError(
            f"contrastive.normalise: without normalisation the embeddings diverged (norm {largest:.3g}); "
            "set it to true, or lower contrastive.learning_rate"
        )


def _eye(similarity: torch.Tensor) -> torch.Tensor:
    return torch.eye(len(similarity), dtype=torch.bool, device=similarity.device)


def _reduce(values: torch.Tensor, options: LossOptions) -> torch.Tensor:
    return values.sum() if options.reduction == "sum" else values.mean()
