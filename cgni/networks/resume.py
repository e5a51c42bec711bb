"""Where an interrupted fit goes on."""

import logging
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch

from cgni.base.files import atomic_path, digest_value


class ResumeFile:
    """State of an unfinished fit, outside the outputs that Snakemake deletes when a job fails.

    Parameters
    ----------
    path
        Stem such as `results/resume/pretrain_brain_age/fold0`.
    digest
        Plain value (config, code, input digests) or a digest of it; it becomes part of the
        file's name, so that a changed study never continues from an old state.
    """

    def __init__(self, path: str | Path, digest: Any) -> None:
        stem = Path(path)
        name = digest if isinstance(digest, str) else digest_value(digest)
        self.path = stem.with_name(f"{stem.name}-{name}.pt")
        self._stale = f"{stem.name}-*.pt"

    def load(self) -> dict[str, Any] | None:
        """The saved state on the CPU, or None when there is none that can be read."""
        if not self.path.is_file():
            return None
        try:
            return load_plain(self.path)
        except ValueError as error:
            logging.warning("%s; starting over", error)
            return None

    def save(self, state: dict[str, Any]) -> None:
        """Write `state` (plain types and tensors), whole or not at all."""
        with atomic_path(self.path) as temporary:
            torch.save(state, temporary)

    def remove(self) -> None:
        """Delete the state, and those that earlier settings of the same fit left behind."""
        for path in self.path.parent.glob(self._stale):
            path.unlink(missing_ok=True)


def load_plain(path: str | Path) -> dict[str, Any]:
    """Plain types and tensors (on the CPU) that torch.save wrote; ValueError when it is not such a file."""
    if not zipfile.is_zipfile(path):  # torch's own reader fails in many ways on other files
        raise ValueError(f"{path}: not a PyTorch archive")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, pickle.UnpicklingError) as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
