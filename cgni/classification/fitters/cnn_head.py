"""The imaging network's own head as a classifier of its features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from cgni.classification.fitters.base import Curve, Examples, FittedModel, FitterParts, ValueScale
from cgni.classification.fitters.linear_model import LinearModel
from cgni.networks.scaling import Scaling


@dataclass(frozen=True)
class CnnHeadFitter:
    """Takes a fold's head as it is: logits or values are linear in the features. Nobody is fitted on."""

    MODEL: ClassVar[type[FittedModel]] = LinearModel

    networks: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, parts: FitterParts) -> "CnnHeadFitter":
        """From each fold's network of the outcome."""
        assert parts.networks is not None
        return cls(parts.networks)

    def fit(self, fit: Examples, watched: Examples | None, fold: int, seed: int) -> tuple[LinearModel, Curve]:
        """`Fitter.fit`, without a fit."""
        state, scale = self.networks[fold]["state"], ValueScale.of(self.networks[fold].get("values"))
        weight, bias = state["head.weight"], state["head.bias"]
        columns = weight.shape[1]
        scaling = Scaling(np.zeros(columns), np.ones(columns))
        if scale is not None:
            return LinearModel(scaling, weight[0].numpy(), float(bias[0]), scale), []
        return LinearModel(scaling, (weight[1] - weight[0]).numpy(), float(bias[1] - bias[0])), []
