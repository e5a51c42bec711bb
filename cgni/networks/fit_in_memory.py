"""Fit small networks on data that stays in memory as tensors."""

import copy
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from cgni.base.errors import InputError
from cgni.base.seeds import derive_seed
from cgni.networks.adam import Adam
from cgni.networks.batches import class_aware_batches


@dataclass(frozen=True)
class FitSettings:
    """Batch size, epochs, learning rate, weight decay, epochs of patience, and the optimiser.

    `adam` adds the decay to the gradient (an L2 penalty), `adamw` shrinks the weights themselves.
    """

    batch_size: int
    epochs: int
    learning_rate: float
    weight_decay: float
    patience: int
    optimiser: str = "adam"


def fit_in_memory(
    network: nn.Module,
    labels: np.ndarray,
    loss: Callable[[torch.Tensor], torch.Tensor],
    watch: Callable[[], dict[str, float]] | None,
    settings: FitSettings,
    seed: int,
) -> list[dict[str, Any]]:
    """Train `network` in place with Adam on class-aware batches; return the learning curve.

    Parameters
    ----------
    labels
        Classes of the fit people; batches are row numbers into them.
    loss
        Loss of the rows of a batch, with the network in training mode.
    watch
        Scores of the monitor people in evaluation mode; its `score` (higher is better) decides
        which epoch is kept and when to stop. None: all epochs run and the last is kept.

    Raises
    ------
    InputError
        The loss is no longer finite.
    """
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimiser = Adam(trained, settings.learning_rate, settings.weight_decay, settings.optimiser == "adamw", fused=True)
    curve: list[dict[str, Any]] = []
    best, best_score, best_epoch = None, -np.inf, 0
    for epoch in range(1, settings.epochs + 1):
        total = _train_epoch(network, labels, loss, optimiser, settings.batch_size, derive_seed(seed, epoch))
        curve.append({"epoch": epoch, "split": "fit", "metric": "loss", "value": total})
        if watch is None:
            continue
        network.eval()
        with torch.inference_mode():
            scores = watch()
        curve += [
            {"epoch": epoch, "split": "monitor", "metric": name, "value": value} for name, value in scores.items()
        ]
        if scores["score"] > best_score:
            best, best_score, best_epoch = copy.deepcopy(network.state_dict()), scores["score"], epoch
        elif epoch - best_epoch >= settings.patience:
            break
    if best is not None:
        network.load_state_dict(best)
        logging.info("kept epoch %d of %d, monitor score %.4f", best_epoch, epoch, best_score)
    network.eval()
    return curve


def _train_epoch(
    network: nn.Module,
    labels: np.ndarray,
    loss: Callable[[torch.Tensor], torch.Tensor],
    optimiser: Adam,
    batch_size: int,
    seed: int,
) -> float:
    network.train()
    torch.manual_seed(seed)
    total = 0.0
    for rows in class_aware_batches(labels, batch_size, seed):
        optimiser.zero_grad()
        value = loss(torch.from_numpy(rows))
        value.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        total += value.item() * len(rows)
    if not np.isfinite(total):
        raise InputError("the training loss is no longer finite; lower learning_rate")
    return total / len(labels)
