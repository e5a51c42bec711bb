"""The transfer of the brain-age network to working memory (study stage 1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from cgni.base.errors import InputError
from cgni.base.seeds import derive_seed
from cgni.imaging.store import GmStore
from cgni.networks.device import Device
from cgni.networks.resume import ResumeFile
from cgni.pretraining.checkpoint import build_cnn
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.fit import Fitted, People, Settings, fit_network, watchers
from cgni.transfer.task import WmTask


@dataclass(frozen=True)
class Transferred:
    """The kept working-memory network, how its fit went, its task, and all candidates.

    `candidates` has the columns of `transfer.schemas.TRANSFER_FITS`; `fitted.curve` is the kept one's.
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
    if not isinstance(cfg["transfer_blocks"], int) and watchers(people) is None:
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
            watchers(people),
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
