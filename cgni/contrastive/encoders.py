"""The imaging and the genetic encoder of one fold, with the scaling of their inputs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cgni.networks.mlp import Mlp


@dataclass(frozen=True)
class Scaling:
    """Column means and SDs of the people that a network is fitted on (constant columns: SD 1)."""

    mean: torch.Tensor
    sd: torch.Tensor

    @classmethod
    def fit(cls, rows: np.ndarray) -> "Scaling":
        """From float [people, columns] of the fit people alone."""
        values = torch.from_numpy(np.asarray(rows, np.float64))
        sd = values.std(dim=0, correction=0)
        return cls(values.mean(dim=0).float(), torch.where(sd > 1e-8, sd, torch.ones_like(sd)).float())

    def apply(self, values: torch.Tensor) -> torch.Tensor:
        """Standardised [people, columns]."""
        return (values - self.mean.to(values)) / self.sd.to(values)

    def state(self) -> dict[str, torch.Tensor]:
        """Plain tensors for a checkpoint."""
        return {"mean": self.mean, "sd": self.sd}


class EncoderPair(nn.Module):
    """e_v and e_g: features h_v and allele counts to a shared latent space.

    Takes raw inputs; scaling and (if `normalise`) projection to the unit sphere are inside.
    """

    def __init__(
        self,
        sizes: dict[str, Any],
        scaling_h: Scaling,
        scaling_counts: Scaling,
    ) -> None:
        super().__init__()
        self.sizes = sizes
        self.normalise = bool(sizes["normalise"])
        self.scaling_h, self.scaling_counts = scaling_h, scaling_counts
        common = (sizes["activation"], sizes["dropout"])
        self.imaging_mlp = Mlp(len(scaling_h.mean), sizes["imaging_layers"], *common)
        self.genetic_mlp = Mlp(len(scaling_counts.mean), sizes["genetic_layers"], *common)

    def imaging_raw(self, h: torch.Tensor) -> torch.Tensor:
        """z_v before normalisation, [people, latent], of h_v [people, features]."""
        return self.imaging_mlp(self.scaling_h.apply(h))

    def genetic_raw(self, counts: torch.Tensor) -> torch.Tensor:
        """z_g before normalisation, [people, latent], of allele counts [people, SNPs]."""
        return self.genetic_mlp(self.scaling_counts.apply(counts))

    def imaging(self, h: torch.Tensor) -> torch.Tensor:
        """z_v [people, latent] of h_v [people, features]."""
        return self._project(self.imaging_raw(h))

    def genetic(self, counts: torch.Tensor) -> torch.Tensor:
        """z_g [people, latent] of allele counts [people, SNPs]."""
        return self._project(self.genetic_raw(counts))

    def genetic_from_first(self, hidden: torch.Tensor) -> torch.Tensor:
        """z_g from the output of the genetic encoder's first linear layer (before its activation)."""
        return self._project(self.genetic_mlp.from_first(hidden))

    def checkpoint(self) -> dict[str, Any]:
        """Plain types and tensors that `load_encoders` reads."""
        return {
            "state": {name: value.detach().cpu().clone() for name, value in self.state_dict().items()},
            "sizes": self.sizes,
            "scaling_h": self.scaling_h.state(),
            "scaling_counts": self.scaling_counts.state(),
        }

    def _project(self, values: torch.Tensor) -> torch.Tensor:
        return functional.normalize(values, dim=1) if self.normalise else values


def load_encoders(checkpoint: dict[str, Any], fold: int) -> EncoderPair:
    """A fold's encoders from `contrastive/{terms}/encoders.ckpt`, in evaluation mode on the CPU."""
    part = checkpoint[f"fold{fold}"]
    pair = EncoderPair(part["sizes"], Scaling(**part["scaling_h"]), Scaling(**part["scaling_counts"]))
    pair.load_state_dict(part["state"])
    return pair.eval()
