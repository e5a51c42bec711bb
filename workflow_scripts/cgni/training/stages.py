"""Brain-age pretraining and the transfer to working memory (study stage 1)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch

from workflow_scripts.cgni.errors import InputError
from workflow_scripts.cgni.imaging.store import GmStore
from workflow_scripts.cgni.models.cnn import BrainCnn
from workflow_scripts.cgni.seeds import derive_seed
from workflow_scripts.cgni.training.checkpoint import build_cnn
from workflow_scripts.cgni.training.device import Device
from workflow_scripts.cgni.training.fit import Fitted, People, Settings, fit_network
from workflow_scripts.cgni.training.people import masked_scaling
from workflow_scripts.cgni.training.resume import ResumeFile
from workflow_scripts.cgni.training.tasks import AgeTask, WmTask


def pretrain_brain_age(
    store: GmStore,
    mask: np.ndarray,
    people: Mapping[str, People],
    cfg: Mapping[str, Any],
    seed: int,
    device: Device,
    resume: ResumeFile,
) -> tuple[BrainCnn, Fitted, AgeTask]:
    """Train a new network on the ages (years) of `people["fit"]`, watched by `people["monitor"]`.

    Input scaling (inside `mask`) and the scale of age come from the fit people alone.
    `cfg` is the config section `pretraining`.
    """
    torch.manual_seed(derive_seed(seed, "start"))
    network = BrainCnn(store.grid, cfg["channels"], cfg["kernel"], cfg["dropout"], outputs=1)
    network.set_scaling(*masked_scaling(store, people["fit"].rows, mask))
    task = AgeTask.of(people["fit"].values)
    fitted = fit_network(network, store, people["fit"], _watchers(people), task, Settings.of(cfg), device, seed, resume)
    return network, fitted, task


def finetune_wm(
    store: GmStore,
    brain_age: Mapping[str, Any],
    people: Mapping[str, People],
    cfg: Mapping[str, Any],
    seed: int,
    device: Device,
    resume: list[ResumeFile],
) -> tuple[BrainCnn, Fitted, WmTask]:
    """Train a classifier of working memory that starts from the first blocks of a brain-age network.

    Each self-transfer round starts again from the first `transfer_blocks` blocks of the best
    network so far, the rest new. The best round by monitor score is kept; without monitor
    people the last. This is our reading of a method that is cited without a text (unverified).

    Parameters
    ----------
    brain_age
        Checkpoint of the fold's brain-age network (architecture, scaling and weights).
    cfg
        Config section `transfer`.
    resume
        One resume file a round: `self_transfer_rounds + 1`.

    Raises
    ------
    InputError
        One of the classes is absent among the fit or the monitor people.
    """
    for name in ("fit", "monitor"):
        _need_both_classes(name, people[name].values)
    task = WmTask.of(people["fit"].values, cfg["class_weights"])
    source = build_cnn(dict(brain_age))
    best: tuple[BrainCnn, Fitted] | None = None
    curve: list[dict[str, Any]] = []
    for number in range(cfg["self_transfer_rounds"] + 1):
        network = _transferred(source, cfg, derive_seed(seed, "start", number))
        fitted = fit_network(
            network,
            store,
            people["fit"],
            _watchers(people),
            task,
            Settings.of(cfg),
            device,
            derive_seed(seed, number),
            resume[number],
        )
        before = len({row["epoch"] for row in curve})
        curve += [{**row, "epoch": row["epoch"] + before} for row in fitted.curve]
        if best is None or _better(fitted, best[1]):
            best = (network, fitted)
        source = best[0]
    network, fitted = best
    return network, Fitted(curve, fitted.epochs, fitted.best_epoch, fitted.best_score), task


def _transferred(source: BrainCnn, cfg: Mapping[str, Any], seed: int) -> BrainCnn:
    torch.manual_seed(seed)
    network = BrainCnn(**{**source.architecture(), "outputs": 2})
    network.set_scaling(float(source.input_mean), float(source.input_sd))
    network.take_blocks(source, cfg["transfer_blocks"])
    if cfg["freeze"]:
        network.freeze(cfg["transfer_blocks"])
    return network


def _watchers(people: Mapping[str, People]) -> People | None:
    return people["monitor"] if len(people["monitor"].rows) else None


def _better(fitted: Fitted, than: Fitted) -> bool:
    return fitted.best_score is None or fitted.best_score > than.best_score


def _need_both_classes(name: str, labels: np.ndarray) -> None:
    if len(labels) and len(pd.unique(labels)) < 2:
        raise InputError(
            f"working memory: the fold's {name} people with a usable image are all of one class "
            f"({len(labels)} people); use fewer folds, or widen cohort.wm_low and cohort.wm_high"
        )
