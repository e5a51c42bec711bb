"""Outputs, features and scores of an imaging network in evaluation mode."""

import logging
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import pandas as pd
import torch
from torch import nn

from cgni.imaging.store import GmStore
from cgni.networks.device import Device
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.folding import FoldedCnn
from cgni.pretraining.map_reader import MapReader
from cgni.pretraining.people import People
from cgni.pretraining.tasks import Task

_BATCH = 32
_BYTES = 2**30  # of the first block's float32 output, the largest tensor of an evaluation
N = TypeVar("N", bound=nn.Module)


def evaluation_batch(network: BrainCnn) -> int:
    """Maps evaluated at once: as many as fit a fixed memory, whatever the grid."""
    return max(1, min(_BATCH, _BYTES // (4 * network.first_activation)))


def on_device(network: N, device: Device) -> N:
    """The network itself, moved to the device in the memory order of its convolutions."""
    # torch's own types know no device together with a memory format
    network.to(device.torch, memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
    return network


def predict(network: BrainCnn, store: GmStore, rows: np.ndarray, device: Device) -> torch.Tensor:
    """Outputs (people, outputs; float32, CPU) of the network in evaluation mode."""
    return read_outputs(network, MapReader(store, evaluation_batch(network), device), rows, device)


def read_outputs(network: BrainCnn, reader: MapReader, rows: np.ndarray, device: Device) -> torch.Tensor:
    """`predict` with a reader that is there already; its batches hold at least `evaluation_batch` maps."""
    return _apply(on_device(FoldedCnn(network), device), reader, rows, device, evaluation_batch(network))


def extract_features(network: BrainCnn, store: GmStore, rows: np.ndarray, device: Device) -> np.ndarray:
    """h_v (people, n_features; float32) of the network in evaluation mode."""
    size = evaluation_batch(network)
    folded = on_device(FoldedCnn(network), device)
    features: np.ndarray = _apply(folded.features, MapReader(store, size, device), rows, device, size).numpy()
    return features


def score_people(
    network: BrainCnn, store: GmStore, people: Mapping[str, People], task: Task, device: Device
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


def _apply(
    function: Callable[[torch.Tensor], torch.Tensor], reader: MapReader, rows: np.ndarray, device: Device, size: int
) -> torch.Tensor:
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    with torch.inference_mode(), device.mixed():
        return torch.cat([function(maps).float().cpu() for maps in reader.batches(parts)])
