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
        self._stem = Path(path)
        self._digest = digest if isinstance(digest, str) else digest_value(digest)
        self.path = self._stem.with_name(f"{self._stem.name}-{self._digest}.pt")

    def part(self, name: str) -> "ResumeFile":
        """The state of one of several fits of the same job; `remove` deletes it too."""
        return ResumeFile(f"{self._stem}.{name}", self._digest)

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
        """Delete the state, those of its parts, and those that earlier settings of the same fit left behind."""
        for pattern in (f"{self._stem.name}-*.pt", f"{self._stem.name}.*-*.pt"):
            for path in self.path.parent.glob(pattern):
                path.unlink(missing_ok=True)


class FinishedFolds:
    """Fits of finished folds, kept in a resume file (None: only in memory) until the job is done."""

    def __init__(self, resume: ResumeFile | None) -> None:
        self._resume = resume
        self._folds: dict[str, Any] = (resume.load() or {}) if resume else {}

    def get(self, fold: int) -> dict[str, Any] | None:
        """The fit of a fold that an interrupted run finished."""
        found: dict[str, Any] | None = self._folds.get(f"fold{fold}")
        if found is not None:
            logging.info("fold %d was finished before the interruption", fold)
        return found

    def add(self, fold: int, fit: dict[str, Any]) -> None:
        """Keep a fit (plain types and tensors)."""
        self._folds[f"fold{fold}"] = fit
        if self._resume:
            self._resume.save(self._folds)


def load_plain(path: str | Path) -> dict[str, Any]:
    """Plain types and tensors (on the CPU) that torch.save wrote; ValueError when it is not such a file."""
    if not zipfile.is_zipfile(path):  # torch's own reader fails in many ways on other files
        raise ValueError(f"{path}: not a PyTorch archive")
    try:
        loaded: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        return loaded
    except (RuntimeError, EOFError, OSError, pickle.UnpicklingError) as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
