"""A classifier head together with the genetic encoder that feeds it, so that both can be trained."""

import torch
from torch import nn

from cgni.contrastive.encoders import EncoderPair, Scaling
from cgni.networks.mlp import Mlp


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
        self.snps = len(pair.scaling_counts.mean)
        pair.imaging_mlp.requires_grad_(False)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """z_g and the other features [people, latent + others] of [people, SNPs + others]."""
        return torch.cat([self.pair.genetic(x[:, : self.snps]), x[:, self.snps :]], dim=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of low and high, [people, 2]."""
        return self.head(self.scaling.apply(self.features(x)))
