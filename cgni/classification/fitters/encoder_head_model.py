"""A fitted head together with the genetic encoder that feeds it."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import torch
from torch import nn

from cgni.base.views import GENETICS, IMAGING
from cgni.classification.fitters.base import FittedModel, ValueScale, scale_state
from cgni.classification.fitters.network_model import plain_state, predictions_of, restored_mlp
from cgni.contrastive.encoders import EncoderPair, load_encoders
from cgni.networks.mlp import Mlp
from cgni.networks.scaling import Scaling


class EncoderHead(nn.Module):
    """Logits from allele counts and other features: the counts go through e_g first (study B18).

    Parameters
    ----------
    pair
        The fold's encoders; the genetic one becomes part of this network.
    head
        Takes z_g and the other features, standardised by `scaling`.
    scaling
        Of z_g as the encoder gives it before training goes on, and of the other features.
    """

    def __init__(self, pair: EncoderPair, head: Mlp, scaling: Scaling) -> None:
        super().__init__()
        self.pair, self.head, self.scaling = pair, head, scaling
        self.snps = len(pair.scalings[GENETICS].mean)
        pair.mlps[IMAGING].requires_grad_(False)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """z_g and the other features [people, latent + others] of [people, SNPs + others]."""
        return torch.cat([self.pair.encode(GENETICS, x[:, : self.snps]), x[:, self.snps :]], dim=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of low and high, [people, 2], or standardised values, [people, 1]."""
        logits: torch.Tensor = self.head(self.scaling.apply(self.features(x)))
        return logits


class EncoderHeadModel(FittedModel):
    """A fitted `EncoderHead`; its first inputs are allele counts as the encoder takes them."""

    KIND = "encoder_head"

    def __init__(self, network: EncoderHead, sizes: Mapping[str, Any], scale: ValueScale | None = None) -> None:
        self.network, self.sizes, self.scale = network, dict(sizes), scale

    def predict(self, x: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return predictions_of(self.network(torch.from_numpy(x)), self.scale)

    def state(self) -> dict[str, Any]:
        return {
            "sizes": self.sizes,
            "state": plain_state(self.network.head),
            "scaling": self.network.scaling.state(),
            "encoders": self.network.pair.checkpoint(),
            **scale_state(self.scale),
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        pair = load_encoders({"fold0": state["encoders"]}, 0)
        network = EncoderHead(pair, restored_mlp(state), Scaling.of(state["scaling"]))
        return cls(network.eval(), state["sizes"], ValueScale.of(state.get("values")))
