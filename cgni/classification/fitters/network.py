"""Fit small networks with two outputs."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cgni.classification.fitters.base import Curve, Examples, FittedModel, FitterParts
from cgni.classification.fitters.network_model import NetworkModel
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.classification.metrics import balanced_accuracy
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
        scaling = Scaling.fit(fit.x)
        sizes = network_sizes(fit.x.shape[1], self.own, self.training)
        network = Mlp(**sizes)
        inputs = scaling.apply(torch.from_numpy(fit.x))
        seen = None if watched is None else (scaling.apply(torch.from_numpy(watched.x)), watched.labels)
        training = HeadTraining(network, network, self.own, self.training)
        curve = training.run(inputs, fit.labels, seen, seed)
        return NetworkModel(network, sizes, scaling), curve


@dataclass(frozen=True)
class HeadTraining:
    """Train `network` in place on the cross-entropy; the L1 penalty is that of `penalised`."""

    network: nn.Module
    penalised: Mlp
    own: NetworkSettings
    training: TrainingSettings

    def run(
        self,
        inputs: torch.Tensor,
        labels: np.ndarray,
        watched: tuple[torch.Tensor, np.ndarray] | None,
        seed: int,
    ) -> Curve:
        """The learning curve of the fit people `inputs` with `labels`, stopped by the watched ones, if any."""
        targets = torch.from_numpy(labels)
        weights = _class_weights(labels) if self.training.class_weights else None
        l1, output = self.own.l1, self.own.l1_layers == "all"

        def loss(rows: torch.Tensor) -> torch.Tensor:
            value = functional.cross_entropy(self.network(inputs[rows]), targets[rows], weight=weights)
            return value + l1 * self.penalised.l1(output) if l1 else value

        def watch() -> dict[str, float]:
            assert watched is not None
            logits = self.network(watched[0])
            value = float(functional.cross_entropy(logits, torch.from_numpy(watched[1]), weight=weights))
            score = balanced_accuracy(watched[1], torch.softmax(logits, dim=1)[:, 1].numpy())
            return {"score": score - 1e-3 * value, "balanced_accuracy": score, "loss": value}

        common = self.training
        settings = FitSettings(
            self.own.batch_size, common.epochs, common.learning_rate, common.weight_decay, common.patience
        )
        curve = fit_in_memory(self.network, labels, loss, watch if watched else None, settings, seed)
        return [row for row in curve if row["metric"] != "score"]


def network_sizes(inputs: int, own: NetworkSettings, training: TrainingSettings) -> dict[str, Any]:
    """Arguments of an `Mlp` with two outputs."""
    layers = [*own.layers, 2]
    return {"inputs": inputs, "layers": layers, "activation": training.activation, "dropout": training.dropout}


def _class_weights(labels: np.ndarray) -> torch.Tensor:
    counts = np.bincount(labels, minlength=2)
    return torch.tensor(len(labels) / (2 * np.maximum(counts, 1)), dtype=torch.float32)
