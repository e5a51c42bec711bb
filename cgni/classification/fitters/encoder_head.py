"""Fit a head together with the genetic encoder that feeds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch

from cgni.base.views import GENETICS
from cgni.classification.fitters.base import Curve, Examples, FittedModel, FitterParts
from cgni.classification.fitters.encoder_head_model import EncoderHead, EncoderHeadModel
from cgni.classification.fitters.head_loss import head_loss
from cgni.classification.fitters.network import HeadTraining, network_sizes
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.classification.settings import TrainingSettings
from cgni.contrastive.encoders import load_encoders
from cgni.networks.mlp import Mlp
from cgni.networks.scaling import Scaling


@dataclass(frozen=True)
class EncoderHeadFitter:
    """As `network.NetworkFitter`, with the checkpoint of the encoders to start from."""

    MODEL: ClassVar[type[FittedModel]] = EncoderHeadModel

    own: NetworkSettings
    training: TrainingSettings
    encoders: Mapping[str, Any]

    @classmethod
    def of(cls, parts: FitterParts) -> "EncoderHeadFitter":
        """From NetworkSettings and the encoders' checkpoint."""
        assert isinstance(parts.own, NetworkSettings)
        assert parts.training is not None and parts.encoders is not None
        return cls(parts.own, parts.training, parts.encoders)

    def fit(self, fit: Examples, watched: Examples | None, fold: int, seed: int) -> tuple[EncoderHeadModel, Curve]:
        """`Fitter.fit` of a head on z_g and other features, with the genetic encoder trained along."""
        torch.manual_seed(seed)
        pair, inputs = load_encoders(self.encoders, fold), torch.from_numpy(fit.x)
        snps = len(pair.scalings[GENETICS].mean)
        with torch.inference_mode():
            start = np.hstack([pair.encode(GENETICS, inputs[:, :snps]).numpy(), fit.x[:, snps:]])
        loss = head_loss(fit, self.training)
        sizes = network_sizes(start.shape[1], loss.outputs, self.own, self.training)
        network = EncoderHead(pair, Mlp(**sizes), Scaling.fit(start))
        seen = None if watched is None else (torch.from_numpy(watched.x), watched)
        curve = HeadTraining(network, network.head, loss, self.own, self.training).run(inputs, fit, seen, seed)
        return EncoderHeadModel(network, sizes, loss.scale), curve
