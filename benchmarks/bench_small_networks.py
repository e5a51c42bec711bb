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
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from benchmarks.common import describe_machine, report
from benchmarks.features import write_features
from cgni.contrastive.encoders import EncoderPair, Scaling
from cgni.contrastive.losses import LossOptions, contrastive_loss, term_weights
from cgni.networks.mlp import Mlp
from cgni.classification.classifiers import fit_network, probabilities
from cgni.contrastive.fit import fit_encoders
from cgni.classification.metrics import balanced_accuracy
from cgni.classification.inputs import StudyTables
from cgni.fold_data.people import FoldData

TERMS = "terms124"
SIZES = ("imaging_layers", "genetic_layers", "activation", "dropout", "normalise")


class People(Dataset):
    """Columns of numbers, one person at a time."""

    def __init__(self, *columns: torch.Tensor) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, row: int) -> tuple[torch.Tensor, ...]:
        return tuple(column[row] for column in self.columns)


def settings(epochs: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The contrastive and the head's settings of the published sizes, with `epochs` and nothing that stops."""
    config = yaml.safe_load(Path("config.yaml").read_text())
    encoders = {**config["contrastive"], "include_positive": True, "reduction": "mean"}
    head = {**config["classification"], **config["classification"]["proposed"]}
    length = {"epochs": epochs, "patience": epochs}
    return {**encoders, **length}, {**head, **length}


def ours(data: FoldData, epochs: int, seed: int) -> float:
    """Validation score of a fold's encoders and head, fitted by the library."""
    encoders, head = settings(epochs)
    pair, _, _ = fit_encoders(data, TERMS, encoders, "fit", seed)
    with torch.inference_mode():
        x = np.hstack([pair.genetic(torch.from_numpy(data.counts)).numpy(), data.h])
    fit, monitor, unseen = data.rows("fit"), data.rows("monitor"), data.rows("validation")
    fitted, _ = fit_network(x[fit], data.labels[fit], (x[monitor], data.labels[monitor]), head, seed)
    return balanced_accuracy(data.labels[unseen], probabilities(fitted, x[unseen]))


def obvious(data: FoldData, epochs: int, seed: int) -> float:
    """The same, as one would write it first."""
    encoders, head = settings(epochs)
    torch.manual_seed(seed)
    fit, monitor, unseen = data.rows("fit"), data.rows("monitor"), data.rows("validation")
    h, counts, labels = torch.from_numpy(data.h), torch.from_numpy(data.counts), torch.from_numpy(data.labels)
    pair = EncoderPair({k: encoders[k] for k in SIZES}, Scaling.fit(data.h[fit]), Scaling.fit(data.counts[fit]))
    options = LossOptions(encoders["temperature"], True, "mean", True)
    weights = term_weights(TERMS, encoders["weights"])

    def encoder_loss(own_h: torch.Tensor, own_counts: torch.Tensor, own_labels: torch.Tensor) -> torch.Tensor:
        return contrastive_loss(pair.imaging_raw(own_h), pair.genetic_raw(own_counts), own_labels, weights, options)

    _obvious_fit(pair, encoder_loss, (h, counts, labels), fit, monitor, encoders)
    with torch.inference_mode():
        x = torch.hstack([pair.genetic(counts), h])
    scaling = Scaling.fit(x[fit].numpy())
    network = Mlp(x.shape[1], [*head["layers"], 2], head["activation"], head["dropout"])
    balance = torch.tensor([len(fit) / (2 * (labels[fit] == c).sum()) for c in (0, 1)])

    def head_loss(own: torch.Tensor, own_labels: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(network(scaling.apply(own)), own_labels, weight=balance)

    _obvious_fit(network, head_loss, (x, labels), fit, monitor, head)
    with torch.inference_mode():
        p = torch.softmax(network(scaling.apply(x[unseen])), dim=1)[:, 1].numpy()
    return balanced_accuracy(data.labels[unseen], p)


def _obvious_fit(network, loss, columns, fit, monitor, cfg) -> None:
    """Epochs of a DataLoader; the weights of the best epoch by the monitor people's loss stay."""
    loader = DataLoader(People(*(column[fit] for column in columns)), batch_size=cfg["batch_size"], shuffle=True)
    optimiser = torch.optim.Adam(network.parameters(), lr=cfg["learning_rate"], weight_decay=cfg["weight_decay"])
    best, kept = np.inf, None
    for _ in range(cfg["epochs"]):
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


def study(folder: Path) -> StudyTables:
    """The tables of the simulated features."""
    return StudyTables(
        [str(folder / f"transfer/fold{fold}/features.parquet") for fold in range(5)],
        [str(folder / f"genetics/fold{fold}/fill.parquet") for fold in range(5)],
        *(str(folder / name) for name in ("genetics/genotypes.parquet", "cohort/participants.parquet",
                                          "cohort/splits.parquet")),
    )  # fmt: skip


def _worker(pipe: Connection, folder: Path, folds: list[int], epochs: int) -> None:
    """Read the data, say so, and fit the folds whenever asked."""
    torch.set_num_threads(1)
    data = {fold: study(folder).fold_data(fold) for fold in folds}
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
        data = {fold: study(folder).fold_data(fold) for fold in folds}
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
