"""A fitted network with two outputs, or with one of a continuous outcome."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import torch
from torch import nn

from cgni.classification.fitters.base import FittedModel, ValueScale, scale_state
from cgni.networks.mlp import Mlp
from cgni.networks.scaling import Scaling


class NetworkModel(FittedModel):
    """A fully connected network on standardised inputs.

    Parameters
    ----------
    sizes
        Arguments of `Mlp`.
    scale
        Of a continuous outcome.
    """

    KIND = "network"

    def __init__(
        self, network: Mlp, sizes: Mapping[str, Any], scaling: Scaling, scale: ValueScale | None = None
    ) -> None:
        self.network, self.sizes, self.scaling, self.scale = network, dict(sizes), scaling, scale

    def predict(self, x: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return predictions_of(self.network(self.scaling.apply(torch.from_numpy(x))), self.scale)

    def hidden(self, x: np.ndarray) -> np.ndarray:
        """h_g: the last hidden layer, float32 [people, units], of inputs float32 [people, columns]."""
        with torch.inference_mode():
            return self.network.hidden(self.scaling.apply(torch.from_numpy(x))).numpy()

    def state(self) -> dict[str, Any]:
        return {"sizes": self.sizes, "state": plain_state(self.network), "scaling": self.scaling.state()} | scale_state(
            self.scale
        )

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        return cls(
            restored_mlp(state), state["sizes"], Scaling.of(state["scaling"]), ValueScale.of(state.get("values"))
        )


def predictions_of(outputs: torch.Tensor, scale: ValueScale | None) -> np.ndarray:
    """Probability of the high group from two logits, or the value from one output, float64 [people]."""
    if scale is None:
        return torch.softmax(outputs, dim=1)[:, 1].double().numpy()
    return scale.values(outputs[:, 0].numpy())


def plain_state(network: nn.Module) -> dict[str, torch.Tensor]:
    """A network's weights, for a checkpoint."""
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def restored_mlp(state: Mapping[str, Any]) -> Mlp:
    """The network of `sizes` and `state`, in evaluation mode."""
    network = Mlp(**state["sizes"])
    network.load_state_dict(state["state"])
    return network.eval()
