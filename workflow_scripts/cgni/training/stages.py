"""Brain-age pretraining and the transfer to working memory (study stage 1)."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from workflow_scripts.cgni.training.tasks import AgeBinTask, AgeTask, WmTask


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
    fitted = fit_network(network, store, people["fit"], _watchers(people), task, Settings.of(cfg), device, seed, resume)
    return network, fitted, task


@dataclass(frozen=True)
class Transferred:
    """The kept working-memory network, how its fit went, its task, and all candidates.

    `candidates` has the columns of `training.schemas.CANDIDATES`; `fitted.curve` is the kept one's.
    """

    network: BrainCnn
    fitted: Fitted
    task: WmTask
    candidates: pd.DataFrame


def transfer_candidates(cfg: Mapping[str, Any]) -> list[tuple[int, int]]:
    """(transferred blocks, self-transfer round) of every fit of `finetune_wm`, in their order."""
    chosen = cfg["transfer_blocks"]
    depths = [chosen] if isinstance(chosen, int) else chosen
    return [(depth, number) for depth in depths for number in range(cfg["self_transfer_rounds"] + 1)]


def finetune_wm(
    store: GmStore,
    brain_age: Mapping[str, Any],
    people: Mapping[str, People],
    cfg: Mapping[str, Any],
    seed: int,
    device: Device,
    resume: list[ResumeFile],
) -> Transferred:
    """Train a classifier of working memory that starts from the first blocks of a brain-age network.

    Each self-transfer round starts again from the first `transfer_blocks` blocks of the best
    network of that depth so far, the rest new. Of all depths and rounds the best by monitor
    score (then by monitor loss) is kept; without monitor people the last. Self-transfer is our
    reading of a method that is cited without a text (unverified).

    Parameters
    ----------
    brain_age
        Checkpoint of the fold's brain-age network (architecture, scaling and weights).
    cfg
        Config section `transfer`; `transfer_blocks` is a number, or a list of them to choose from.
    resume
        One resume file for each of `transfer_candidates(cfg)`.

    Raises
    ------
    InputError
        One of the classes is absent among the fit or the monitor people; several depths and
        nobody to choose with.
    """
    for name in ("fit", "monitor"):
        _need_both_classes(name, people[name].values)
    candidates = transfer_candidates(cfg)
    if not isinstance(cfg["transfer_blocks"], int) and _watchers(people) is None:
        raise InputError("transfer.transfer_blocks: choosing a depth needs monitor people; set people.fit_on: fit")
    task = WmTask.of(people["fit"].values, cfg["class_weights"])
    brain_age_network = build_cnn(dict(brain_age))
    best_of_depth: dict[int, tuple[BrainCnn, Fitted]] = {}
    best: tuple[BrainCnn, Fitted] | None = None
    rows = []
    for (depth, number), file in zip(candidates, resume, strict=True):
        source = best_of_depth[depth][0] if depth in best_of_depth else brain_age_network
        network = _transferred(source, depth, cfg, derive_seed(seed, "start", number))
        fitted = fit_network(
            network,
            store,
            people["fit"],
            _watchers(people),
            task,
            Settings.of(cfg),
            device,
            derive_seed(seed, number),
            file,
        )
        if depth not in best_of_depth or _better(fitted, best_of_depth[depth][1]):
            best_of_depth[depth] = (network, fitted)
        if best is None or _better(fitted, best[1]):
            best = (network, fitted)
        rows.append({"blocks": depth, "round": number, "epochs": fitted.epochs, "best_epoch": fitted.best_epoch,
                     "score": fitted.best_score, "loss": fitted.best_loss(), "kept": fitted})  # fmt: skip
    network, fitted = best
    table = pd.DataFrame([{**row, "kept": row["kept"] is fitted} for row in rows])
    return Transferred(network, fitted, task, table)


def _transferred(source: BrainCnn, depth: int, cfg: Mapping[str, Any], seed: int) -> BrainCnn:
    torch.manual_seed(seed)
    network = BrainCnn(**{**source.architecture(), "outputs": 2})
    network.set_scaling(float(source.input_mean), float(source.input_sd))
    network.take_blocks(source, depth)
    if cfg["freeze"]:
        network.freeze(depth)
    return network


def _watchers(people: Mapping[str, People]) -> People | None:
    return people["monitor"] if len(people["monitor"].rows) else None


def _better(fitted: Fitted, than: Fitted) -> bool:
    if fitted.best_score is None:
        return True
    return (fitted.best_score, -fitted.best_loss()) > (than.best_score, -than.best_loss())


def _need_both_classes(name: str, labels: np.ndarray) -> None:
    if len(labels) and len(pd.unique(labels)) < 2:
        raise InputError(
            f"working memory: the fold's {name} people with a usable image are all of one class "
            f"({len(labels)} people); use fewer folds, or widen cohort.wm_low and cohort.wm_high"
        )
