"""Fully connected networks."""

import pytest
import torch
from torch import nn

from cgni.networks.mlp import Mlp


@pytest.mark.parametrize(("layers", "activation"), [([5, 4, 2], "relu"), ([2], "tanh"), ([3, 2], "gelu")])
def test_layers_are_linear_with_an_activation_between_them(layers: list[int], activation: str) -> None:
    network = Mlp(6, layers, activation, dropout=0.5).eval()
    function = {"relu": nn.ReLU(), "tanh": nn.Tanh(), "gelu": nn.GELU()}[activation]
    plain = [layer for linear in network.linears for layer in (linear, function)][:-1]
    values = torch.randn(7, 6)
    torch.testing.assert_close(network(values), nn.Sequential(*plain)(values))
    torch.testing.assert_close(network.hidden(values), nn.Sequential(*plain[:-1])(values))
    torch.testing.assert_close(network.from_first(network.linears[0](values)), network(values))


def test_l1_is_the_sum_of_absolute_weights_without_biases() -> None:
    network = Mlp(3, [2, 1])
    with torch.no_grad():
        network.linears[0].weight.copy_(torch.tensor([[1.0, -2, 3], [0, 0, -4]]))
        network.linears[1].weight.copy_(torch.tensor([[5.0, -6]]))
        network.linears[0].bias.fill_(100)
    assert network.l1().item() == 10 and network.l1(output=True).item() == 21 and Mlp(3, [2]).l1().item() == 0


def test_l1_with_the_output_layer_is_over_all_layers() -> None:
    network = Mlp(3, [4, 2])
    hidden, output = (linear.weight.abs().sum() for linear in network.linears)
    torch.testing.assert_close(network.l1(), hidden)
    torch.testing.assert_close(network.l1(output=True), hidden + output)
