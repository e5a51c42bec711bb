"""The contrastive loss of the study, equation (5): a weighted sum of the terms of `contrastive.terms`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from cgni.base.errors import InputError
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import BY_NUMBER, EncoderSpec, Term

_DIVERGED = 1e4


@dataclass(frozen=True, eq=False)
class Outcome:
    """What supervised terms look at.

    Attributes
    ----------
    labels : class of each person, -1 none.
    values : standardised values of a continuous outcome, float32 [people]; None: the classes count.
    """

    labels: torch.Tensor
    values: torch.Tensor | None = None

    def __getitem__(self, rows: torch.Tensor | np.ndarray) -> "Outcome":
        return Outcome(self.labels[rows], None if self.values is None else self.values[rows])

    def nearness(self, bandwidth: float) -> torch.Tensor:
        """[people, people]: 1 within a class and 0 between classes, or a Gaussian kernel of the values' distance."""
        if self.values is None:
            return self.labels[:, None] == self.labels[None, :]
        distance = (self.values[:, None] - self.values[None, :]) / bandwidth
        return torch.exp(-distance.square() / 2)


@dataclass(frozen=True)
class LossOptions:
    """How the terms are read.

    Attributes
    ----------
    temperature : τ.
    include_positive : whether the denominator of (1) and (2) holds the positive pair (study B2).
    reduction : `mean` or `sum` over the batch's anchors (B3).
    normalise : embeddings on the unit sphere; without it (1) and (2) have no lower bound.
    bandwidth : of the kernel of a continuous outcome in (3) and (4), in its SD.
    """

    temperature: float
    include_positive: bool
    reduction: str
    normalise: bool
    bandwidth: float = 0.5

    @classmethod
    def of(cls, settings: ContrastiveSettings) -> "LossOptions":
        """From the settings."""
        return cls(
            settings.temperature,
            settings.include_positive,
            settings.reduction,
            settings.normalise,
            settings.outcome_bandwidth,
        )


def term_weights(spec: EncoderSpec, weights: Mapping[str, float]) -> dict[Term, float]:
    """Weight of each term of a subset; a term that stands alone weighs 1.

    Parameters
    ----------
    weights
        Of the terms by their `key`; asked only for the terms of a subset of several.
    """
    if len(spec.terms) == 1:
        return {BY_NUMBER[spec.terms[0]]: 1.0}
    return {BY_NUMBER[number]: float(weights[BY_NUMBER[number].key]) for number in spec.terms}


def cross_modal_loss(
    anchors: torch.Tensor, others: torch.Tensor, outcome: Outcome, options: LossOptions
) -> torch.Tensor:
    """Each anchor with its own person's other embedding against those of all others: terms (1) and (2).

    Parameters
    ----------
    anchors, others
        [batch, latent] embeddings of the same people, already normalised if they are to be.
    outcome
        Not looked at: such a term needs none.
    """
    similarity = anchors @ others.T / options.temperature
    positive = similarity.diagonal()
    if not options.include_positive:
        similarity = similarity.masked_fill(_eye(similarity), -torch.inf)
    return _reduce(torch.logsumexp(similarity, dim=1) - positive, options)


def supervised_loss(
    anchors: torch.Tensor, others: torch.Tensor, outcome: Outcome, options: LossOptions
) -> torch.Tensor:
    """People of the same class against everybody else of a class in the batch, in one view: terms (3) and (4).

    Of a continuous outcome each pair counts by how near its values are, with a Gaussian kernel of `options.bandwidth`
    SD: y-aware InfoNCE (Dufumier et al. 2021, MICCAI, equation 2), of which classes are the case of a kernel that is 1
    or 0. People of no class (-1) are not looked at. Anchors without another person of their class are left out
    of the reduction; a batch in which all are has loss 0 with a graph.

    Parameters
    ----------
    anchors, others
        The same [batch, latent] embeddings.
    outcome
        Class of each person, or value.
    """
    labelled = outcome.labels >= 0
    if not labelled.all():
        anchors, others, outcome = anchors[labelled], others[labelled], outcome[labelled]
    itself = _eye(anchors @ others.T)
    similarity = (anchors @ others.T / options.temperature).masked_fill(itself, -torch.inf)
    log_share = similarity - torch.logsumexp(similarity, dim=1, keepdim=True)
    near = outcome.nearness(options.bandwidth).masked_fill(itself, 0).to(log_share.dtype)
    totals = near.sum(dim=1)
    anchored = totals > 0
    if not anchored.any():
        return anchors.sum() * 0
    summed = torch.where(near > 0, near * log_share.masked_fill(itself, 0), torch.zeros_like(log_share)).sum(dim=1)
    return _reduce(-summed[anchored] / totals[anchored], options)


TermLoss = Callable[[torch.Tensor, torch.Tensor, Outcome, LossOptions], torch.Tensor]
# what `Term.loss` names
LOSSES: dict[str, TermLoss] = {"cross_modal": cross_modal_loss, "supervised": supervised_loss}


def contrastive_loss(
    embeddings: Mapping[str, torch.Tensor],
    outcome: Outcome,
    weights: Mapping[Term, float],
    options: LossOptions,
) -> torch.Tensor:
    """Equation (5): the weighted sum of the terms in `weights`.

    Parameters
    ----------
    embeddings
        [batch, latent] of each view, before normalisation.

    Raises
    ------
    InputError
        Unnormalised embeddings have diverged.
    """
    if options.normalise:
        own = {view: functional.normalize(values, dim=1) for view, values in embeddings.items()}
    else:
        own = dict(embeddings)
        _guard(own)
    nothing = next(iter(own.values())).sum() * 0
    terms = (
        weight * LOSSES[term.loss](own[term.anchor], own[term.other], outcome, options)
        for term, weight in weights.items()
    )
    return sum(terms, nothing)


def _guard(embeddings: Mapping[str, torch.Tensor]) -> None:
    # torch's maximum hands NaN on, Python's does not
    largest = float(torch.stack([values.detach().norm(dim=1).max() for values in embeddings.values()]).max())
    if not largest < _DIVERGED:
        raise InputError(
            f"contrastive.normalise: without normalisation the embeddings diverged (norm {largest:.3g}); "
            "set it to true, or lower contrastive.learning_rate"
        )


def _eye(similarity: torch.Tensor) -> torch.Tensor:
    return torch.eye(len(similarity), dtype=torch.bool, device=similarity.device)


def _reduce(values: torch.Tensor, options: LossOptions) -> torch.Tensor:
    return values.sum() if options.reduction == "sum" else values.mean()
