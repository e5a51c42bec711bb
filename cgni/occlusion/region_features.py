"""What the imaging network makes of people's maps with each region occluded; the encoders come later."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch

from cgni.imaging.atlas import region_means
from cgni.occlusion.incremental import batch_of_people, occluded_features, plan_region
from cgni.occlusion.occlusion import map_baseline
from cgni.pretraining.cnn import BrainCnn


@dataclass(frozen=True)
class RegionFeatures:
    """One fold's people with their features, intact and without each region.

    Attributes
    ----------
    ids : participant ids, sorted.
    names, sizes : of the regions; voxels on the grid.
    means : float64 [people, regions], mean gray matter.
    intact : float32 [people, features].
    occluded : float32 [people, regions, features].
    """

    ids: np.ndarray
    names: np.ndarray
    sizes: np.ndarray
    means: np.ndarray
    intact: np.ndarray
    occluded: np.ndarray

    def arrays(self) -> dict[str, np.ndarray]:
        """Plain arrays that numpy saves without pickling."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def occlude_people(
    network: BrainCnn,
    maps: Iterable[np.ndarray],
    ids: Iterable[str],
    labels: np.ndarray,
    regions: np.ndarray,
    names: Iterable[str],
    baseline: str,
    mean_map: np.ndarray | None,
) -> RegionFeatures:
    """Occlude each region in each person's map, a few people at a time.

    Parameters
    ----------
    network
        In evaluation mode, on the device that computes.
    maps
        float32 [x, y, z], raw, one after the other in the order of `ids`.
    labels, regions
        Atlas on the maps' grid, and the labels of the regions (each with at least one voxel).
    baseline, mean_map
        `map_baseline`.
    """
    masks = [labels == region for region in regions]
    plans = [plan_region(mask, network.kernel, len(network.channels)) for mask in masks]
    stand_in = map_baseline(baseline, mean_map)
    intact, occluded, means = [], [], []
    with torch.inference_mode():
        for batch in _batches(maps, batch_of_people(network.grid)):
            stand_ins = np.stack([np.asarray(stand_in(density), np.float32) for density in batch])
            full, without = occluded_features(network, torch.from_numpy(batch), torch.from_numpy(stand_ins), plans)
            intact.append(full.float().cpu().numpy())
            occluded.append(without.float().cpu().numpy())
            means.append(region_means(batch, labels, regions))
    return RegionFeatures(
        ids=np.array([str(person) for person in ids]),
        names=np.array([str(name) for name in names]),
        sizes=np.array([int(mask.sum()) for mask in masks]),
        means=np.concatenate(means),
        intact=np.concatenate(intact),
        occluded=np.concatenate(occluded),
    )


def _batches(maps: Iterable[np.ndarray], size: int) -> Iterable[np.ndarray]:
    batch: list[np.ndarray] = []
    for density in maps:
        batch.append(density)
        if len(batch) == size:
            yield np.stack(batch)
            batch = []
    if batch:
        yield np.stack(batch)
