"""Brain-age pretraining (study stage 1)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from cgni.base.seeds import derive_seed
from cgni.imaging.store import GmStore
from cgni.networks.device import Device
from cgni.networks.resume import ResumeFile
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.fit import Fitted, People, Settings, fit_network, watchers
from cgni.pretraining.people import masked_scaling
from cgni.pretraining.tasks import AgeBinTask, AgeTask


def pretrain_brain_age(
    store: GmStore,
    mask: np.ndarray,
    people: Mapping[str, People],
    cfg: Mapping[str, Any],
    seed: int,
    device: Device,
    resume: ResumeFile,
) -> tuple[BrainCnn, Fitted, AgeTask | AgeBinTask]:
    """Train a new network on the ages (years) of `people["fit"]`, watched by `people["monitor"]`.

    Input scaling (inside `mask`) and the scale of age come from the fit people alone.
    `cfg` is the config section `pretraining`.
    """
    ages = people["fit"].values
    task = AgeBinTask.of(ages, cfg["bin_years"]) if cfg["output"] == "bins" else AgeTask.of(ages)
    torch.manual_seed(derive_seed(seed, "start"))
    outputs = len(task.centres) if isinstance(task, AgeBinTask) else 1
    network = BrainCnn(store.grid, cfg["channels"], cfg["kernel"], cfg["dropout"], outputs)
    network.set_scaling(*masked_scaling(store, people["fit"].rows, mask))
    fitted = fit_network(network, store, people["fit"], watchers(people), task, Settings.of(cfg), device, seed, resume)
    return network, fitted, task
