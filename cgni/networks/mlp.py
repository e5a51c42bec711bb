"""Fully connected networks: encoders and classifier heads."""

import itertools
from collections.abc import Sequence

import torch
from torch import nn

_ACTIVATIONS = {"relu": nn.ReLU, "gelu": nn.GELU, "tanh": nn.Tanh}


class Mlp(nn.Module):
    """Linear layers with an activation (and dropout) between them; the last layer is linear.

    Parameters
    ----------
    inputs
        Number of input columns.
    layers
        Sizes of all layers, the output included.
    activation
        relu, gelu or tanh.
    dropout
        Share of hidden units dropped while training.
    """

    def __init__(self, inputs: int, layers: Sequence[int], activation: str = "relu", dropout: float = 0.0) -> None:
        super().__init__()
        sizes = [inputs, *layers]
        self.linears = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))
        self.activation = _ACTIVATIONS[activation]()
        self.dropout = nn.Dropout(dropout)

    def hidden(self, values: torch.Tensor) -> torch.Tensor:
        """Output of the last hidden layer after its activation, [people, layers[-2]]."""
        for linear in self.linears[:-1]:
            values = self.dropout(self.activation(linear(values)))
        return values

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Output of the last layer, [people, layers[-1]]."""
        output: torch.Tensor = self.linears[-1](self.hidden(values))
        return output

    def from_first(self, values: torch.Tensor) -> torch.Tensor:
        """Output of the last layer, from the first layer's output before its activation."""
        for linear in self.linears[1:]:
            values = linear(self.dropout(self.activation(values)))
        return values

    def l1(self, output: bool = False) -> torch.Tensor:
        """Sum of the absolute weights of the hidden layers, with `output` of the last one too (biases left out)."""
        chosen = self.linears if output else self.linears[:-1]
        sums = [linear.get_parameter("weight").abs().sum() for linear in chosen]
        return torch.stack(sums).sum() if sums else self.linears[-1].get_parameter("weight").sum() * 0
