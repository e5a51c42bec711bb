"""What heads are trained on: cross-entropy of two groups, squared error of a continuous outcome."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch.nn import functional

from cgni.classification.fitters.base import Examples, ValueScale
from cgni.classification.fitters.network_model import predictions_of
from cgni.classification.metrics import balanced_accuracy, r_squared
from cgni.classification.settings import TrainingSettings


class HeadLoss(Protocol):
    """Mean loss of outputs [people, outputs], and the score by which a fit is stopped."""

    @property
    def outputs(self) -> int:
        """Number of the network's outputs."""

    @property
    def scale(self) -> ValueScale | None:
        """Of a continuous outcome."""

    def targets(self, people: Examples) -> torch.Tensor:
        """What outputs are compared with."""

    def __call__(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """The mean loss."""

    def score(self, outputs: torch.Tensor, people: Examples) -> tuple[str, float]:
        """Name and value of the score, the larger the better."""


@dataclass(frozen=True, eq=False)
class GroupLoss:
    """Cross-entropy of two logits; `weights` of the two groups, None: one each."""

    weights: torch.Tensor | None
    outputs: int = 2
    scale: None = None

    def targets(self, people: Examples) -> torch.Tensor:
        return torch.from_numpy(people.labels)

    def __call__(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(outputs, targets, weight=self.weights)

    def score(self, outputs: torch.Tensor, people: Examples) -> tuple[str, float]:
        return "balanced_accuracy", balanced_accuracy(people.labels, torch.softmax(outputs, dim=1)[:, 1].numpy())


@dataclass(frozen=True)
class ValueLoss:
    """Squared error of standardised values."""

    scale: ValueScale
    outputs: int = 1

    def targets(self, people: Examples) -> torch.Tensor:
        assert people.values is not None
        return torch.from_numpy(self.scale.standardise(people.values))

    def __call__(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return functional.mse_loss(outputs[:, 0], targets)

    def score(self, outputs: torch.Tensor, people: Examples) -> tuple[str, float]:
        assert people.values is not None
        return "r2", r_squared(people.values, predictions_of(outputs, self.scale))


def head_loss(fit: Examples, training: TrainingSettings) -> HeadLoss:
    """The loss for these fit people."""
    if fit.values is not None:
        return ValueLoss(ValueScale.fit(fit.values))
    if not training.class_weights:
        return GroupLoss(None)
    counts = np.bincount(fit.labels, minlength=2)
    return GroupLoss(torch.tensor(len(fit.labels) / (2 * np.maximum(counts, 1)), dtype=torch.float32))
