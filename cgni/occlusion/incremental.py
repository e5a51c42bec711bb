"""The features h_v of maps with one region occluded, recomputing only what the region reaches.

A convolution with a small kernel and a pooling by two carry a change in a box of voxels to a
slightly larger box of the next block's output. Outside of it the activations of the intact map
stay as they are, so every block needs the crop of its cached input around the box, with the
changed values pasted in. The result is exact (up to the order of floating-point sums).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn.functional import max_pool3d
from torch.nn.utils import fuse_conv_bn_eval

from cgni.pretraining.cnn import Block, BrainCnn

Slices = tuple[slice, slice, slice]
# Voxels of the input held at once; activations take about six times the memory of the maps.
_BATCH_VOXELS = 12_000_000
# Share of a block's input that boxes must cover on average before it is computed whole.
_WHOLE = 0.6
# Regions whose whole blocks are computed in one batch.
_REGIONS = 32


@dataclass(frozen=True)
class Step:
    """One block's work for one region, in indices of the block's input and output.

    Attributes
    ----------
    crop : part of the block's input that it reads.
    taken : part of the changed input that a pooling window reads (at the far edge some voxels are in none).
    paste : where that part lies within the crop.
    changed : part of the block's output that may differ; empty where the region has no effect.
    """

    crop: Slices
    taken: Slices
    paste: Slices
    changed: Slices


@dataclass(frozen=True)
class Region:
    """A region's bounding box in the map, its mask within the box, and the blocks' steps."""

    box: Slices
    mask: np.ndarray
    steps: tuple[Step, ...]


def plan_region(mask: np.ndarray, kernel: int, blocks: int) -> Region:
    """What has to be recomputed when the voxels of `mask` (bool [x, y, z], not empty) change."""
    box = _three(_span(np.asarray(mask.any(axis=axes))) for axes in ((1, 2), (0, 2), (0, 1)))
    steps, changed, sizes = [], box, mask.shape
    for _ in range(blocks):
        moves = [_advance(span.start, span.stop, size, kernel) for span, size in zip(changed, sizes, strict=True)]
        crop, taken, paste, changed = (_three(move[part] for move in moves) for part in range(4))
        steps.append(Step(crop, taken, paste, changed))
        sizes = tuple((size - kernel + 1) // 2 for size in sizes)
    return Region(box, mask[box], tuple(steps))


def occluded_features(
    network: BrainCnn,
    maps: torch.Tensor,
    stand_ins: torch.Tensor,
    regions: Sequence[Region],
) -> tuple[torch.Tensor, torch.Tensor]:
    """h_v of the intact maps and of each map without each region.

    Parameters
    ----------
    network
        In evaluation mode; the batch is computed on its device and in its precision.
    maps, stand_ins
        [people, x, y, z], raw; voxels of `stand_ins` replace occluded ones.
    regions
        From `plan_region`, for this network's kernel and blocks.

    Returns
    -------
    intact : [people, features].
    occluded : [people, regions, features], on the network's device.
    """
    reference = network.head.weight
    convolutions = [_fused(block) for block in network.blocks]
    cached = [network.scale(maps[:, None].to(reference))]
    for convolution in convolutions:
        cached.append(_block(convolution, cached[-1]))
    base = network.scale(stand_ins[:, None].to(reference))
    boxed = _boxed_blocks(regions, cached)
    occluded = []
    for start in range(0, len(regions), _REGIONS):
        # inputs of the first block that is computed whole, [regions, people, channels, x, y, z]
        hidden = torch.stack(
            [_by_boxes(convolutions[:boxed], cached, base, r) for r in regions[start : start + _REGIONS]]
        )
        regions_and_people, hidden = hidden.shape[:2], hidden.flatten(0, 1)
        for convolution in convolutions[boxed:]:
            hidden = _block(convolution, hidden)
        occluded.append(hidden.flatten(1).view(*regions_and_people, -1))
    return cached[-1].flatten(1), torch.cat(occluded).transpose(0, 1)


def batch_of_people(grid: Sequence[int], voxels: int = _BATCH_VOXELS) -> int:
    """How many people to compute at once on a grid."""
    return max(1, voxels // int(np.prod(grid)))


def _fused(block: nn.Module) -> nn.Conv3d:
    """A block's convolution with its normalisation folded in."""
    assert isinstance(block, Block)
    return fuse_conv_bn_eval(block.conv, block.norm)


def _block(convolution: nn.Conv3d, values: torch.Tensor) -> torch.Tensor:
    """A block of the network whose normalisation is folded into its convolution."""
    channels_last = convolution.weight.is_contiguous(memory_format=torch.channels_last_3d)
    values = values.contiguous(memory_format=torch.channels_last_3d if channels_last else torch.contiguous_format)
    return torch.relu_(max_pool3d(convolution(values), 2))


def _boxed_blocks(regions: Sequence[Region], cached: Sequence[torch.Tensor]) -> int:
    """How many blocks to compute by boxes: those before the boxes cover most of a block's input on average."""
    for block, before in enumerate(cached[:-1]):
        crops = [np.prod([part.stop - part.start for part in region.steps[block].crop]) for region in regions]
        if np.mean(crops) > _WHOLE * np.prod(before.shape[2:]):
            return block
    return len(cached) - 1


def _by_boxes(
    convolutions: Sequence[nn.Conv3d], cached: Sequence[torch.Tensor], base: torch.Tensor, region: Region
) -> torch.Tensor:
    """The activations after `convolutions` with the region occluded, [people, channels, x, y, z]."""
    within = (..., *region.box)
    changed = torch.where(torch.from_numpy(region.mask).to(base.device), base[within], cached[0][within])
    where = region.box
    for convolution, before, step in zip(convolutions, cached, region.steps, strict=False):
        where = step.changed
        if any(part.start == part.stop for part in where):  # only voxels that reach no pooling window
            return cached[len(convolutions)]
        crop = before[(..., *step.crop)].clone()
        crop[(..., *step.paste)] = changed[(..., *step.taken)]
        changed = _block(convolution, crop)
    activations = cached[len(convolutions)].clone()
    activations[(..., *where)] = changed
    return activations


def _advance(low: int, high: int, size: int, kernel: int) -> tuple[slice, slice, slice, slice]:
    """Along one axis, for changed input [low, high): the slices of a `Step`."""
    pooled = (size - kernel + 1) // 2
    first, last = max(low - kernel + 1, 0) // 2, min((high - 1) // 2 + 1, pooled)
    if first >= last:
        nothing = slice(0, 0)
        return nothing, nothing, nothing, nothing
    start, stop = 2 * first, 2 * last + kernel - 1
    end = min(high, stop)
    return slice(start, stop), slice(0, end - low), slice(low - start, end - start), slice(first, last)


def _three(slices: Iterable[slice]) -> Slices:
    x, y, z = slices
    return x, y, z


def _span(present: np.ndarray) -> slice:
    filled = np.flatnonzero(present)
    return slice(int(filled[0]), int(filled[-1]) + 1)
