"""A linear model on standardised inputs, whoever fitted it."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import torch

from cgni.classification.fitters.base import FittedModel, ValueScale, scale_state
from cgni.networks.scaling import Scaling


class LinearModel(FittedModel):
    """Log odds of the high group, or values, linear in the standardised inputs; missing ones count as their means.

    Parameters
    ----------
    coefficients
        float [columns].
    scale
        Of a continuous outcome, whose standardised values are linear; None: the log odds are.
    """

    KIND = "linear"

    def __init__(
        self, scaling: Scaling, coefficients: np.ndarray, intercept: float, scale: ValueScale | None = None
    ) -> None:
        self.scaling, self.scale = scaling, scale
        self.coefficients = torch.as_tensor(coefficients, dtype=torch.float64)
        self.intercept = float(intercept)

    def predict(self, x: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            filled = np.where(np.isnan(x), self.scaling.mean.astype(np.float32), x).astype(np.float32)
            inputs = self.scaling.apply(torch.from_numpy(filled)).double()
            sums = inputs @ self.coefficients + self.intercept
            return torch.sigmoid(sums).numpy() if self.scale is None else self.scale.values(sums.numpy())

    def state(self) -> dict[str, Any]:
        return {
            "coefficients": self.coefficients,
            "intercept": self.intercept,
            "scaling": self.scaling.state(),
            **scale_state(self.scale),
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        scale = ValueScale.of(state.get("values"))
        return cls(Scaling.of(state["scaling"]), state["coefficients"], state["intercept"], scale)


def standardised(scaling: Scaling, x: np.ndarray) -> np.ndarray:
    """float32 [people, columns], as networks see them."""
    return scaling.apply(torch.from_numpy(np.asarray(x, np.float32))).numpy()
