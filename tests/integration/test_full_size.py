"""The published network on the published grid: three training steps and the features, in minutes on 2 cores."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from cgni.imaging.store import GmStore, open_maps
from cgni.networks.resume import ResumeFile
from cgni.networks.run import Run
from cgni.networks.settings import ExecutionSettings
from cgni.pretraining.brain_age import pretrain_brain_age
from cgni.pretraining.evaluation import extract_features
from cgni.pretraining.people import People
from cgni.pretraining.settings import PretrainingSettings

pytestmark = pytest.mark.slow

GRID = (121, 145, 121)
SETTINGS = PretrainingSettings(channels=(32, 64, 128, 256, 256), batch_size=2, epochs=1, learning_rate=1e-4, patience=1)


def test_three_steps_and_features_at_full_size(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    kind = {"dtype": np.float16, "shape": (*GRID, 6), "fortran_order": True}
    maps = np.lib.format.open_memmap(tmp_path / "maps.npy", mode="w+", **kind)
    for row in range(6):
        maps[..., row] = rng.random(GRID, dtype=np.float32)
    maps.flush()
    store = GmStore(open_maps(tmp_path / "maps.npy"), pd.Index([str(row) for row in range(6)]), np.eye(4))
    people = {
        "fit": People(np.arange(6), np.linspace(45, 80, 6)),
        "monitor": People(np.arange(0), np.arange(0.0)),
    }
    mask = np.zeros(GRID, dtype=bool)
    mask[30:90, 30:110, 30:90] = True
    run = Run.start(ExecutionSettings(device="cpu"), 1, 2, ResumeFile(tmp_path / "resume", "d"))
    network, fitted, _ = pretrain_brain_age(store, mask, people, SETTINGS, run)
    steps = run.resume.load()["optimiser"]["steps"][0]
    assert int(steps) == 3
    assert np.isfinite(fitted.frame()["value"]).all()
    features = extract_features(network, store, np.arange(2), run.device)
    assert features.shape == (2, 512)  # the published number
    with torch.inference_mode():
        plain = network.features(torch.from_numpy(store.read(np.arange(1)))[:, None]).numpy()
    # bf16 keeps 8 bits of each of five blocks' inputs
    np.testing.assert_allclose(features[0], plain[0], atol=0.05 * np.abs(plain).max())
