"""Checkpoints: plain types and tensors that torch.load reads with weights_only=True."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from cgni.base.files import atomic_path, damaged
from cgni.networks.resume import load_plain


def save_checkpoint(checkpoint: Mapping[str, Any], path: str | Path) -> None:
    """Write plain types and tensors, such as {"fold0": ...}, whole or not at all."""
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        # a stream, not a path: torch would store the temporary file's name in the archive
        torch.save(dict(checkpoint), stream)


def load_checkpoint(path: str | Path, *keys: str) -> dict[str, Any]:
    """The checkpoint's dict.

    Raises
    ------
    InputError
        No such file, a damaged one, or one without one of `keys`: of another kind of fit.
    """
    try:
        checkpoint = load_plain(path)
    except (ValueError, OSError) as error:
        raise damaged(path, "checkpoint", error) from error
    absent = sorted(set(keys) - set(checkpoint))
    if absent:
        raise damaged(path, "checkpoint", f"of another kind of fit: without {', '.join(absent)}")
    return checkpoint
