"""Exact occlusion against captum, region by region and SNP by SNP."""

import numpy as np
import pytest
import torch
from captum.attr import FeatureAblation

from cgni.base.views import GENETICS, IMAGING
from cgni.contrastive.encoders import EncoderPair, EncoderShape
from cgni.networks.scaling import Scaling
from cgni.occlusion.incremental import occluded_features, plan_region
from cgni.occlusion.losses import column_losses, region_losses
from cgni.occlusion.readout import readout
from cgni.pretraining.cnn import BrainCnn

_GRIDS = [((26, 24, 22), [4, 6, 8], 3), ((24, 25, 26), [4, 6], 5), ((20, 21, 22), [3, 5], 2), ((9, 12, 10), [4], 3)]


def _network(grid: tuple[int, ...], channels: list[int], kernel: int, dtype: torch.dtype) -> BrainCnn:
    torch.manual_seed(0)
    network = BrainCnn(grid, channels, kernel, 0.2, 2).eval()
    network.set_scaling(0.3, 0.2)
    for block in network.blocks:
        block.norm.running_mean.normal_()
        block.norm.running_var.uniform_(0.5, 2)
        block.norm.weight.data.normal_()  # negative ones too: pooling comes after them
    return network.to(dtype)


def _pair(features: int, snps: int, dtype: torch.dtype, layers: tuple[int, ...] = (16, 8)) -> EncoderPair:
    torch.manual_seed(1)
    shape = EncoderShape({IMAGING: layers, GENETICS: layers}, "relu", 0.1, normalise=True)
    scalings = {
        view: Scaling(torch.rand(columns).numpy().astype(float), torch.rand(columns).numpy() + 0.5)
        for view, columns in ((IMAGING, features), (GENETICS, snps))
    }
    return EncoderPair(shape, scalings).to(dtype).eval()


def _random_labels(grid: tuple[int, ...], seed: int) -> torch.Tensor:
    """An atlas of boxes, single voxels in two corners and a scattered region."""
    rng, labels = np.random.default_rng(seed), np.zeros(grid, int)
    for region in range(1, 9):
        low = [int(rng.integers(0, size)) for size in grid]
        high = [int(rng.integers(start + 1, size + 1)) for start, size in zip(low, grid, strict=True)]
        labels[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] = region
    labels[rng.random(grid) < 0.01] = 9
    labels[0, 0, 0], labels[-1, -1, -1] = 10, 11
    return torch.from_numpy(labels)


def _ablated(network: BrainCnn, pair: EncoderPair, read, maps, base, labels) -> np.ndarray:
    """captum's attributions [people, regions, components], one call a component."""
    columns = []
    for component in range(2):
        ablation = FeatureAblation(lambda m, c=component: read(pair.encode(IMAGING, network.features(m)))[:, c])
        given = ablation.attribute(maps[:, None], baselines=base[:, None], feature_mask=labels[None, None])[:, 0]
        columns.append(torch.stack([given[:, labels == region][:, 0] for region in labels.unique()], dim=1))
    return torch.stack(columns, dim=2).numpy()


@pytest.mark.parametrize(("grid", "channels", "kernel"), _GRIDS)
def test_region_occlusion_equals_captum_in_float64(grid: tuple[int, ...], channels: list[int], kernel: int) -> None:
    network = _network(grid, channels, kernel, torch.float64)
    pair, labels = _pair(network.n_features, 4, torch.float64), _random_labels(grid, 0)
    rng = np.random.default_rng(1)
    read = readout(rng.standard_normal((8, 2)), Scaling(rng.standard_normal(8), rng.random(8) + 0.5), "variate")
    maps = torch.rand(3, *grid, dtype=torch.float64)
    base = torch.rand(3, *grid, dtype=torch.float64)
    regions = [plan_region((labels == region).numpy(), kernel, len(channels)) for region in labels.unique()]
    with torch.inference_mode():
        ours = region_losses(pair, *occluded_features(network, maps, base, regions), read)
        expected = _ablated(network, pair, read, maps, base, labels)
    assert np.allclose(ours, expected, rtol=1e-6, atol=1e-11 * np.abs(expected).max())
    assert np.abs(ours[:, 0]).max() > 0


@pytest.mark.parametrize("last", [False, True])
def test_region_occlusion_in_float32(last: bool) -> None:
    network = _network(*_GRIDS[0], torch.float32)
    if last:
        network = network.to(memory_format=torch.channels_last_3d)
    pair, labels = _pair(network.n_features, 4, torch.float32), _random_labels(_GRIDS[0][0], 2)
    maps = torch.rand(2, *_GRIDS[0][0])
    regions = [plan_region((labels == region).numpy(), 3, 3) for region in labels.unique()]
    with torch.inference_mode():
        _, occluded = occluded_features(network, maps, torch.zeros_like(maps), regions)
        for number, region in enumerate(labels.unique()):
            without = maps.masked_fill(labels == region, 0.0)
            expected = pair.encode(IMAGING, network.features(without[:, None]))
            assert (pair.encode(IMAGING, occluded[:, number]) - expected).abs().max() <= 1e-5 * expected.abs().max()


def test_a_region_that_reaches_no_pooling_window_changes_nothing() -> None:
    network = _network((9, 9, 9), [2], 3, torch.float64)  # the convolution leaves 7 voxels, pooling reads 6
    mask = np.zeros((9, 9, 9), bool)
    mask[8, 8, 8] = True
    maps = torch.rand(1, 9, 9, 9, dtype=torch.float64)
    with torch.inference_mode():
        intact, occluded = occluded_features(network, maps, torch.zeros_like(maps), [plan_region(mask, 3, 1)])
        without = maps.masked_fill(torch.from_numpy(mask), 0.0)
        assert torch.equal(intact, occluded[:, 0])
        assert torch.allclose(network.features(without[:, None]), intact, rtol=1e-12)


@pytest.mark.parametrize("layers", [(16, 12, 8), (8,)])
@pytest.mark.parametrize(("dtype", "relative"), [(torch.float64, 1e-6), (torch.float32, None)])
@pytest.mark.parametrize("baseline", ["zero", "mean"])
def test_snp_occlusion_equals_captum(
    layers: tuple[int, ...], dtype: torch.dtype, relative: float | None, baseline: str
) -> None:
    pair = _pair(4, 30, dtype, layers)
    rng = np.random.default_rng(2)
    precision = torch.zeros((), dtype=dtype).numpy().dtype
    counts = rng.choice([0.0, 1.0, 2.0, 0.37], (25, 30), p=[0.5, 0.3, 0.15, 0.05]).astype(precision)
    base = np.zeros(30) if baseline == "zero" else counts.mean(axis=0)
    read = readout(rng.standard_normal((8, 3)), Scaling(np.zeros(8), np.ones(8)), "variate")
    ours = column_losses(pair, GENETICS, counts, base, read, rows=100)
    with torch.inference_mode():
        for component in range(3):
            ablation = FeatureAblation(lambda x, c=component: read(pair.encode(GENETICS, x))[:, c])
            given = ablation.attribute(torch.from_numpy(counts), baselines=torch.from_numpy(base).to(dtype)[None])
            if relative is None:
                assert np.abs(ours[:, :, component] - given.numpy()).max() <= 1e-5
            else:
                assert np.allclose(ours[:, :, component], given.numpy(), rtol=relative, atol=1e-12)
    if baseline == "zero":
        assert (ours[counts == 0] == 0).all() and np.abs(ours[counts > 0]).min(axis=0).max() > 0


def test_readouts() -> None:
    weights, scaling = np.array([[2.0, 0.5], [-3.0, 0.1]]), Scaling(np.array([1.0, 1.0]), np.array([2.0, 2.0]))
    latent = torch.tensor([[3.0, 5.0]])
    # standardised: (1, 2); component 1: 2 - 6 = -4; component 2: .5 + .2 = .7
    assert readout(weights, scaling, "variate")(latent)[0].tolist() == pytest.approx([-4.0, 0.7])
    assert readout(weights, scaling, "largest")(latent)[0].tolist() == [5.0, 3.0]
