"""Fit a network on images: resumable, early-stopped on monitor people, the same numbers each time."""

import copy
import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd
import torch

from cgni.base.errors import InputError
from cgni.base.seeds import derive_seed
from cgni.imaging.store import GmStore
from cgni.networks.adam import Adam
from cgni.networks.device import Device
from cgni.networks.run import Run
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.evaluation import evaluation_batch, on_device, read_outputs
from cgni.pretraining.map_reader import MapReader
from cgni.pretraining.people import People, watchers
from cgni.pretraining.tasks import Task


class TrainingSettings(Protocol):
    """Batch size, epochs, Adam's learning rate and L2 penalty, epochs of patience."""

    @property
    def batch_size(self) -> int: ...
    @property
    def epochs(self) -> int: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...
    @property
    def patience(self) -> int: ...


@dataclass
class Fitted:
    """How a fit went: `curve` (epoch, split, metric, value), the epoch kept, its monitor score."""

    curve: list[dict[str, Any]] = field(default_factory=list)
    epochs: int = 0
    best_epoch: int = 0
    best_score: float | None = None

    def value(self, epoch: int, metric: str) -> float | None:
        """A value of the monitor people after an epoch; None without monitor people."""
        found: list[float] = [
            row["value"]
            for row in self.curve
            if row["epoch"] == epoch and row["split"] == "monitor" and row["metric"] == metric
        ]
        return found[0] if found else None

    def best_loss(self) -> float | None:
        """Monitor loss of the kept epoch; None without monitor people."""
        return self.value(self.best_epoch, "loss")

    def rank(self, epoch: int, task: Task) -> tuple[float, float]:
        """What is larger for a better epoch: by the monitor people's score, then by their loss."""
        score, loss = self.value(epoch, task.metric), self.value(epoch, "loss")
        assert score is not None and loss is not None
        return (score if task.higher_is_better else -score), -loss

    def frame(self) -> pd.DataFrame:
        """The learning curve as a table."""
        return pd.DataFrame(self.curve)


def fit_network(
    network: BrainCnn,
    store: GmStore,
    people: Mapping[str, People],
    task: Task,
    settings: TrainingSettings,
    run: Run,
) -> Fitted:
    """Train `network` in place on the fit people and leave the chosen epoch's weights in it.

    With monitor people the epoch of the best monitor score is kept (equal scores: the lower
    loss), and training stops after `patience` epochs without progress. Without them all epochs
    run and the last is kept. After every epoch the state goes to the run's resume file; a later
    call with the same arguments goes on from there and ends with the same bytes, because order
    and dropout of an epoch are drawn from (seed, epoch) alone.

    Parameters
    ----------
    people
        `fit`, and `monitor`, which may be empty; others are not looked at.

    Raises
    ------
    InputError
        Fewer than two fit people, or a loss that is not finite.
    """
    fit, monitor = people["fit"], watchers(people)
    if len(fit.rows) < 2:
        raise InputError(f"training needs at least 2 people with a usable image; there are {len(fit.rows)}")
    on_device(network, run.device)
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    optimiser = Adam(weights, settings.learning_rate, settings.weight_decay)
    reader = MapReader(store, max(settings.batch_size, evaluation_batch(network)), run.device)
    trainer = _Trainer(network, reader, task, optimiser, run.device, settings.batch_size)
    fitted = Fitted()
    best: dict[str, Any] = {}
    saved = run.resume.load()
    if saved is not None:
        network.load_state_dict(saved["network"])
        optimiser.load_state(saved["optimiser"])
        fitted, best = Fitted(**saved["fitted"]), saved["best"]
        logging.info("going on after epoch %d", fitted.epochs)
    while fitted.epochs < settings.epochs and not _exhausted(fitted, monitor, settings.patience):
        epoch, begun, waited = fitted.epochs + 1, time.monotonic(), reader.waited
        rows = trainer.train_epoch(fit, derive_seed(run.seed, epoch))
        if monitor is not None:
            rows += trainer.watch(monitor)
        fitted.curve += [{"epoch": epoch, **row} for row in rows]
        fitted.epochs = epoch
        if monitor is None or _improved(fitted, task):
            fitted.best_epoch, fitted.best_score = epoch, fitted.value(epoch, task.metric)
            best = copy.deepcopy(network.state_dict())
        run.resume.save(_state(network, optimiser, fitted, best))
        seconds, waited = time.monotonic() - begun, reader.waited - waited
        logging.info(
            "epoch %d: %s; %.1f s, %.1f %% of it waiting for data", epoch, _line(rows), seconds, 100 * waited / seconds
        )
    network.load_state_dict(best)
    network.eval()
    return fitted


def batches(count: int, batch_size: int, seed: int) -> Iterator[np.ndarray]:
    """A shuffled pass over `count` people in batches of nearly equal size, at most `batch_size`.

    Equal shares instead of a small rest: batch normalisation cannot use a batch of one.
    """
    order = np.random.default_rng(seed).permutation(count)
    yield from np.array_split(order, -(-count // batch_size))


@dataclass(frozen=True)
class _Trainer:
    """What stays the same from epoch to epoch."""

    network: BrainCnn
    reader: MapReader
    task: Task
    optimiser: Adam
    device: Device
    batch_size: int

    def train_epoch(self, fit: People, seed: int) -> list[dict[str, Any]]:
        self.network.train()
        torch.manual_seed(seed)
        targets = self.task.targets(fit.values)
        outputs = torch.empty((len(fit.rows), self.network.outputs), device=self.device.torch)
        losses = []
        parts = list(batches(len(fit.rows), self.batch_size, seed))
        for chosen, maps in zip(parts, self.reader.batches([fit.rows[chosen] for chosen in parts]), strict=True):
            self.optimiser.zero_grad()
            with self.device.mixed():
                batch = self.network(maps)
            loss = self.task.loss(batch.float(), targets[chosen].to(self.device.torch))
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()
            outputs[chosen] = batch.detach().float()
            losses.append(loss.detach() * len(chosen))  # stays on the device: asking for its value would wait for it
        mean_loss = float(torch.stack(losses).double().sum()) / len(fit.rows)
        if not np.isfinite(mean_loss):
            raise InputError("the training loss is no longer finite; lower learning_rate")
        return _rows("fit", {"loss": mean_loss, **self.task.scores(outputs.cpu(), fit.values)})

    def watch(self, monitor: People) -> list[dict[str, Any]]:
        outputs = read_outputs(self.network, self.reader, monitor.rows, self.device)
        loss = self.task.loss(outputs, self.task.targets(monitor.values)).item()
        return _rows("monitor", {"loss": loss, **self.task.scores(outputs, monitor.values)})


def _rows(split: str, scores: dict[str, float]) -> list[dict[str, Any]]:
    return [{"split": split, "metric": metric, "value": value} for metric, value in scores.items()]


def _improved(fitted: Fitted, task: Task) -> bool:
    return not fitted.best_epoch or fitted.rank(fitted.epochs, task) > fitted.rank(fitted.best_epoch, task)


def _exhausted(fitted: Fitted, monitor: People | None, patience: int) -> bool:
    return monitor is not None and fitted.epochs - fitted.best_epoch >= patience


def _state(network: BrainCnn, optimiser: Adam, fitted: Fitted, best: dict[str, Any]) -> dict[str, Any]:
    return {
        "network": network.state_dict(),
        "optimiser": optimiser.state(),
        "fitted": {name: getattr(fitted, name) for name in Fitted.__dataclass_fields__},
        "best": best,
    }


def _line(rows: list[dict[str, Any]]) -> str:
    return ", ".join(f"{row['split']} {row['metric']} {row['value']:.4f}" for row in rows)
