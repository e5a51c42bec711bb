"""Fit small networks."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from cgni.classification.fitters.base import Curve, Examples, FittedModel, FitterParts
from cgni.classification.fitters.head_loss import HeadLoss, head_loss
from cgni.classification.fitters.network_model import NetworkModel
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.classification.settings import TrainingSettings
from cgni.networks.fit_in_memory import FitSettings, fit_in_memory
from cgni.networks.mlp import Mlp
from cgni.networks.scaling import Scaling


@dataclass(frozen=True)
class NetworkFitter:
    """Settings of one model, and those that all networks share."""

    MODEL: ClassVar[type[FittedModel]] = NetworkModel

    own: NetworkSettings
    training: TrainingSettings

    @classmethod
    def of(cls, parts: FitterParts) -> "NetworkFitter":
        """From NetworkSettings."""
        assert isinstance(parts.own, NetworkSettings) and parts.training is not None
        return cls(parts.own, parts.training)

    def fit(self, fit: Examples, watched: Examples | None, fold: int, seed: int) -> tuple[NetworkModel, Curve]:
        """`Fitter.fit`; inputs are standardised with the fit people's means and SDs."""
        torch.manual_seed(seed)
        scaling, loss = Scaling.fit(fit.x), head_loss(fit, self.training)
        sizes = network_sizes(fit.x.shape[1], loss.outputs, self.own, self.training)
        network = Mlp(**sizes)
        inputs = scaling.apply(torch.from_numpy(fit.x))
        seen = None if watched is None else (scaling.apply(torch.from_numpy(watched.x)), watched)
        curve = HeadTraining(network, network, loss, self.own, self.training).run(inputs, fit, seen, seed)
        return NetworkModel(network, sizes, scaling, loss.scale), curve


@dataclass(frozen=True)
class HeadTraining:
    """Train `network` in place on the loss; the L1 penalty is that of `penalised`."""

    network: nn.Module
    penalised: Mlp
    head_loss: HeadLoss
    own: NetworkSettings
    training: TrainingSettings

    def run(
        self, inputs: torch.Tensor, fit: Examples, watched: tuple[torch.Tensor, Examples] | None, seed: int
    ) -> Curve:
        """The learning curve of the fit people's `inputs`, stopped by the watched ones, if any."""
        targets = self.head_loss.targets(fit)
        l1, output = self.own.l1, self.own.l1_layers == "all"

        def loss(rows: torch.Tensor) -> torch.Tensor:
            value = self.head_loss(self.network(inputs[rows]), targets[rows])
            return value + l1 * self.penalised.l1(output) if l1 else value

        def watch() -> dict[str, float]:
            assert watched is not None
            outputs = self.network(watched[0])
            value = float(self.head_loss(outputs, self.head_loss.targets(watched[1])))
            name, score = self.head_loss.score(outputs, watched[1])
            return {"score": score - 1e-3 * value, name: score, "loss": value}

        common = self.training
        settings = FitSettings(
            self.own.batch_size, common.epochs, common.learning_rate, common.weight_decay, common.patience
        )
        curve = fit_in_memory(self.network, fit.labels, loss, watch if watched else None, settings, seed)
        return [row for row in curve if row["metric"] != "score"]


def network_sizes(inputs: int, outputs: int, own: NetworkSettings, training: TrainingSettings) -> dict[str, Any]:
    """Arguments of an `Mlp`."""
    layers = [*own.layers, outputs]
    return {"inputs": inputs, "layers": layers, "activation": training.activation, "dropout": training.dropout}
