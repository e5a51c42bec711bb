"""A linear classifier on standardised inputs, whoever fitted it."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import torch

from cgni.classification.fitters.base import FittedModel
from cgni.networks.scaling import Scaling


class LinearModel(FittedModel):
    """Log odds of the high group, linear in the standardised inputs; missing inputs count as the fit people's means.

    Parameters
    ----------
    coefficients
        float [columns].
    """

    KIND = "linear"

    def __init__(self, scaling: Scaling, coefficients: np.ndarray, intercept: float) -> None:
        self.scaling = scaling
        self.coefficients = torch.as_tensor(coefficients, dtype=torch.float64)
        self.intercept = float(intercept)

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            filled = np.where(np.isnan(x), self.scaling.mean.astype(np.float32), x).astype(np.float32)
            inputs = self.scaling.apply(torch.from_numpy(filled)).double()
            return torch.sigmoid(inputs @ self.coefficients + self.intercept).numpy()

    def state(self) -> dict[str, Any]:
        return {
            "coefficients": self.coefficients,
            "intercept": self.intercept,
            "scaling": self.scaling.state(),
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        return cls(Scaling.of(state["scaling"]), state["coefficients"], state["intercept"])


def standardised(scaling: Scaling, x: np.ndarray) -> np.ndarray:
    """float32 [people, columns], as networks see them."""
    return scaling.apply(torch.from_numpy(np.asarray(x, np.float32))).numpy()
