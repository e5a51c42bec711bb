"""Fit a network on images: resumable, early-stopped on monitor people, the same numbers each time."""

import copy
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import torch

from cgni.base.errors import InputError
from cgni.imaging.store import GmStore
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.folding import FoldedCnn
from cgni.base.seeds import derive_seed
from cgni.networks.adam import Adam
from cgni.networks.device import Device
from cgni.pretraining.map_reader import MapReader
from cgni.networks.resume import ResumeFile
from cgni.pretraining.tasks import Task

_EVALUATION_BATCH = 32
_EVALUATION_BYTES = 2**30  # of the first block's float32 output, the largest tensor of an evaluation
_MEMORY_FORMAT = torch.channels_last_3d


@dataclass(frozen=True)
class Settings:
    """Batch size, epochs, Adam's learning rate and L2 penalty, epochs of patience."""

    batch_size: int
    epochs: int
    learning_rate: float
    weight_decay: float
    patience: int

    @classmethod
    def of(cls, cfg: dict[str, Any]) -> "Settings":
        """From a config section that may hold other keys too."""
        return cls(**{name: cfg[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class People:
    """Rows of the store, and the value (age in years, or class) of each."""

    rows: np.ndarray
    values: np.ndarray


@dataclass
class Fitted:
    """How a fit went: `curve` (epoch, split, metric, value), the epoch kept, its monitor score."""

    curve: list[dict[str, Any]] = field(default_factory=list)
    epochs: int = 0
    best_epoch: int = 0
    best_score: float | None = None

    def best_loss(self) -> float | None:
        """Monitor loss of the kept epoch; None without monitor people."""
        return _value(self, self.best_epoch, "loss")

    def frame(self) -> pd.DataFrame:
        """The learning curve as a table."""
        return pd.DataFrame(self.curve)


def fit_network(
    network: BrainCnn,
    store: GmStore,
    fit: People,
    monitor: People | None,
    task: Task,
    settings: Settings,
    device: Device,
    seed: int,
    resume: ResumeFile,
) -> Fitted:
    """Train `network` in place on the fit people and leave the chosen epoch's weights in it.

    With monitor people the epoch of the best monitor score is kept (equal scores: the lower
    loss), and training stops after `patience` epochs without progress. Without them all epochs
    run and the last is kept. After every epoch the state goes to `resume`; a later call with
    the same arguments goes on from there and ends with the same bytes, because order and
    dropout of an epoch are drawn from (seed, epoch) alone.

    Raises
    ------
    InputError
        Fewer than two fit people, or a loss that is not finite.
    """
    if len(fit.rows) < 2:
        raise InputError(f"training needs at least 2 people with a usable image; there are {len(fit.rows)}")
    network.to(device.torch, memory_format=_MEMORY_FORMAT)
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    optimiser = Adam(weights, settings.learning_rate, settings.weight_decay)
    reader = MapReader(store, max(settings.batch_size, evaluation_batch(network)), device)
    fitted = Fitted()
    best: dict[str, Any] = {}
    saved = resume.load()
    if saved is not None:
        network.load_state_dict(saved["network"])
        optimiser.load_state(saved["optimiser"])
        fitted, best = Fitted(**saved["fitted"]), saved["best"]
        logging.info("going on after epoch %d", fitted.epochs)
    while fitted.epochs < settings.epochs and not _exhausted(fitted, monitor, settings.patience):
        epoch, begun, waited = fitted.epochs + 1, time.monotonic(), reader.waited
        rows = [*_train_epoch(network, reader, fit, task, optimiser, settings, device, derive_seed(seed, epoch))]
        if monitor is not None:
            rows += _watch(network, reader, monitor, task, device)
        fitted.curve += [{"epoch": epoch, **row} for row in rows]
        fitted.epochs = epoch
        if monitor is None or _improved(fitted, task):
            fitted.best_epoch, fitted.best_score = epoch, _value(fitted, epoch, task.metric)
            best = copy.deepcopy(network.state_dict())
        resume.save(_state(network, optimiser, fitted, best))
        seconds, waited = time.monotonic() - begun, reader.waited - waited
        logging.info(
            "epoch %d: %s; %.1f s, %.1f %% of it waiting for data", epoch, _line(rows), seconds, 100 * waited / seconds
        )
    network.load_state_dict(best)
    network.eval()
    return fitted


def watchers(people: Mapping[str, People]) -> People | None:
    """The monitor people; None when there are none."""
    return people["monitor"] if len(people["monitor"].rows) else None


def evaluation_batch(network: BrainCnn) -> int:
    """Maps evaluated at once: as many as fit a fixed memory, whatever the grid."""
    return max(1, min(_EVALUATION_BATCH, _EVALUATION_BYTES // (4 * network.first_activation)))


def predict(network: BrainCnn, store: GmStore, rows: np.ndarray, device: Device) -> torch.Tensor:
    """Outputs (people, outputs; float32, CPU) of the network in evaluation mode."""
    size = evaluation_batch(network)
    return _apply(_folded(network, device), MapReader(store, size, device), rows, device, size)


def extract_features(network: BrainCnn, store: GmStore, rows: np.ndarray, device: Device) -> np.ndarray:
    """h_v (people, n_features; float32) of the network in evaluation mode."""
    size = evaluation_batch(network)
    return _apply(_folded(network, device).features, MapReader(store, size, device), rows, device, size).numpy()


def score_people(
    network: BrainCnn, store: GmStore, people: dict[str, People], task: Task, device: Device
) -> pd.DataFrame:
    """Scores of each named group in evaluation mode: split, metric, value."""
    rows = []
    for split, group in people.items():
        if len(group.rows):
            outputs = predict(network, store, group.rows, device)
            scores = {**task.scores(outputs, group.values), **task.baseline(group.values)}
            rows += [{"split": split, "metric": metric, "value": value} for metric, value in scores.items()]
            logging.info("%s: %s", split, ", ".join(f"{metric} {value:.3f}" for metric, value in scores.items()))
    return pd.DataFrame(rows)


def batches(count: int, batch_size: int, seed: int) -> Iterator[np.ndarray]:
    """A shuffled pass over `count` people in batches of nearly equal size, at most `batch_size`.

    Equal shares instead of a small rest: batch normalisation cannot use a batch of one.
    """
    order = np.random.default_rng(seed).permutation(count)
    yield from np.array_split(order, -(-count // batch_size))


def _train_epoch(
    network: BrainCnn,
    reader: MapReader,
    fit: People,
    task: Task,
    optimiser: Adam,
    settings: Settings,
    device: Device,
    seed: int,
) -> list[dict[str, Any]]:
    network.train()
    torch.manual_seed(seed)
    targets = task.targets(fit.values)
    outputs = torch.empty((len(fit.rows), network.outputs), device=device.torch)
    losses = []
    parts = list(batches(len(fit.rows), settings.batch_size, seed))
    for chosen, maps in zip(parts, reader.batches([fit.rows[chosen] for chosen in parts]), strict=True):
        optimiser.zero_grad()
        with device.mixed():
            batch = network(maps)
        loss = task.loss(batch.float(), targets[chosen].to(device.torch))
        loss.backward()
        optimiser.step()
        outputs[chosen] = batch.detach().float()
        losses.append(loss.detach() * len(chosen))  # stays on the device: asking for its value would wait for it
    total, outputs = float(torch.stack(losses).double().sum()), outputs.cpu()
    loss = total / len(fit.rows)
    if not np.isfinite(loss):
        raise InputError("the training loss is no longer finite; lower learning_rate")
    return _rows("fit", {"loss": loss, **task.scores(outputs, fit.values)})


def _watch(network: BrainCnn, reader: MapReader, monitor: People, task: Task, device: Device) -> list[dict[str, Any]]:
    outputs = _apply(_folded(network, device), reader, monitor.rows, device, evaluation_batch(network))
    loss = task.loss(outputs, task.targets(monitor.values)).item()
    return _rows("monitor", {"loss": loss, **task.scores(outputs, monitor.values)})


def _folded(network: BrainCnn, device: Device) -> FoldedCnn:
    return FoldedCnn(network).to(device.torch, memory_format=_MEMORY_FORMAT)


def _apply(
    function: Callable[[torch.Tensor], torch.Tensor], reader: MapReader, rows: np.ndarray, device: Device, size: int
) -> torch.Tensor:
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    with torch.inference_mode(), device.mixed():
        return torch.cat([function(maps).float().cpu() for maps in reader.batches(parts)])


def _rows(split: str, scores: dict[str, float]) -> list[dict[str, Any]]:
    return [{"split": split, "metric": metric, "value": value} for metric, value in scores.items()]


def _value(fitted: Fitted, epoch: int, metric: str, split: str = "monitor") -> float | None:
    found = [
        row["value"]
        for row in fitted.curve
        if row["epoch"] == epoch and row["split"] == split and row["metric"] == metric
    ]
    return found[0] if found else None


def _improved(fitted: Fitted, task: Task) -> bool:
    if not fitted.best_epoch:
        return True
    sign = 1.0 if task.higher_is_better else -1.0
    now = (sign * _value(fitted, fitted.epochs, task.metric), -_value(fitted, fitted.epochs, "loss"))
    best = (sign * fitted.best_score, -_value(fitted, fitted.best_epoch, "loss"))
    return now > best


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
