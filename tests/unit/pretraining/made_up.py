"""Made-up maps whose level falls with age, and short fits on them."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch

from cgni.imaging.store import GmStore
from cgni.networks.device import Device
from cgni.networks.resume import ResumeFile
from cgni.networks.run import Run
from cgni.pretraining.people import People
from cgni.pretraining.settings import PretrainingSettings

GRID = (12, 13, 12)
CPU = Device(torch.device("cpu"), None)
PRETRAINING = PretrainingSettings(
    bin_years=2.0, channels=(3, 4), batch_size=8, epochs=5, learning_rate=1e-2, patience=5
)


def made_up_maps() -> tuple[np.ndarray, np.ndarray]:
    """60 maps (float16) and ages (years)."""
    rng = np.random.default_rng(0)
    ages = rng.uniform(45, 80, 60)
    values = rng.random((60, *GRID)) * 0.2 + (1 - 0.01 * (ages - 45))[:, None, None, None]
    return values.astype(np.float16), ages


def store_of(maps: np.ndarray) -> GmStore:
    """A store of p00, p01 ..."""
    return GmStore(maps, pd.Index([f"p{row:02d}" for row in range(len(maps))]), np.eye(4))


def parts_of(values: np.ndarray, monitor: bool = True) -> dict[str, People]:
    """40 fit, 10 monitor and 10 validation people; without monitor people 50 fit people."""
    rows = {"fit": np.arange(40), "monitor": np.arange(40, 50), "validation": np.arange(50, 60)}
    if not monitor:
        rows |= {"fit": np.arange(50), "monitor": np.arange(0)}
    return {name: People(part, values[part]) for name, part in rows.items()}


def run_on_cpu(resume: Path | ResumeFile, seed: int = 7) -> Run:
    """A run with a resume file of this stem."""
    return Run(CPU, seed, resume if isinstance(resume, ResumeFile) else ResumeFile(resume, "d"))


def weight_bytes(network: torch.nn.Module) -> dict[str, bytes]:
    """The bytes of all weights and statistics."""
    return {name: value.contiguous().numpy().tobytes() for name, value in network.state_dict().items()}


def splits_of(ids: list[str], holdout: int = 5) -> pd.DataFrame:
    """A split of everybody: the first ones held out, the rest in five folds, of fold 0 every fifth a monitor person."""
    count = len(ids) - holdout
    splits = pd.DataFrame({"participant_id": ids, "role": ["holdout"] * holdout + ["development"] * count})
    splits["fold"] = [-1] * holdout + [number % 5 for number in range(count)]
    splits["monitor_0"] = (splits["role"] == "development") & (splits["fold"] == 1)
    return splits
