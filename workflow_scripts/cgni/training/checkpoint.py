"""Checkpoints: plain types and tensors that torch.load reads with weights_only=True."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from workflow_scripts.cgni.errors import InputError
from workflow_scripts.cgni.files import atomic_path, digest_value
from workflow_scripts.cgni.models.cnn import BrainCnn
from workflow_scripts.cgni.training.resume import load_plain


def lineage(fit_ids: Iterable[str]) -> dict[str, Any]:
    """On whom a network was fitted, without naming anybody: a digest of the sorted ids, and their number."""
    ids = sorted(fit_ids)
    return {"fit_ids_digest": digest_value(ids), "n_fit": len(ids)}


def save_cnn(network: BrainCnn, path: str | Path, lineage: dict[str, Any], **facts: Any) -> None:
    """Write the network (CPU, contiguous), how to build it, its input scaling, and plain `facts`."""
    state = {name: value.detach().cpu().contiguous().clone() for name, value in network.state_dict().items()}
    checkpoint = {
        "state": state,
        "architecture": network.architecture(),
        "scaling": {"mean": float(network.input_mean), "sd": float(network.input_sd)},
        "lineage": lineage,
        **facts,
    }
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        # a stream, not a path: torch would store the temporary file's name in the archive
        torch.save(checkpoint, stream)


def load_checkpoint(path: str | Path) -> dict[str, Any]:
    """The checkpoint's dict; InputError names a file that is none."""
    try:
        return load_plain(path)
    except ValueError as error:
        raise InputError(f"not a readable checkpoint: {error}; delete it and run again") from error


def build_cnn(checkpoint: dict[str, Any]) -> BrainCnn:
    """The checkpoint's network, in evaluation mode on the CPU; it takes raw maps (n, 1, x, y, z)."""
    network = BrainCnn(**checkpoint["architecture"])
    network.load_state_dict(checkpoint["state"])
    return network.eval()


def load_cnn(path: str | Path) -> BrainCnn:
    """The network of a checkpoint file (`build_cnn`)."""
    return build_cnn(load_checkpoint(path))


def save_folds(folds: dict[str, Any], path: str | Path) -> None:
    """Write {"fold0": ...} of plain types and tensors (`load_checkpoint` reads it)."""
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        torch.save(folds, stream)
