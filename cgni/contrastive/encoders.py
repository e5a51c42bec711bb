"""The two encoders of one fold, with the scaling of their inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from cgni.base.views import VIEWS
from cgni.contrastive.settings import ContrastiveSettings
from cgni.networks.mlp import Mlp
from cgni.networks.scaling import Scaling


@dataclass(frozen=True)
class EncoderShape:
    """Sizes of the encoders of a pair.

    Attributes
    ----------
    layers : of each view's encoder, the latent space last.
    normalise : whether embeddings lie on the unit sphere.
    """

    layers: Mapping[str, tuple[int, ...]]
    activation: str
    dropout: float
    normalise: bool

    @classmethod
    def of(cls, settings: ContrastiveSettings, linear: bool = False) -> "EncoderShape":
        """From the settings; `linear`: the genetic encoder keeps its last layer alone."""
        layers = {view: tuple(settings.layers[view]) for view in VIEWS}
        if linear:
            layers["genetics"] = layers["genetics"][-1:]
        return cls(layers, settings.activation, settings.dropout, bool(settings.normalise))


class EncoderPair(nn.Module):
    """e_v and e_g: the two views of a person (features h_v, allele counts) to a shared latent space.

    Takes raw inputs; scaling and (if the shape says so) projection to the unit sphere are inside.

    Attributes
    ----------
    mlps, scalings : of each view; of one alone where the checkpoint was written of that one.
    """

    def __init__(self, shape: EncoderShape, scalings: Mapping[str, Scaling]) -> None:
        super().__init__()
        self.shape, self.scalings = shape, scalings
        self.mlps = nn.ModuleDict(
            {
                view: Mlp(len(scaling.mean), shape.layers[view], shape.activation, shape.dropout)
                for view, scaling in scalings.items()
            }
        )

    def mlp(self, view: str) -> Mlp:
        """The encoder of a view, without scaling and projection."""
        own = self.mlps[view]
        assert isinstance(own, Mlp)
        return own

    def raw(self, view: str, values: torch.Tensor) -> torch.Tensor:
        """Embeddings before projection, [people, latent], of a view's values [people, columns]."""
        return self.mlp(view)(self.scalings[view].apply(values))  # type: ignore[no-any-return]

    def encode(self, view: str, values: torch.Tensor) -> torch.Tensor:
        """Embeddings [people, latent] of a view's values [people, columns]."""
        return self._project(self.raw(view, values))

    def from_first(self, view: str, hidden: torch.Tensor) -> torch.Tensor:
        """Embeddings from the output of the encoder's first linear layer (before its activation)."""
        return self._project(self.mlp(view).from_first(hidden))

    def l1(self) -> torch.Tensor:
        """Sum of the absolute hidden weights of both encoders."""
        return torch.stack([self.mlp(view).l1() for view in self.scalings]).sum()

    def checkpoint(self, views: Sequence[str] = VIEWS) -> dict[str, Any]:
        """Plain types and tensors that `restore_encoders` reads; `views`: whose encoders are kept."""
        kept = tuple(f"mlps.{view}." for view in views)
        shape = {**asdict(self.shape), "layers": {view: list(own) for view, own in self.shape.layers.items()}}
        return {
            "state": {
                name: value.detach().cpu().clone() for name, value in self.state_dict().items() if name.startswith(kept)
            },
            "shape": shape,
            "scalings": {view: self.scalings[view].state() for view in views},
        }

    def _project(self, values: torch.Tensor) -> torch.Tensor:
        return functional.normalize(values, dim=1) if self.shape.normalise else values


def load_encoders(checkpoint: Mapping[str, Any], fold: int) -> EncoderPair:
    """A fold's encoders from `contrastive/{encoders}/encoders.ckpt`, in evaluation mode on the CPU."""
    return restore_encoders(checkpoint[f"fold{fold}"])


def restore_encoders(checkpoint: Mapping[str, Any]) -> EncoderPair:
    """Encoders from what `EncoderPair.checkpoint` gave, in evaluation mode on the CPU."""
    scalings = {view: Scaling.of(own) for view, own in checkpoint["scalings"].items()}
    pair = EncoderPair(EncoderShape(**checkpoint["shape"]), scalings)
    pair.load_state_dict(checkpoint["state"])
    return pair.eval()
