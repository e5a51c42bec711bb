"""Occlusion of all AAL regions in a map: captum's FeatureAblation against the incremental form."""

import argparse
import resource

import numpy as np
import torch
from captum.attr import FeatureAblation

from benchmarks.common import describe_machine, median_seconds, report
from cgni.imaging.atlas import read_atlas
from cgni.imaging.atlases import atlas_files
from cgni.occlusion.incremental import occluded_features, plan_region
from cgni.pretraining.cnn import BrainCnn

_ORIGIN = [-90.0, -126.0, -72.0]


def main() -> None:
    """Run both sides and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3 mm grid and a smaller network; under a minute")
    parser.add_argument("--people", type=int, default=2)
    parser.add_argument("--peer-regions", type=int, default=8, help="regions captum occludes; the rest is extrapolated")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    voxel, channels = (3.0, [16, 32, 64, 64]) if arguments.quick else (1.5, [32, 64, 128, 256, 256])
    grid = tuple(int(length / voxel) + 1 for length in (180, 216, 180))
    affine = np.diag([voxel, voxel, voxel, 1.0])
    affine[:3, 3] = _ORIGIN
    atlas = read_atlas(*atlas_files("aal", None), grid, affine)
    labels, regions = atlas.labels, atlas.present
    describe_machine()
    print(
        f"{arguments.people} people, {'x'.join(map(str, grid))} voxels, channels {channels}, {len(regions)} regions; "
        f"CPU, {arguments.threads} threads, float32, channels last on both sides"
    )
    network, maps = _network(grid, channels), torch.rand(arguments.people, *grid)
    plans = [plan_region(labels == region, 3, len(channels)) for region in regions]
    with torch.inference_mode():
        (intact, ours), seconds = median_seconds(
            lambda: occluded_features(network, maps, torch.zeros_like(maps), plans), arguments.repeats
        )
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        few = regions[:: max(1, len(regions) // arguments.peer_regions)][: arguments.peer_regions]
        peer, peer_seconds = median_seconds(lambda: _captum(network, maps, labels, few), arguments.repeats)
    # captum's passes cost the same whatever the region; here it made two more than regions, needed is one
    whole = peer_seconds / (len(few) + 2) * (len(regions) + 1)
    places = [int(np.flatnonzero(regions == region)[0]) for region in few]
    differences = (intact[:, None] - ours)[:, places]
    agreement = float((differences.double() - peer).abs().max() / intact.abs().max())
    print(f"captum: {len(few)} regions in {peer_seconds:.2f} s, extrapolated per forward pass to all: {whole:.1f} s")
    print(f"incremental: all regions in {seconds:.2f} s; peak memory of the process {memory:.2f} GiB")
    cost = {"seconds": seconds, "peer_seconds_extrapolated": whole, "peak_gib": memory}
    report("occlusion_regions", ratio=whole / seconds, agreement=agreement, **cost)


def _network(grid: tuple[int, ...], channels: list[int]) -> BrainCnn:
    torch.manual_seed(0)
    network = BrainCnn(grid, channels, 3, 0.2, 2).eval()
    network.set_scaling(0.3, 0.2)
    for block in network.blocks:
        block.norm.running_mean.normal_(0, 0.1)
        block.norm.running_var.uniform_(0.5, 2)
    return network.to(memory_format=torch.channels_last_3d)


def _captum(network: BrainCnn, maps: torch.Tensor, labels: np.ndarray, regions: np.ndarray) -> torch.Tensor:
    """Contributions [people, regions, features]; the forward function returns all features at once."""
    wanted = torch.zeros(labels.shape, dtype=torch.long)
    for number, region in enumerate(regions, start=1):
        wanted[torch.from_numpy(labels == region)] = number
    found: list[torch.Tensor] = []

    def forward(batch: torch.Tensor) -> torch.Tensor:
        h = network.features(batch.contiguous(memory_format=torch.channels_last_3d))
        found.append(h.double())
        return h.sum(dim=1)

    # passes: intact, all voxels outside of the chosen regions (the mask's 0), then region by region
    FeatureAblation(forward).attribute(maps[:, None], feature_mask=wanted[None, None])
    return torch.stack([found[0] - h for h in found[2:]], dim=1)


if __name__ == "__main__":
    main()
