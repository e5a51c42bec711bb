"""Brain age on maps with anatomy: simulated ones are learned in the right direction, real ones pass through."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from cgni.imaging.atlases import atlas_files
from cgni.imaging.grids import choose_grid
from cgni.imaging.mask import gray_matter_mask
from cgni.imaging.packing import pack_maps
from cgni.imaging.reference import correlate_with_reference
from cgni.imaging.store import GmStore, open_maps
from cgni.networks.device import Device, prepare_torch
from cgni.networks.resume import ResumeFile
from cgni.networks.run import Run
from cgni.pretraining.brain_age import pretrain_brain_age
from cgni.pretraining.evaluation import extract_features, predict, score_people
from cgni.pretraining.people import People
from cgni.pretraining.settings import PretrainingSettings
from cgni.simulation.maps import build_anatomy, draw_map
from cgni.simulation.regions import draw_confound_effects, region_multipliers
from cgni.simulation.settings import SimulatedImagesSettings

REAL = Path(__file__).resolve().parents[4] / "shared" / "real" / "images"
CPU = Device(torch.device("cpu"), None)
SETTINGS = PretrainingSettings(channels=(4, 8), batch_size=10, epochs=25, learning_rate=3e-3, patience=25)


def _people(ages: np.ndarray, fit: int, monitor: int) -> dict[str, People]:
    rows = np.split(np.arange(len(ages)), [fit, fit + monitor])
    return {name: People(part, ages[part]) for name, part in zip(("fit", "monitor", "validation"), rows, strict=True)}


def _store(maps: np.ndarray, affine: np.ndarray) -> GmStore:
    return GmStore(maps, pd.Index([str(row) for row in range(len(maps))]), affine)


def test_age_in_simulated_anatomy_is_learned_and_older_means_less_gray_matter(tmp_path: Path) -> None:
    count, rng = 260, np.random.default_rng(0)
    anatomy = build_anatomy(9.0, atlas_files("aal", None)[0])
    drawn = {"age": rng.uniform(45, 80, count), "sex": rng.integers(0, 2, count), "population": 0}
    confounds = pd.DataFrame({**drawn, "site": 11025, "cline": 0.0})
    planted = pd.DataFrame({"column": [], "factor": [], "loading": []})
    images = SimulatedImagesSettings(region_variation=0.05, age_loss=0.08)
    effects = draw_confound_effects(len(anatomy.regions), [11025], images, rng)
    nothing = np.zeros((count, len(anatomy.regions)))
    relative = region_multipliers(nothing, planted, effects, confounds, images, rng)
    maps = np.stack([draw_map(anatomy, row, 1.3, 1.0, 0.05, rng) for row in relative]).astype(np.float16)
    ages, store = confounds["age"].to_numpy(), _store(maps, anatomy.affine)
    volume = maps.astype(np.float32).sum(axis=(1, 2, 3))
    assert np.corrcoef(volume, ages)[0, 1] < -0.5, "older people have less gray matter"

    mask = gray_matter_mask(store.grid, store.affine, 0.1)
    people = _people(ages, 180, 40)
    prepare_torch(1)
    run = Run(CPU, 3, ResumeFile(tmp_path / "r", "d"))
    network, _, task = pretrain_brain_age(store, mask, people, SETTINGS, run)
    metrics = score_people(network, store, people, task, CPU).set_index(["split", "metric"])["value"]
    assert metrics["validation", "mae"] < 0.6 * metrics["validation", "mae_of_mean"]
    rows = people["validation"].rows
    shrunken = _store((maps * np.float16(0.93)).astype(np.float16), anatomy.affine)
    older = task.years(predict(network, shrunken, rows, CPU)) - task.years(predict(network, store, rows, CPU))
    assert (older > 0).mean() > 0.9, "a brain with 7 % less gray matter looks older"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real gray-matter maps are not on this machine")
@pytest.mark.parametrize("grid", ["common", 3.0])
def test_real_maps_go_through_pretraining_and_features(tmp_path: Path, grid: str | float) -> None:
    listed = pd.read_csv(REAL / "participants.csv")
    paths = sorted(str(path) for path in REAL.glob("*.nii.gz"))
    assert len(paths) == len(listed) == 40
    target = choose_grid(paths, grid, threads=2)
    packed = pack_maps(paths, target, tmp_path / "maps.npy", "uint8", tmp_path / "partial", threads=2)
    assert packed.resampled.all() == (grid != "common")
    maps = open_maps(tmp_path / "maps.npy")
    store = GmStore(maps, pd.Index(paths), target.affine, packed.scale)
    mask = gray_matter_mask(store.grid, store.affine, 0.1)
    r = correlate_with_reference(maps, mask, np.ones(40, dtype=bool), True, packed.scale, threads=2).r
    assert (r > 0.7).all()  # affine registration only, 0.75 to 0.86 by their description
    ages = listed.set_index(listed.columns[0]).sort_index().filter(regex="(?i)^age").iloc[:, 0].to_numpy(float)
    run = Run(CPU, 3, ResumeFile(tmp_path / "r", "d"))
    network, fitted, _ = pretrain_brain_age(store, mask, _people(ages, 28, 6), replace(SETTINGS, epochs=1), run)
    assert np.isfinite(fitted.frame()["value"]).all()
    features = extract_features(network, store, np.arange(40), CPU)
    assert features.shape == (40, network.n_features) and np.isfinite(features).all()
    assert (features.std(axis=0) > 0).any()
