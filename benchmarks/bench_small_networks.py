"""Contrastive encoders and heads: tensors in memory, fused Adam, two one-thread processes, against the obvious way.

The obvious way: a Dataset read sample by sample by a DataLoader (num_workers=0), plain Adam, one fit after the
other on two threads. Both sides fit the same folds for the same epochs, with the same loss and sizes, and look at the
monitor people after every epoch; starting processes, imports and reading data are outside the clock.

    python -m benchmarks.bench_small_networks [--quick] [--repeats 3]
"""

import argparse
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from benchmarks.common import describe_machine, report
from benchmarks.features import study_tables, write_features
from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.classification.fitters.base import Examples
from cgni.classification.fitters.network import NetworkFitter, network_sizes
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.classification.metrics import balanced_accuracy
from cgni.classification.settings import TrainingSettings
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.encoders import EncoderPair, EncoderShape
from cgni.contrastive.fit import fit_encoders
from cgni.contrastive.losses import LossOptions, Outcome, contrastive_loss, term_weights
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import encoder_spec
from cgni.fold_data.people import FoldData
from cgni.networks.fit_in_memory import FitSettings
from cgni.networks.mlp import Mlp
from cgni.networks.scaling import Scaling

SPEC = encoder_spec((1, 2, 4))
Loss = Callable[..., torch.Tensor]


class People(Dataset):
    """Columns of numbers, one person at a time."""

    def __init__(self, *columns: torch.Tensor) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, row: int) -> tuple[torch.Tensor, ...]:
        return tuple(column[row] for column in self.columns)


def settings(epochs: int) -> tuple[ContrastiveSettings, NetworkSettings, TrainingSettings]:
    """The default settings of encoders and head, with `epochs` and nothing that stops."""
    encoders = ContrastiveSettings(include_positive=True, reduction="mean", epochs=epochs, patience=epochs)
    return encoders, NetworkSettings(), TrainingSettings(epochs=epochs, patience=epochs)


def ours(data: FoldData, epochs: int, seed: int) -> float:
    """Validation score of a fold's encoders and head, fitted by the library."""
    encoders, own, training = settings(epochs)
    people = PeopleSettings(fit_on="fit", encoders_on="labelled")
    pair = fit_encoders(data, SPEC, encoders, people, seed).pair
    with torch.inference_mode():
        embedded = pair.encode(GENETICS, torch.from_numpy(data.views[GENETICS])).numpy()
    x = np.hstack([embedded, data.views[IMAGING]])
    fit, monitor, unseen = (data.rows(part) for part in ("fit", "monitor", "validation"))
    people, watched = (Examples(x[rows], data.labels[rows]) for rows in (fit, monitor))
    fitted, _ = NetworkFitter(own, training).fit(people, watched, 0, seed)
    return balanced_accuracy(data.labels[unseen], fitted.predict(x[unseen]))


def obvious(data: FoldData, epochs: int, seed: int) -> float:
    """The same, as one would write it first."""
    encoders, own, training = settings(epochs)
    torch.manual_seed(seed)
    fit, monitor, unseen = (data.rows(part) for part in ("fit", "monitor", "validation"))
    views, labels = [torch.from_numpy(data.views[view]) for view in VIEWS], torch.from_numpy(data.labels)
    scalings = {view: Scaling.fit(data.views[view][fit]) for view in VIEWS}
    pair = EncoderPair(EncoderShape.of(encoders), scalings)
    options, weights = LossOptions.of(encoders), term_weights(SPEC, encoders.weights)

    def encoder_loss(*columns: torch.Tensor) -> torch.Tensor:
        embeddings = {view: pair.raw(view, values) for view, values in zip(VIEWS, columns[:-1], strict=True)}
        return contrastive_loss(embeddings, Outcome(columns[-1]), weights, options)

    _obvious_fit(pair, encoder_loss, (*views, labels), (fit, monitor), _fit_settings(encoders.batch_size, encoders))
    with torch.inference_mode():
        x = torch.hstack([pair.encode(GENETICS, torch.from_numpy(data.views[GENETICS])), views[0]])
    scaling = Scaling.fit(x[fit].numpy())
    network = Mlp(**network_sizes(x.shape[1], 2, own, training))
    balance = torch.tensor([len(fit) / (2 * (labels[fit] == c).sum()) for c in (0, 1)])

    def head_loss(inputs: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(network(scaling.apply(inputs)), classes, weight=balance)

    _obvious_fit(network, head_loss, (x, labels), (fit, monitor), _fit_settings(own.batch_size, training))
    with torch.inference_mode():
        p = torch.softmax(network(scaling.apply(x[unseen])), dim=1)[:, 1].numpy()
    return balanced_accuracy(data.labels[unseen], p)


def _fit_settings(batch_size: int, own: ContrastiveSettings | TrainingSettings) -> FitSettings:
    return FitSettings(batch_size, own.epochs, own.learning_rate, own.weight_decay, own.patience)


def _obvious_fit(
    network: nn.Module,
    loss: Loss,
    columns: Sequence[torch.Tensor],
    people: tuple[np.ndarray, np.ndarray],
    settings: FitSettings,
) -> None:
    """Epochs of a DataLoader; the weights of the best epoch by the monitor people's loss stay.

    `people`: rows of the fit and of the monitor people.
    """
    fit, monitor = people
    loader = DataLoader(People(*(column[fit] for column in columns)), batch_size=settings.batch_size, shuffle=True)
    optimiser = torch.optim.Adam(network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    best, kept = np.inf, None
    for _ in range(settings.epochs):
        network.train()
        for batch in loader:
            optimiser.zero_grad()
            loss(*batch).backward()
            optimiser.step()
        network.eval()
        with torch.inference_mode():
            value = float(loss(*(column[monitor] for column in columns)))
        if value < best:
            best, kept = value, {name: v.clone() for name, v in network.state_dict().items()}
    if kept is not None:
        network.load_state_dict(kept)


def _worker(pipe: Connection, folder: Path, folds: list[int], epochs: int) -> None:
    """Read the data, say so, and fit the folds whenever asked."""
    torch.set_num_threads(1)
    data = {fold: study_tables(folder).fold_data(fold) for fold in folds}
    pipe.send("ready")
    while pipe.recv():
        pipe.send([ours(data[fold], epochs, fold) for fold in folds])


def main() -> None:
    """Print both sides, and last the line of the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer people and epochs, one repeat: under a minute")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    people, epochs, folds = (1200, 2, [0, 1]) if arguments.quick else (4995, 3, [0, 1])
    repeats = 1 if arguments.quick else arguments.repeats
    describe_machine()
    print(f"{people} people, 512 features, 1,060 SNPs, {len(folds)} folds of {epochs} epochs, {repeats} repeats")
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_features(folder, seed=1, people=people)
        pipes, workers = [], []
        for share in (folds[::2], folds[1::2]):
            here, there = context.Pipe()
            workers.append(context.Process(target=_worker, args=(there, folder, share, epochs), daemon=True))
            workers[-1].start()
            pipes.append(here)
        for pipe in pipes:
            pipe.recv()
        data = {fold: study_tables(folder).fold_data(fold) for fold in folds}
        torch.set_num_threads(2)
        seconds: dict[str, list[float]] = {"obvious": [], "ours": []}
        scores: dict[str, list[float]] = {}
        for _ in range(repeats):
            begun = time.perf_counter()
            scores["obvious"] = [obvious(data[fold], epochs, fold) for fold in folds]
            seconds["obvious"].append(time.perf_counter() - begun)
            begun = time.perf_counter()
            for pipe in pipes:
                pipe.send(True)
            scores["ours"] = [score for pipe in pipes for score in pipe.recv()]
            seconds["ours"].append(time.perf_counter() - begun)
        for pipe in pipes:
            pipe.send(False)
        for worker in workers:
            worker.join()
    for side, values in seconds.items():
        listed = ", ".join(f"{value:.1f}" for value in values)
        print(f"{side}: {listed} s; mean validation balanced accuracy {np.mean(scores[side]):.4f}")
    obvious_seconds, our_seconds = (statistics.median(seconds[side]) for side in ("obvious", "ours"))
    difference = abs(float(np.mean(scores["obvious"]) - np.mean(scores["ours"])))
    report(
        "small_networks",
        obvious_seconds / our_seconds,
        difference,
        obvious_seconds=obvious_seconds,
        our_seconds=our_seconds,
    )


if __name__ == "__main__":
    main()
