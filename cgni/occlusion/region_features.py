"""What the imaging network makes of people's maps with each region occluded; the encoders come later."""

import logging
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import torch
from scipy.ndimage import gaussian_filter

from cgni.imaging.atlas import Atlas, region_means
from cgni.imaging.store import GmStore
from cgni.occlusion.incremental import batch_of_people, occluded_features, plan_region
from cgni.occlusion.occluded import RegionFeatures
from cgni.occlusion.people import OccludedPeople
from cgni.pretraining.cnn import BrainCnn

_BLUR_VOXELS = 3.0
# What stands in for the voxels of a map [x, y, z].
StandIn = Callable[[np.ndarray], np.ndarray]


def fold_features(
    network: BrainCnn, store: GmStore, atlas: Atlas, people: OccludedPeople, baseline: str
) -> RegionFeatures:
    """Occlude each region of the atlas in the maps of a fold's people.

    Parameters
    ----------
    network
        The fold's, in evaluation mode, on the device that computes.
    atlas
        On the store's grid.
    baseline
        `map_baseline`; the mean map is that of the training people.
    """
    if atlas.lost:
        counts = f"{len(atlas.lost)} of {len(atlas.names)}"
        logging.warning("%s regions have no voxel on this grid: %s", counts, ", ".join(atlas.lost))
    mean_map = store.mean_map(store.rows_of(people.training)) if baseline == "mean" else None
    maps = store.each(store.rows_of(people.ids))
    logging.info("%d people, %d regions", len(people.ids), len(atlas.present))
    return occlude_people(network, maps, people.ids, atlas, map_baseline(baseline, mean_map))


def occlude_people(
    network: BrainCnn, maps: Iterable[np.ndarray], ids: Iterable[str], atlas: Atlas, stand_in: StandIn
) -> RegionFeatures:
    """Occlude each region in each person's map, a few people at a time.

    Parameters
    ----------
    network
        In evaluation mode, on the device that computes.
    maps
        float32 [x, y, z], raw, one after the other in the order of `ids`.
    atlas
        On the maps' grid; regions without a voxel are left out.
    """
    labels, regions = atlas.labels, atlas.present
    masks = [labels == region for region in regions]
    plans = [plan_region(mask, network.kernel, len(network.channels)) for mask in masks]
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
        names=np.array([str(name) for name in atlas.names[regions]]),
        sizes=np.array([int(mask.sum()) for mask in masks]),
        means=np.concatenate(means),
        intact=np.concatenate(intact),
        occluded=np.concatenate(occluded),
    )


def map_baseline(kind: str, mean_map: np.ndarray | None = None) -> StandIn:
    """What stands in for a map's occluded voxels.

    `zero`: no gray matter; `mean`: `mean_map`, that of training people; `blur`: the map itself, Gaussian SD 3 voxels.
    """
    if kind == "zero":
        return np.zeros_like
    if kind == "mean":
        assert mean_map is not None
        return lambda density: mean_map
    return lambda density: np.asarray(gaussian_filter(density, _BLUR_VOXELS))


def _batches(maps: Iterable[np.ndarray], size: int) -> Iterator[np.ndarray]:
    batch: list[np.ndarray] = []
    for density in maps:
        batch.append(density)
        if len(batch) == size:
            yield np.stack(batch)
            batch = []
    if batch:
        yield np.stack(batch)
