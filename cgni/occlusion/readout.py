"""How a latent vector becomes one score a component."""

from collections.abc import Callable

import numpy as np
import torch

from cgni.networks.scaling import Scaling

# Scores [rows, components], float64, of latent vectors [rows, nodes].
Readout = Callable[[torch.Tensor], torch.Tensor]


def readout(weights: np.ndarray, scaling: Scaling, node: str) -> Readout:
    """Scores of latent nodes.

    Parameters
    ----------
    weights
        float64 [nodes, components], canonical weights of one view's nodes in one fold.
    scaling
        That standardises the nodes.
    node
        `variate`: the canonical variate of the standardised nodes; `largest`: the single node of
        the largest absolute weight, as published (study B15).
    """
    weight = torch.tensor(weights)
    if node == "largest":
        chosen = weight.abs().argmax(dim=0)
        return lambda latent: latent.double()[:, chosen]
    return lambda latent: scaling.apply(latent.double()) @ weight
