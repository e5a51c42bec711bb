"""What a network is trained for: the loss, and the score that people read."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from torch.nn import functional


class Task(Protocol):
    """Loss and scores of a training task; the score named `metric` decides early stopping."""

    metric: str
    higher_is_better: bool

    def targets(self, values: np.ndarray) -> torch.Tensor:
        """What the loss compares outputs with."""

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Mean loss of a batch."""

    def scores(self, outputs: torch.Tensor, values: np.ndarray) -> dict[str, float]:
        """Scores of outputs (people, outputs) against the people's own values."""


@dataclass(frozen=True)
class AgeTask:
    """Regression on age, standardised by `mean` and `sd` (years) of the fit people; squared error."""

    mean: float
    sd: float
    metric: str = "mae"
    higher_is_better: bool = False

    @classmethod
    def of(cls, ages: np.ndarray) -> "AgeTask":
        """The task for fit people of these ages (years)."""
        return cls(float(np.mean(ages)), float(np.std(ages)) or 1.0)

    def targets(self, values: np.ndarray) -> torch.Tensor:
        return torch.as_tensor((values - self.mean) / self.sd, dtype=torch.float32)

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return functional.mse_loss(outputs[:, 0], targets)

    def years(self, outputs: torch.Tensor) -> np.ndarray:
        """Predicted ages (float64, years)."""
        return outputs[:, 0].double().numpy() * self.sd + self.mean

    def scores(self, outputs: torch.Tensor, values: np.ndarray) -> dict[str, float]:
        """`mae` in years, the same for predicting the fit people's mean, and Pearson r."""
        years = self.years(outputs)
        scores = {
            "mae": float(np.mean(np.abs(years - values))),
            "mae_of_mean": float(np.mean(np.abs(self.mean - values))),
        }
        if np.std(years) > 0 and np.std(values) > 0:
            scores["r"] = float(np.corrcoef(years, values)[0, 1])
        return scores


@dataclass(frozen=True)
class WmTask:
    """Two classes (0 low, 1 high); cross-entropy with `class_weights` (low, high)."""

    class_weights: tuple[float, float] = (1.0, 1.0)
    metric: str = "balanced_accuracy"
    higher_is_better: bool = True

    @classmethod
    def of(cls, labels: np.ndarray, weighted: bool) -> "WmTask":
        """The task for fit people with these labels; `weighted`: by inverse class frequency."""
        counts = np.bincount(labels, minlength=2)
        if not weighted:
            return cls()
        return cls(tuple(float(len(labels) / (2 * max(count, 1))) for count in counts))

    def targets(self, values: np.ndarray) -> torch.Tensor:
        return torch.as_tensor(values, dtype=torch.int64)

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        weight = torch.tensor(self.class_weights, dtype=outputs.dtype, device=outputs.device)
        return functional.cross_entropy(outputs, targets, weight=weight)

    def scores(self, outputs: torch.Tensor, values: np.ndarray) -> dict[str, float]:
        """Balanced accuracy, and the area under the ROC curve of the logit difference."""
        chosen = outputs.argmax(dim=1).numpy()
        scores = {"balanced_accuracy": float(balanced_accuracy_score(values, chosen))}
        if len(np.unique(values)) == 2:
            scores["auc"] = float(roc_auc_score(values, (outputs[:, 1] - outputs[:, 0]).numpy()))
        return scores
