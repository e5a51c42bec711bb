"""What the imaging network is trained for in the transfer: two groups of working memory."""

from dataclasses import dataclass

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
