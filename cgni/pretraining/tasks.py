"""What a network is trained for: the loss, and the score that people read."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch.nn import functional

from cgni.base.errors import InputError


class Task(Protocol):
    """Loss and scores of a training task; the score named `metric` decides early stopping."""

    @property
    def metric(self) -> str:
        """Name of the score that decides."""

    @property
    def higher_is_better(self) -> bool:
        """Whether a better epoch has the larger score."""

    def targets(self, values: np.ndarray) -> torch.Tensor:
        """What the loss compares outputs with."""

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Mean loss of a batch."""

    def scores(self, outputs: torch.Tensor, values: np.ndarray) -> dict[str, float]:
        """Scores of outputs (people, outputs) against the people's own values."""

    def baseline(self, values: np.ndarray) -> dict[str, float]:
        """Scores that need no image, to compare with."""


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
        return torch.tensor((values - self.mean) / self.sd, dtype=torch.float32)

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return functional.mse_loss(outputs[:, 0], targets)

    def years(self, outputs: torch.Tensor) -> np.ndarray:
        """Predicted ages (float64, years)."""
        return outputs[:, 0].double().numpy() * self.sd + self.mean

    def scores(self, outputs: torch.Tensor, values: np.ndarray) -> dict[str, float]:
        """`mae` in years and Pearson r (absent when either side is constant)."""
        return _age_scores(self.years(outputs), values)

    def baseline(self, values: np.ndarray) -> dict[str, float]:
        """`mae_of_mean`: the error (years) of giving everybody the fit people's mean age."""
        return {"mae_of_mean": float(np.mean(np.abs(self.mean - values)))}


@dataclass(frozen=True)
class AgeBinTask:
    """Soft classification of age into bins (Peng et al. 2021, SFCN): Kullback-Leibler divergence from soft labels.

    A person's label is a normal distribution around the age, its SD one bin width, as the share
    that falls into each bin; the predicted age is the mean of the bins' centres under the output.

    Attributes
    ----------
    centres : middle of each bin (years), of equal width.
    mean : mean age (years) of the fit people, for the baseline.
    """

    centres: tuple[float, ...]
    mean: float
    metric: str = "mae"
    higher_is_better: bool = False

    @classmethod
    def of(cls, ages: np.ndarray, width: float) -> "AgeBinTask":
        """Bins of `width` years that cover the fit people's ages (years) and two bins more on either side.

        Raises
        ------
        InputError
            So wide that fewer than two bins lie within the ages.
        """
        low, high = np.floor(ages.min() / width) - 2, np.ceil(ages.max() / width) + 2
        if high - low < 6:
            raise InputError(
                f"pretraining.bin_years: the fit people's ages fill one bin of {width:g} years; use narrower bins"
            )
        edges = np.arange(low, high + 1) * width
        return cls(tuple(float(centre) for centre in (edges[:-1] + edges[1:]) / 2), float(np.mean(ages)))

    def targets(self, values: np.ndarray) -> torch.Tensor:
        """Soft labels (people, bins; float32); rows sum to one."""
        centres = torch.tensor(self.centres, dtype=torch.float64)
        width = float(centres[1] - centres[0])
        edges = torch.cat([centres - width / 2, centres[-1:] + width / 2])
        below = torch.special.ndtr((edges[None] - torch.from_numpy(values.astype(np.float64))[:, None]) / width)
        shares = below.diff(dim=1)
        labels: torch.Tensor = (shares / shares.sum(dim=1, keepdim=True)).float()
        return labels

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return functional.kl_div(functional.log_softmax(outputs, dim=1), targets, reduction="batchmean")

    def years(self, outputs: torch.Tensor) -> np.ndarray:
        """Predicted ages (float64, years)."""
        years: np.ndarray = outputs.double().softmax(dim=1).numpy() @ np.array(self.centres)
        return years

    def scores(self, outputs: torch.Tensor, values: np.ndarray) -> dict[str, float]:
        """As of `AgeTask`."""
        return _age_scores(self.years(outputs), values)

    def baseline(self, values: np.ndarray) -> dict[str, float]:
        """As of `AgeTask`."""
        return {"mae_of_mean": float(np.mean(np.abs(self.mean - values)))}


def _age_scores(years: np.ndarray, values: np.ndarray) -> dict[str, float]:
    scores = {"mae": float(np.mean(np.abs(years - values)))}
    if np.std(years) > 0 and np.std(values) > 0:
        scores["r"] = float(np.corrcoef(years, values)[0, 1])
    return scores
