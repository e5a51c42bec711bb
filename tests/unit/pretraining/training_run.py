"""Pretrain on made-up maps and write everybody's features: run as a process of its own, so that a test can kill it.

python -m tests.unit.pretraining.training_run FOLDER NAME
"""

import logging
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from cgni.imaging.store import GmStore
from cgni.networks.device import Device, prepare_torch
from cgni.networks.resume import ResumeFile
from cgni.networks.run import Run
from cgni.pretraining.brain_age import pretrain_brain_age
from cgni.pretraining.evaluation import extract_features
from cgni.pretraining.people import People
from cgni.pretraining.settings import PretrainingSettings

GRID = (30, 32, 30)
EPOCHS = 6
SETTINGS = PretrainingSettings(channels=(8, 16), batch_size=8, epochs=EPOCHS, patience=EPOCHS)


def main(folder: Path, name: str) -> None:
    """Fit, going on from an earlier state when there is one, and write FOLDER/NAME.npy."""
    rng = np.random.default_rng(0)
    ages = rng.uniform(45, 80, 80)
    maps = (rng.random((80, *GRID)) * 0.2 + (1 - 0.01 * (ages - 45))[:, None, None, None]).astype(np.float16)
    store = GmStore(maps, pd.Index([str(row) for row in range(80)]), np.eye(4))
    rows = {"fit": np.arange(64), "monitor": np.arange(64, 80), "validation": np.arange(0)}
    people = {part: People(chosen, ages[chosen]) for part, chosen in rows.items()}
    prepare_torch(1)
    device = Device(torch.device("cpu"), None)
    run = Run(device, 7, ResumeFile(folder / f"{name}-resume", "digest"))
    network, _, _ = pretrain_brain_age(store, np.ones(GRID, dtype=bool), people, SETTINGS, run)
    np.save(folder / f"{name}.npy", extract_features(network, store, np.arange(80), device))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(Path(sys.argv[1]), sys.argv[2])
