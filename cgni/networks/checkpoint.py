"""Checkpoints: plain types and tensors that torch.load reads with weights_only=True."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from cgni.base.errors import InputError
from cgni.base.files import atomic_path
from cgni.networks.resume import load_plain


def save_checkpoint(checkpoint: Mapping[str, Any], path: str | Path) -> None:
    """Write plain types and tensors, such as {"fold0": ...}, whole or not at all."""
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        # a stream, not a path: torch would store the temporary file's name in the archive
        torch.save(dict(checkpoint), stream)


def load_checkpoint(path: str | Path) -> dict[str, Any]:
    """The checkpoint's dict; InputError names a file that is none."""
    try:
        return load_plain(path)
    except ValueError as error:
        raise InputError(f"not a readable checkpoint: {error}; delete it and run again") from error
