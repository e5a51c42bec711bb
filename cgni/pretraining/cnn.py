"""The 3D convolutional network that turns a gray-matter map into h_v (study stage 1)."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from cgni.base.errors import InputError


def block_shapes(grid: Sequence[int], channels: Sequence[int], kernel: int) -> list[tuple[int, int, int, int]]:
    """(channels, x, y, z) after each block: an unpadded convolution, then pooling by two.

    121x145x121 voxels with five blocks of 32, 64, 128, 256, 256 channels and kernel 3 end at
    256x1x2x1 = 512 features, the published number.

    Raises
    ------
    InputError
        A block would leave less than one voxel; the message lists the sizes of all blocks.
    """
    x, y, z = (int(size) for size in grid)
    shapes: list[tuple[int, int, int, int]] = []
    for block, width in enumerate(channels, start=1):
        x, y, z = ((size - kernel + 1) // 2 for size in (x, y, z))
        if min(x, y, z) < 1:
            passed = ", ".join(f"block {number}: {_times(shape[1:])}" for number, shape in enumerate(shapes, start=1))
            rest = _times([max(size, 0) for size in (x, y, z)])
            raise InputError(
                f"pretraining.channels: images of {_times(grid)} voxels cannot pass {len(channels)} blocks with kernel "
                f"{kernel}: {passed or 'no block passed'}, block {block}: {rest}; "
                "use fewer blocks, a smaller kernel or a finer grid"
            )
        shapes.append((int(width), x, y, z))
    return shapes


def flat_size(grid: Sequence[int], channels: Sequence[int], kernel: int) -> int:
    """Number of features h_v that the last block leaves."""
    return math.prod(block_shapes(grid, channels, kernel)[-1])


class Block(nn.Module):
    """Conv3d (stride 1, no padding) -> BatchNorm3d -> MaxPool3d(2) -> ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(inputs, outputs, kernel)
        self.norm = nn.BatchNorm3d(outputs)
        self.pool = nn.MaxPool3d(2)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return pool_and_rectify(self.norm(self.conv(maps)), self.pool)


def pool_and_rectify(maps: torch.Tensor, pool: nn.Module) -> torch.Tensor:
    """relu(pool(maps)) in the precision of `maps`.

    Autocast would convert the largest tensors of the network to float32 first, though neither
    operation rounds: on a CPU that costs a sixth of a training step and half of its memory.
    """
    with torch.autocast(maps.device.type, enabled=False):
        return torch.relu(pool(maps))


class BrainCnn(nn.Module):
    """Blocks, flattening to h_v, dropout and a linear head.

    Takes raw gray-matter maps: the scaling (one mean and one SD for all voxels) is part of the
    network, so that zero means "no gray matter" to everybody who calls it.

    Parameters
    ----------
    grid
        Voxels along x, y and z.
    channels
        Output channels, one entry a block.
    kernel
        Edge of the convolution kernels in voxels.
    dropout
        Share of h_v dropped before the head while training.
    outputs
        1 for brain age, 2 for working memory (logits of low and high).
    """

    input_mean: torch.Tensor
    input_sd: torch.Tensor

    def __init__(self, grid: Sequence[int], channels: Sequence[int], kernel: int, dropout: float, outputs: int) -> None:
        super().__init__()
        self.grid = tuple(int(size) for size in grid)
        self.channels = tuple(int(width) for width in channels)
        self.kernel, self.outputs = int(kernel), int(outputs)
        self.n_features = flat_size(grid, channels, kernel)
        self.frozen_blocks = 0
        widths = [1, *self.channels]
        self.blocks = nn.ModuleList(Block(*pair, self.kernel) for pair in itertools.pairwise(widths))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.n_features, self.outputs)
        self.register_buffer("input_mean", torch.zeros(()))
        self.register_buffer("input_sd", torch.ones(()))

    @property
    def first_activation(self) -> int:
        """Numbers in the first convolution's output of one map: the largest tensor of the network."""
        return self.channels[0] * math.prod(size - self.kernel + 1 for size in self.grid)

    def set_scaling(self, mean: float, sd: float) -> None:
        """Scaling of the input: (map - mean) / sd."""
        self.input_mean.fill_(mean)
        self.input_sd.fill_(sd)

    def scale(self, maps: torch.Tensor) -> torch.Tensor:
        """Raw maps (n, 1, x, y, z) as the first block takes them."""
        return (maps - self.input_mean) / self.input_sd

    def features(self, maps: torch.Tensor) -> torch.Tensor:
        """h_v (n, n_features) of raw maps (n, 1, x, y, z): the flattened output of the last block."""
        hidden = self.scale(maps)
        for block in self.blocks:
            hidden = block(hidden)
        return hidden.flatten(1)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Outputs (n, outputs) of raw maps (n, 1, x, y, z)."""
        outputs: torch.Tensor = self.head(self.dropout(self.features(maps)))
        return outputs

    def take_blocks(self, other: "BrainCnn", count: int) -> None:
        """Copy the first `count` blocks (weights and batch statistics) of `other`."""
        for mine, theirs in zip(self.blocks[:count], other.blocks[:count], strict=True):
            mine.load_state_dict(theirs.state_dict())

    def freeze(self, count: int) -> None:
        """Keep the first `count` blocks as they are: weights and batch statistics."""
        self.frozen_blocks = count
        for block in self.blocks[:count]:
            block.requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> "BrainCnn":
        """Training or evaluation mode; frozen blocks stay in evaluation mode."""
        super().train(mode)
        for block in self.blocks[: self.frozen_blocks]:
            block.eval()
        return self

    def architecture(self) -> dict[str, Any]:
        """Plain arguments that build this network again."""
        return {
            "grid": list(self.grid),
            "channels": list(self.channels),
            "kernel": self.kernel,
            "dropout": float(self.dropout.p),
            "outputs": self.outputs,
        }


def _times(sizes: Sequence[int]) -> str:
    return "x".join(str(int(size)) for size in sizes)
