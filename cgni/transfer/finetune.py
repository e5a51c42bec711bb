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
from cgni.networks.run import Run
from cgni.pretraining.checkpoint import build_cnn
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.evaluation import score_people
from cgni.pretraining.fit import Fitted, fit_network
from cgni.pretraining.people import ImagedStudy, People, located, watchers
from cgni.pretraining.trained import TrainedNetwork
from cgni.transfer.settings import TransferSettings
from cgni.transfer.task import WmTask


@dataclass(frozen=True)
class Transferred:
    """The kept working-memory network, how its fit went, its task, and all fits.

    `fits` has the columns of `transfer.schemas.TRANSFER_FITS`; `fitted.curve` is the kept one's.
    """

    network: BrainCnn
    fitted: Fitted
    task: WmTask
    fits: pd.DataFrame


def finetune_fold(
    study: ImagedStudy,
    fold: int,
    fit_on: str,
    brain_age: Mapping[str, Any],
    settings: TransferSettings,
    run: Run,
) -> tuple[TrainedNetwork, pd.DataFrame]:
    """The working-memory network of a fold, and all of its fits: everybody of the two groups whose map passed.

    Parameters
    ----------
    fit_on
        `fit`, or `training`: the monitor people are fitted on and nobody watches.
    brain_age
        As of `finetune_wm`.
    run
        Its seed is the study's.

    Raises
    ------
    InputError
        As of `finetune_wm`; too few people, or a loss that is not finite.
    """
    groups = {name: labels.astype("int64") for name, labels in study.groups(fold, fit_on, "wm_group").items()}
    people = located(groups, study.store)
    run = run.seeded(derive_seed(run.seed, "transfer", fold))
    result = finetune_wm(study.store, brain_age, people, settings, run)
    metrics = score_people(result.network, study.store, people, result.task, run.device)
    return TrainedNetwork(result.network, result.fitted, metrics, groups), result.fits


def planned_fits(settings: TransferSettings) -> list[tuple[int, int]]:
    """(transferred blocks, self-transfer round) of every fit of `finetune_wm`, in their order."""
    chosen = settings.transfer_blocks
    depths = (chosen,) if isinstance(chosen, int) else chosen
    return [(depth, number) for depth in depths for number in range(settings.self_transfer_rounds + 1)]


def finetune_wm(
    store: GmStore,
    brain_age: Mapping[str, Any],
    people: Mapping[str, People],
    settings: TransferSettings,
    run: Run,
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
    people
        `fit` and `monitor` people with their classes (0 low, 1 high).

    Raises
    ------
    InputError
        One of the classes is absent among the fit or the monitor people; several depths and
        nobody to choose with.
    """
    for name in ("fit", "monitor"):
        _need_both_classes(name, people[name].values)
    if not isinstance(settings.transfer_blocks, int) and watchers(people) is None:
        raise InputError("transfer.transfer_blocks: choosing a depth needs monitor people; set people.fit_on: fit")
    task = WmTask.of(people["fit"].values, settings.class_weights)
    best_of_depth: dict[int, _Fit] = {}
    best: _Fit | None = None
    fits: list[_Fit] = []
    brain_age_network = build_cnn(brain_age)
    for depth, number in planned_fits(settings):
        source = best_of_depth[depth].network if depth in best_of_depth else brain_age_network
        network = _transferred(source, depth, settings.freeze, derive_seed(run.seed, "start", number))
        own = run.part(f"blocks{depth}.round{number}", derive_seed(run.seed, number))
        fit = _Fit(depth, number, network, fit_network(network, store, people, task, settings, own))
        if fit.better_than(best_of_depth.get(depth), task):
            best_of_depth[depth] = fit
        if fit.better_than(best, task):
            best = fit
        fits.append(fit)
    assert best is not None
    return Transferred(best.network, best.fitted, task, pd.DataFrame([fit.row(fit is best) for fit in fits]))


@dataclass(frozen=True, eq=False)
class _Fit:
    """One of the fits that `finetune_wm` chooses from."""

    blocks: int
    number: int
    network: BrainCnn
    fitted: Fitted

    def better_than(self, other: "_Fit | None", task: WmTask) -> bool:
        """By score, then loss; without monitor people the later one is."""
        if other is None or self.fitted.best_score is None:
            return True
        return self.fitted.rank(self.fitted.best_epoch, task) > other.fitted.rank(other.fitted.best_epoch, task)

    def row(self, kept: bool) -> dict[str, Any]:
        """Of `transfer.schemas.TRANSFER_FITS`."""
        return {
            "blocks": self.blocks,
            "round": self.number,
            "epochs": self.fitted.epochs,
            "best_epoch": self.fitted.best_epoch,
            "score": self.fitted.best_score,
            "loss": self.fitted.best_loss(),
            "kept": kept,
        }


def _transferred(source: BrainCnn, depth: int, freeze: bool, seed: int) -> BrainCnn:
    torch.manual_seed(seed)
    network = BrainCnn(**{**source.architecture(), "outputs": 2})
    network.set_scaling(float(source.input_mean), float(source.input_sd))
    network.take_blocks(source, depth)
    if freeze:
        network.freeze(depth)
    return network


def _need_both_classes(name: str, labels: np.ndarray) -> None:
    if len(labels) and len(pd.unique(labels)) < 2:
        raise InputError(
            f"working memory: the fold's {name} people with a usable image are all of one class "
            f"({len(labels)} people); use fewer folds, or widen cohort.wm_low and cohort.wm_high"
        )
