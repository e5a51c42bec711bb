"""What the imaging network is trained for in the transfer: the outcome, its two groups or its value."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch.nn import functional


@dataclass(frozen=True)
class GroupTask:
    """Two classes (0 low, 1 high); cross-entropy with `class_weights` (low, high)."""

    class_weights: tuple[float, float] = (1.0, 1.0)
    metric: str = "balanced_accuracy"
    higher_is_better: bool = True
    outputs: int = 2

    @classmethod
    def of(cls, labels: np.ndarray, weighted: bool) -> "GroupTask":
        """The task for fit people with these labels; `weighted`: by inverse class frequency."""
        if not weighted:
            return cls()
        low, high = (float(len(labels) / (2 * max(count, 1))) for count in np.bincount(labels, minlength=2))
        return cls((low, high))

    def targets(self, values: np.ndarray) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.int64)

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        weight = torch.tensor(self.class_weights, dtype=outputs.dtype, device=outputs.device)
        return functional.cross_entropy(outputs, targets, weight=weight)

    def scores(self, outputs: torch.Tensor, values: np.ndarray) -> dict[str, float]:
        """Balanced accuracy (mean recall of the classes present), and the area under the ROC curve."""
        right = outputs.argmax(dim=1).numpy() == values
        scores = {"balanced_accuracy": float(np.mean([right[values == label].mean() for label in np.unique(values)]))}
        low, high = int((values == 0).sum()), int((values == 1).sum())
        if low and high:
            # Mann-Whitney: the chance that a high person's logit difference exceeds a low one's
            ranks = pd.Series((outputs[:, 1] - outputs[:, 0]).double().numpy()).rank().to_numpy()
            scores["auc"] = float((ranks[values == 1].sum() - high * (high + 1) / 2) / (low * high))
        return scores

    def baseline(self, values: np.ndarray) -> dict[str, float]:
        """Nothing: guessing has a balanced accuracy and an area of one half."""
        return {}

    def facts(self) -> dict[str, Any]:
        """What a checkpoint says of it: nothing."""
        return {}


@dataclass(frozen=True)
class ValueTask:
    """Regression on a continuous outcome, standardised by `mean` and `sd` of the fit people; squared error."""

    mean: float
    sd: float
    metric: str = "r2"
    higher_is_better: bool = True
    outputs: int = 1

    @classmethod
    def of(cls, values: np.ndarray) -> "ValueTask":
        """The task for fit people with these values."""
        return cls(float(np.mean(values)), float(np.std(values)) or 1.0)

    def targets(self, values: np.ndarray) -> torch.Tensor:
        return torch.tensor((values - self.mean) / self.sd, dtype=torch.float32)

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return functional.mse_loss(outputs[:, 0], targets)

    def scores(self, outputs: torch.Tensor, values: np.ndarray) -> dict[str, float]:
        """R² about the mean of these people, mean absolute error in the outcome's unit, and Pearson's r."""
        predicted = outputs[:, 0].double().numpy() * self.sd + self.mean
        spread = float(np.var(values))
        scores = {"mae": float(np.mean(np.abs(predicted - values)))}
        scores["r2"] = 1 - float(np.mean((predicted - values) ** 2)) / spread if spread > 0 else float("nan")
        if np.std(predicted) > 0 and spread > 0:
            scores["r"] = float(np.corrcoef(predicted, values)[0, 1])
        return scores

    def baseline(self, values: np.ndarray) -> dict[str, float]:
        """`mae_of_mean`: the error of giving everybody the fit people's mean."""
        return {"mae_of_mean": float(np.mean(np.abs(self.mean - values)))}

    def facts(self) -> dict[str, Any]:
        """What turns the head's output into a value (`classification.fitters.base.ValueScale`)."""
        return {"values": {"mean": self.mean, "sd": self.sd}}


OutcomeTask = GroupTask | ValueTask
