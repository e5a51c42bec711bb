"""Features of people's maps without each region: against the network run on masked maps."""

import logging

import numpy as np
import pandas as pd
import pytest
import torch

from cgni.imaging.atlas import Atlas
from cgni.imaging.store import GmStore
from cgni.occlusion.occluded import RegionFeatures
from cgni.occlusion.people import OccludedPeople
from cgni.occlusion.region_features import fold_features, map_baseline
from cgni.pretraining.cnn import BrainCnn

_GRID = (12, 13, 14)


@pytest.fixture
def atlas() -> Atlas:
    """Two regions, and one without a voxel."""
    labels = np.zeros(_GRID, np.int32)
    labels[2:6, 2:6, 2:6], labels[7:10, 7:11, 4:12] = 3, 9
    return Atlas(labels, pd.Series({3: "Left", 5: "Nowhere", 9: "Right"}))


@pytest.fixture
def store() -> GmStore:
    """Six people's maps."""
    maps = np.random.default_rng(0).random((6, *_GRID)).astype(np.float32)
    return GmStore(maps, pd.Index(list("abcdef")), np.eye(4))


@pytest.fixture
def network() -> BrainCnn:
    """In evaluation mode."""
    torch.manual_seed(0)
    made = BrainCnn(_GRID, [3, 4], 3, 0.2, 2).eval()
    made.set_scaling(0.4, 0.2)
    return made


def test_features_without_a_region_are_those_of_maps_with_the_training_peoples_mean(
    atlas: Atlas, store: GmStore, network: BrainCnn, caplog: pytest.LogCaptureFixture
) -> None:
    people = OccludedPeople(pd.Index(["b", "e"]), pd.Index(["a", "c", "d"]))
    with caplog.at_level(logging.WARNING):
        found = fold_features(network, store, atlas, people, "mean")
    assert "1 of 3 regions have no voxel on this grid: Nowhere" in caplog.text
    assert found.ids.tolist() == ["b", "e"] and found.names.tolist() == ["Left", "Right"]
    assert found.sizes.tolist() == [64, 96]
    mean = store.maps[[0, 2, 3]].mean(axis=0)
    for row, person in enumerate((1, 4)):
        for column, label in enumerate((3, 9)):
            inside = atlas.labels == label
            masked = np.where(inside, mean, store.maps[person]).astype(np.float32)
            with torch.inference_mode():
                expected = network.features(torch.from_numpy(masked)[None, None])[0].numpy()
            assert np.allclose(found.occluded[row, column], expected, atol=1e-5)
            assert found.means[row, column] == pytest.approx(store.maps[person][inside].mean(), rel=1e-5)
        with torch.inference_mode():
            intact = network.features(torch.from_numpy(store.maps[person])[None, None])[0].numpy()
        assert np.allclose(found.intact[row], intact, atol=1e-5)


def test_features_come_back_from_their_file(atlas: Atlas, store: GmStore, network: BrainCnn, tmp_path) -> None:
    found = fold_features(network, store, atlas, OccludedPeople(pd.Index(["c"]), pd.Index(["a"])), "zero")
    found.save(tmp_path / "features.npz")
    again = RegionFeatures.load(tmp_path / "features.npz")
    for name in ("ids", "names", "sizes", "means", "intact", "occluded"):
        assert np.array_equal(getattr(again, name), getattr(found, name))


def test_map_baselines() -> None:
    density, mean = np.random.default_rng(0).random((6, 6, 6)), np.full((6, 6, 6), 0.4)
    assert (map_baseline("zero")(density) == 0).all()
    assert map_baseline("mean", mean)(density) is mean
    blurred = map_baseline("blur")(density)
    assert blurred.std() < density.std() and blurred.mean() == pytest.approx(density.mean(), abs=0.05)
