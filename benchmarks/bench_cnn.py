"""Training and feature extraction of the imaging network, against a plain float32 PyTorch loop of the same network."""

import argparse
import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from benchmarks.common import describe_machine, report
from cgni.imaging.store import GmStore, open_maps
from cgni.networks.device import choose_device
from cgni.networks.resume import ResumeFile
from cgni.networks.run import Run
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.evaluation import extract_features
from cgni.pretraining.fit import fit_network
from cgni.pretraining.people import People
from cgni.pretraining.settings import PretrainingSettings
from cgni.pretraining.tasks import AgeTask

CHANNELS = (32, 64, 128, 256, 256)


def make_network(grid: tuple[int, ...]) -> BrainCnn:
    """The published network with batch statistics that are not those of a new one."""
    torch.manual_seed(0)
    network = BrainCnn(grid, CHANNELS, 3, 0.2, 1)
    network.set_scaling(0.3, 0.25)
    for block in network.blocks:
        block.norm.running_mean.normal_(0, 0.1)
        block.norm.running_var.uniform_(0.5, 2)
    return network


def plain_layers(network: BrainCnn) -> tuple[nn.Sequential, nn.Sequential]:
    """Body and head as anybody would write them: default memory layout, float32."""
    layers: list[nn.Module] = []
    for block in network.blocks:
        layers += [block.conv, block.norm, nn.MaxPool3d(2), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten()), nn.Sequential(network.dropout, network.head)


def plain(store: GmStore, ages: np.ndarray, batch: int, epochs: int) -> tuple[list[float], list[float], np.ndarray]:
    """Seconds of each epoch, of each extraction, and the features before training."""
    network = make_network(store.grid)
    body, head = plain_layers(network)
    model = nn.Sequential(body, head)
    targets = torch.tensor((ages - ages.mean()) / ages.std(), dtype=torch.float32)

    def maps(rows: np.ndarray) -> torch.Tensor:
        return (torch.from_numpy(store.read(rows))[:, None] - 0.3) / 0.25

    def extract() -> np.ndarray:
        with torch.no_grad():
            return torch.cat([body(maps(rows)) for rows in parts]).numpy()

    parts = [np.arange(start, min(start + batch, len(ages))) for start in range(0, len(ages), batch)]
    model.eval()
    features, extraction = timed(extract, epochs)
    model.train()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)

    def epoch() -> None:
        for rows in parts:
            optimiser.zero_grad()
            loss = nn.functional.mse_loss(model(maps(rows))[:, 0], targets[rows])
            loss.backward()
            optimiser.step()

    _, training = timed(epoch, epochs)
    return training, extraction, features


def ours(store: GmStore, ages: np.ndarray, batch: int, epochs: int) -> tuple[list[float], list[float], np.ndarray]:
    """The same, through the functions that the rules call; their log says how long they waited for data."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    device = choose_device("cpu", "auto")
    network = make_network(store.grid)
    rows = np.arange(len(ages))
    features, extraction = timed(lambda: extract_features(network, store, rows, device), epochs)
    people = {"fit": People(rows, ages), "monitor": People(rows[:0], ages[:0])}
    settings = PretrainingSettings(batch_size=batch, epochs=1, weight_decay=0.0)
    training = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(epochs + 1):  # a fresh fit of one epoch each, with its resume file
            run = Run(device, 0, ResumeFile(f"{folder}/{number}", "x"))
            begun = time.perf_counter()
            fit_network(network, store, people, AgeTask.of(ages), settings, run)
            training.append(time.perf_counter() - begun)
    return training[1:], extraction, features


def timed(function, repeats: int):
    """The last result and the seconds of each repeat after a first one that is not counted."""
    seconds = []
    for _ in range(repeats + 1):
        begun = time.perf_counter()
        result = function()
        seconds.append(time.perf_counter() - begun)
    return result, seconds[1:]


def one_side(side: str, folder: str, options: argparse.Namespace) -> None:
    """Run one side in this process and write what it measured."""
    torch.set_num_threads(options.threads)
    maps = open_maps(f"{folder}/maps.npy")
    store = GmStore(maps, pd.Index([str(row) for row in range(len(maps))]), np.eye(4))
    ages = np.linspace(45, 80, len(maps))
    run = {"plain": plain, "ours": ours}[side]
    training, extraction, features = run(store, ages, options.batch, options.repeats)
    np.save(f"{folder}/{side}.npy", features)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    result = {"training": training, "extraction": extraction, "peak_gib": peak}
    Path(f"{folder}/{side}.json").write_text(json.dumps(result))


def main() -> None:
    """Each side in a process of its own, so that each has its own peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grid", type=int, nargs=3, default=[121, 145, 121])
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="batch 2 on 105x127x105 voxels, one repeat")
    parser.add_argument("--side", choices=["plain", "ours"])
    parser.add_argument("--folder")
    options = parser.parse_args()
    if options.quick:
        options.grid, options.batch, options.repeats = [105, 127, 105], 2, 1
    if options.side:
        one_side(options.side, options.folder, options)
        return
    describe_machine()
    device = choose_device("cpu", "auto")
    with tempfile.TemporaryDirectory() as folder:
        maps = np.random.default_rng(0).random((options.batch, *options.grid), dtype=np.float32)
        np.save(f"{folder}/maps.npy", np.moveaxis(maps, 0, -1).astype(np.float16, order="F"))  # as stores are
        for side in ("plain", "ours"):
            command = [sys.executable, "-m", "benchmarks.bench_cnn", *sys.argv[1:], "--side", side, "--folder", folder]
            subprocess.run(command, check=True, cwd=Path(__file__).parents[1])
        results = {side: json.loads(Path(f"{folder}/{side}.json").read_text()) for side in ("plain", "ours")}
        expected, features = np.load(f"{folder}/plain.npy"), np.load(f"{folder}/ours.npy")
    for side, result in results.items():
        speed = {name: options.batch / float(np.median(result[name])) for name in ("training", "extraction")}
        print(
            f"{side}: {speed['training']:.3f} training and {speed['extraction']:.3f} extraction samples a second, "
            f"peak {result['peak_gib']:.2f} GiB"
        )
        result.update(speed)
    print(
        f"batch {options.batch} of {'x'.join(map(str, options.grid))}, channels {CHANNELS}, {options.threads} threads, "
        f"precision {'bf16' if device.autocast else 'float32'}; agreement relative to the largest feature"
    )
    report(
        "cnn",
        results["ours"]["training"] / results["plain"]["training"],
        float(np.abs(features - expected).max() / np.abs(expected).max()),
        extraction_ratio=results["ours"]["extraction"] / results["plain"]["extraction"],
        peak_gib=results["ours"]["peak_gib"],
        peer_peak_gib=results["plain"]["peak_gib"],
    )


if __name__ == "__main__":
    main()
