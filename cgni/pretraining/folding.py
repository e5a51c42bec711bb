"""The imaging network for evaluation: each block one convolution, with scaling and batch norm folded in."""

import torch
from torch import nn

from cgni.pretraining.cnn import Block, BrainCnn, pool_and_rectify


class FoldedCnn(nn.Module):
    """What a `BrainCnn` computes in evaluation mode, without passes over memory for scaling and batch norm.

    conv(x) * g + b with g = weight / sqrt(running variance + eps) is one convolution with scaled
    kernels; (x - mean) / sd before an unpadded convolution is another factor and offset. Both
    are exact up to rounding; kernels are folded in float64.

    Parameters
    ----------
    network
        The trained network; it is not changed.
    """

    def __init__(self, network: BrainCnn) -> None:
        super().__init__()
        self.n_features, self.outputs = network.n_features, network.outputs
        convolutions = [_folded(block) for block in network.blocks]
        _fold_scaling(convolutions[0], network.input_mean.double(), network.input_sd.double())
        self.convolutions = nn.ModuleList(convolutions)
        self.pool = nn.MaxPool3d(2)
        self.head = nn.Linear(network.n_features, network.outputs)
        self.head.load_state_dict(network.head.state_dict())
        self.requires_grad_(False).eval()

    def features(self, maps: torch.Tensor) -> torch.Tensor:
        """h_v (n, n_features) of raw maps (n, 1, x, y, z)."""
        for convolution in self.convolutions:
            maps = pool_and_rectify(convolution(maps), self.pool)
        return maps.flatten(1)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Outputs (n, outputs) of raw maps (n, 1, x, y, z)."""
        outputs: torch.Tensor = self.head(self.features(maps))
        return outputs


def _folded(block: nn.Module) -> nn.Conv3d:
    assert isinstance(block, Block)
    conv, norm = block.conv, block.norm
    assert norm.running_mean is not None and norm.running_var is not None
    factor = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
    folded = nn.Conv3d(conv.in_channels, conv.out_channels, conv.kernel_size[0], device=conv.weight.device)
    with torch.no_grad():
        folded.weight.copy_(conv.weight.double() * factor[:, None, None, None, None])
        _bias(folded).copy_((_bias(conv).double() - norm.running_mean.double()) * factor + norm.bias.double())
    return folded


def _fold_scaling(first: nn.Conv3d, mean: torch.Tensor, sd: torch.Tensor) -> None:
    weight = first.weight.double() / sd
    with torch.no_grad():
        _bias(first).copy_(_bias(first).double() - mean * weight.sum(dim=(1, 2, 3, 4)))
        first.weight.copy_(weight)


def _bias(conv: nn.Conv3d) -> torch.Tensor:
    assert conv.bias is not None
    return conv.bias
