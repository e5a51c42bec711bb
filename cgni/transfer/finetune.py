"""The transfer of the brain-age network to the outcome (study stage 1)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from cgni.base.errors import InputError
from cgni.base.seeds import derive_seed
from cgni.cohort.change import fold_targets
from cgni.cohort.outcome import is_continuous
from cgni.cohort.roles import fold_people
from cgni.cohort.schemas import TARGET
from cgni.imaging.store import GmStore
from cgni.networks.run import Run
from cgni.pretraining.checkpoint import build_cnn
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.evaluation import score_people
from cgni.pretraining.fit import Fitted, fit_network
from cgni.pretraining.people import ImagedStudy, People, located, watchers
from cgni.pretraining.trained import TrainedNetwork
from cgni.transfer.settings import TransferSettings
from cgni.transfer.task import GroupTask, OutcomeTask, ValueTask


@dataclass(frozen=True)
class Transferred:
    """The kept network of the outcome, how its fit went, its task, and all fits.

    `fits` has the columns of `transfer.schemas.TRANSFER_FITS`; `fitted.curve` is the kept one's.
    """

    network: BrainCnn
    fitted: Fitted
    task: OutcomeTask
    fits: pd.DataFrame


def finetune_fold(
    study: ImagedStudy,
    fold: int,
    fit_on: str,
    brain_age: Mapping[str, Any],
    settings: TransferSettings,
    run: Run,
) -> tuple[TrainedNetwork, pd.DataFrame]:
    """The network of a fold, and all of its fits: everybody of the two groups, or with a value, whose map passed.

    Parameters
    ----------
    fit_on
        `fit`, or `training`: the monitor people are fitted on and nobody watches.
    brain_age
        As of `finetune_outcome`.
    run
        Its seed is the study's.

    Raises
    ------
    InputError
        As of `finetune_outcome`; too few people, or a loss that is not finite.
    """
    column, kind = (TARGET, "float64") if is_continuous(study.participants) else ("outcome_group", "int64")
    if column == TARGET:
        targets = fold_targets(study.participants, pd.Index(fold_people(study.splits, fold).fit))
        study = replace(study, participants=study.participants.assign(**{TARGET: targets.to_numpy()}))
    groups = {name: values.astype(kind) for name, values in study.groups(fold, fit_on, column).items()}
    people = located(groups, study.store)
    run = run.seeded(derive_seed(run.seed, "transfer", fold))
    result = finetune_outcome(study.store, brain_age, people, settings, run)
    metrics = score_people(result.network, study.store, people, result.task, run.device)
    return TrainedNetwork(result.network, result.fitted, metrics, groups, result.task.facts()), result.fits


@dataclass(frozen=True)
class PlannedFit:
    """A fit that `finetune_outcome` makes.

    Attributes
    ----------
    candidate : its place in `transfer.candidates` (0 without candidates); changes : what it changes.
    settings : those in force.
    blocks : how many are transferred; round : of self-transfer, from 0.
    """

    candidate: int
    changes: Mapping[str, Any]
    settings: TransferSettings
    blocks: int
    round: int


def planned_fits(settings: TransferSettings) -> list[PlannedFit]:
    """Every fit of `finetune_outcome` in their order: candidate by candidate, depth by depth, round by round."""
    planned = []
    for candidate, changes in enumerate(settings.candidates or ({},)):
        own = settings.changed(**changes) if changes else settings
        depths = (own.transfer_blocks,) if isinstance(own.transfer_blocks, int) else own.transfer_blocks
        rounds = range(own.self_transfer_rounds + 1)
        planned += [PlannedFit(candidate, changes, own, depth, number) for depth in depths for number in rounds]
    return planned


def finetune_outcome(
    store: GmStore,
    brain_age: Mapping[str, Any],
    people: Mapping[str, People],
    settings: TransferSettings,
    run: Run,
) -> Transferred:
    """Train a network of the outcome that starts from the first blocks of a brain-age network.

    Each self-transfer round starts again from the first `transfer_blocks` blocks of the best
    network of that candidate and depth so far, the rest new. Of all candidates, depths and rounds
    the best by monitor score (then by monitor loss) is kept; without monitor people the last.
    Self-transfer is our reading of a method that is cited without a text (unverified).

    Parameters
    ----------
    brain_age
        Checkpoint of the fold's brain-age network (architecture, scaling and weights).
    people
        `fit` and `monitor` people with their classes (0 low, 1 high; integers), or with their values (float64).

    Raises
    ------
    InputError
        One of the classes (all but one value) is absent among the fit or the monitor people; several candidates or
        depths and nobody to choose with.
    """
    for name in ("fit", "monitor"):
        _need_both_classes(name, people[name].values)
    planned = planned_fits(settings)
    if len({(plan.candidate, plan.blocks) for plan in planned}) > 1 and watchers(people) is None:
        raise InputError(
            "transfer.transfer_blocks: a list of them, or of transfer.candidates, needs monitor people; "
            "set people.fit_on: fit"
        )
    values = people["fit"].values
    task = ValueTask.of(values) if values.dtype.kind == "f" else GroupTask.of(values, settings.class_weights)
    best_of_start: dict[tuple[int, int], _Fit] = {}
    best: _Fit | None = None
    fits: list[_Fit] = []
    brain_age_network = build_cnn(brain_age)
    for plan in planned:
        start = plan.candidate, plan.blocks
        source = best_of_start[start].network if start in best_of_start else brain_age_network
        # candidates and depths share their random numbers, so that they differ by their settings alone
        network = _transferred(source, plan, task.outputs, derive_seed(run.seed, "start", plan.round))
        name = f"candidate{plan.candidate}." if settings.candidates else ""
        own = run.part(f"{name}blocks{plan.blocks}.round{plan.round}", derive_seed(run.seed, plan.round))
        fit = _Fit(plan, network, fit_network(network, store, people, task, plan.settings, own))
        if fit.better_than(best_of_start.get(start), task):
            best_of_start[start] = fit
        if fit.better_than(best, task):
            best = fit
        fits.append(fit)
    assert best is not None
    return Transferred(best.network, best.fitted, task, pd.DataFrame([fit.row(fit is best) for fit in fits]))


@dataclass(frozen=True, eq=False)
class _Fit:
    """One of the fits that `finetune_outcome` chooses from."""

    plan: PlannedFit
    network: BrainCnn
    fitted: Fitted

    def better_than(self, other: "_Fit | None", task: OutcomeTask) -> bool:
        """By score, then loss; without monitor people the later one is."""
        if other is None or self.fitted.best_score is None:
            return True
        return self.fitted.rank(self.fitted.best_epoch, task) > other.fitted.rank(other.fitted.best_epoch, task)

    def row(self, kept: bool) -> dict[str, Any]:
        """Of `transfer.schemas.TRANSFER_FITS`."""
        return {
            "candidate": self.plan.candidate,
            "settings": json.dumps(dict(self.plan.changes), sort_keys=True),
            "blocks": self.plan.blocks,
            "round": self.plan.round,
            "epochs": self.fitted.epochs,
            "best_epoch": self.fitted.best_epoch,
            "score": self.fitted.best_score,
            "loss": self.fitted.best_loss(),
            "kept": kept,
        }


def _transferred(source: BrainCnn, plan: PlannedFit, outputs: int, seed: int) -> BrainCnn:
    torch.manual_seed(seed)
    dropout = plan.settings.dropout
    changed = {"outputs": outputs} if dropout is None else {"outputs": outputs, "dropout": dropout}
    network = BrainCnn(**{**source.architecture(), **changed})
    network.set_scaling(float(source.input_mean), float(source.input_sd))
    network.take_blocks(source, plan.blocks)
    if plan.settings.freeze:
        network.freeze(plan.blocks)
    return network


def _need_both_classes(name: str, labels: np.ndarray) -> None:
    if len(labels) and len(pd.unique(labels)) < 2:
        raise InputError(
            f"outcome: the fold's {name} people with a usable image are all of one class or value "
            f"({len(labels)} people); use fewer folds, or widen outcome.low and outcome.high"
        )
