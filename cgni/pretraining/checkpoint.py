"""Checkpoints of imaging networks."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cgni.base.files import digest_value
from cgni.networks.checkpoint import load_checkpoint, save_checkpoint
from cgni.pretraining.cnn import BrainCnn


def lineage(fit_ids: Iterable[str]) -> dict[str, Any]:
    """On whom a network was fitted, without naming anybody: a digest of the sorted ids, and their number."""
    ids = sorted(fit_ids)
    return {"fit_ids_digest": digest_value(ids), "n_fit": len(ids)}


def save_cnn(network: BrainCnn, path: str | Path, lineage: Mapping[str, Any], **facts: Any) -> None:
    """Write the network (CPU, contiguous), how to build it, its input scaling, and plain `facts`."""
    state = {name: value.detach().cpu().contiguous().clone() for name, value in network.state_dict().items()}
    checkpoint = {
        "state": state,
        "architecture": network.architecture(),
        "scaling": {"mean": float(network.input_mean), "sd": float(network.input_sd)},
        "lineage": dict(lineage),
        **facts,
    }
    save_checkpoint(checkpoint, path)


def build_cnn(checkpoint: Mapping[str, Any]) -> BrainCnn:
    """The checkpoint's network, in evaluation mode on the CPU; it takes raw maps (n, 1, x, y, z)."""
    network = BrainCnn(**checkpoint["architecture"])
    network.load_state_dict(checkpoint["state"])
    return network.eval()


def load_cnn(path: str | Path) -> BrainCnn:
    """The network of a checkpoint file (`build_cnn`)."""
    return build_cnn(load_checkpoint(path, "architecture", "state"))
