"""The imaging network: sizes, order of layers, scaling, transfer and freezing."""

import pytest
import torch
from torch import nn

from cgni.base.errors import InputError
from cgni.pretraining.cnn import BrainCnn, block_shapes, flat_size
from cgni.pretraining.folding import FoldedCnn

PUBLISHED = [32, 64, 128, 256, 256]
GRID = (22, 24, 22)


@pytest.mark.parametrize(
    ("grid", "features"),
    [((121, 145, 121), 512), ((113, 137, 113), 512), ((105, 127, 105), 512), ((128, 141, 128), 2048)],
)
def test_published_flatten_sizes(grid: tuple[int, int, int], features: int) -> None:
    """512 is the published number; the others follow from the layers (study page, A4 and B1)."""
    assert flat_size(grid, PUBLISHED, 3) == features


def test_a_grid_that_cannot_pass_is_refused_with_its_sizes() -> None:
    with pytest.raises(InputError) as caught:
        block_shapes((91, 109, 91), PUBLISHED, 3)
    for part in ("91x109x91", "block 1: 44x53x44", "block 4: 3x4x3", "block 5: 0x1x0"):  # (n - 2) // 2 each time
        assert part in str(caught.value)


@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
def test_sizes_are_those_that_torch_finds(kernel: int) -> None:
    network = BrainCnn((31, 37, 31), [2, 3], kernel, 0.0, 1)
    hidden = torch.rand(2, 1, 31, 37, 31)
    for block, shape in zip(network.blocks, block_shapes((31, 37, 31), [2, 3], kernel), strict=True):
        hidden = block(hidden)
        assert tuple(hidden.shape[1:]) == shape
    assert network.features(torch.rand(2, 1, 31, 37, 31)).shape == (2, network.n_features)


def test_features_follow_the_published_order_of_layers() -> None:
    network = BrainCnn(GRID, [2, 3], 3, 0.2, 2).eval()
    network.set_scaling(0.3, 0.2)
    for block in network.blocks:
        block.norm.running_mean.uniform_(-0.2, 0.2)
        block.norm.weight.data.uniform_(-1, 1)
    maps = torch.rand(4, 1, *GRID)
    layers = []
    for block in network.blocks:
        layers += [block.conv, block.norm, nn.MaxPool3d(2), nn.ReLU()]
    expected = nn.Sequential(*layers)((maps - 0.3) / 0.2).flatten(1)
    torch.testing.assert_close(network.features(maps), expected)
    torch.testing.assert_close(network(maps), network.head(expected))


def test_every_weight_gets_a_gradient() -> None:
    network = BrainCnn(GRID, [2, 3], 3, 0.2, 1)
    network(torch.rand(4, 1, *GRID)).square().mean().backward()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in network.parameters())


def test_transferred_blocks_are_copies_and_frozen_ones_stay() -> None:
    source, network = BrainCnn(GRID, [2, 3], 3, 0.0, 1), BrainCnn(GRID, [2, 3], 3, 0.0, 2)
    source.blocks[0].norm.running_mean.fill_(0.7)
    network.take_blocks(source, 1)
    assert torch.equal(network.blocks[0].conv.weight, source.blocks[0].conv.weight)
    assert not torch.equal(network.blocks[1].conv.weight, source.blocks[1].conv.weight)
    network.freeze(1)
    before = {name: value.clone() for name, value in network.blocks[0].state_dict().items()}
    network.train()
    optimiser = torch.optim.Adam([weight for weight in network.parameters() if weight.requires_grad])
    network(torch.rand(4, 1, *GRID)).sum().backward()
    optimiser.step()
    assert all(torch.equal(value, before[name]) for name, value in network.blocks[0].state_dict().items())
    assert network.blocks[1].training


def test_architecture_builds_the_same_network() -> None:
    network = BrainCnn(GRID, [2, 3], 3, 0.2, 2)
    other = BrainCnn(**network.architecture())
    other.load_state_dict(network.state_dict())
    maps = torch.rand(2, 1, *GRID)
    assert torch.equal(network.eval()(maps), other.eval()(maps))


@pytest.mark.parametrize("channels", [[2, 3], [4]])
def test_folding_changes_nothing_but_rounding(channels: list[int]) -> None:
    torch.manual_seed(0)
    network = BrainCnn(GRID, channels, 3, 0.2, 2)
    network.set_scaling(0.3, 0.2)
    for block in network.blocks:
        block.norm.running_mean.uniform_(-0.5, 0.5)
        block.norm.running_var.uniform_(0.5, 2)
        nn.init.uniform_(block.norm.weight, -1, 1)  # negative ones too: pooling must stay after them
        nn.init.uniform_(block.norm.bias, -1, 1)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    folded, maps = FoldedCnn(network), torch.rand(4, 1, *GRID)
    network.eval()
    torch.testing.assert_close(folded.features(maps), network.features(maps), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(folded(maps), network(maps), rtol=1e-4, atol=1e-5)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_mixed_precision_stays_near_float32_and_pools_in_bf16() -> None:
    torch.manual_seed(0)
    network = BrainCnn(GRID, [4, 8], 3, 0.0, 2).to(memory_format=torch.channels_last_3d)
    maps, seen = torch.rand(4, 1, *GRID), []
    network.blocks[0].pool.register_forward_hook(lambda module, inputs, output: seen.append(output.dtype))
    with torch.autocast("cpu", torch.bfloat16):
        mixed = network.features(maps)
    assert seen == [torch.bfloat16]
    torch.testing.assert_close(mixed.float(), network.features(maps), rtol=0, atol=0.1)  # 8 bits, values up to 4
