"""Standardisation of columns by the people that a model is fitted on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    import torch

    Values = TypeVar("Values", np.ndarray, torch.Tensor)

_SMALLEST_SD = 1e-8  # a column that varies less is constant


@dataclass(frozen=True, eq=False)
class Scaling:
    """Column means and standard deviations of the people of a fit.

    Attributes
    ----------
    mean, sd : float64 [columns]; the SD of a constant column is 1.
    """

    mean: np.ndarray
    sd: np.ndarray

    @classmethod
    def fit(cls, rows: np.ndarray) -> "Scaling":
        """From the fit people's values [people, columns] of any real type; the arithmetic is float64."""
        values = np.asarray(rows, np.float64)
        sd = values.std(axis=0)
        return cls(values.mean(axis=0), np.where(sd > _SMALLEST_SD, sd, 1.0))

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> "Scaling":
        """From what `state` gave."""
        return cls(np.asarray(state["mean"], np.float64), np.asarray(state["sd"], np.float64))

    def apply(self, values: "Values") -> "Values":
        """Standardised values [people, columns]: an array as float64, a tensor in its own dtype and on its device."""
        if isinstance(values, np.ndarray):
            scaled: np.ndarray = (values - self.mean) / self.sd
            return scaled
        return (values - values.new_tensor(self.mean)) / values.new_tensor(self.sd)

    def state(self) -> dict[str, list[float]]:
        """Plain lists for a checkpoint."""
        return {"mean": self.mean.tolist(), "sd": self.sd.tolist()}
