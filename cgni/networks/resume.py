"""Where an interrupted fit goes on."""

import logging
import pickle
import zipfile
from pathlib import Path
from typing import IO, Any

import torch

from cgni.base.arrays import DAMAGED
from cgni.base.files import atomic_path, digest_value
from cgni.base.machine import machine_trouble


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
        except (ValueError, OSError) as error:
            logging.warning("%s: %s; starting over", self.path, error)
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
    """A dict of plain types and tensors (on the CPU) that torch.save wrote.

    Raises
    ------
    ValueError
        Not such a file, or not the whole of it.
    OSError
        It may not be opened.
    """
    with Path(path).open("rb") as stream:
        # torch's own reader fails in many ways on other files
        if not zipfile.is_zipfile(stream) or _has_damage(stream):
            raise ValueError("not a PyTorch archive, or a part of one")
    try:
        loaded: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, pickle.UnpicklingError) as error:
        if machine_trouble(error):
            raise
        raise ValueError(f"it cannot be read: {error}") from error
    if not isinstance(loaded, dict):
        raise ValueError(f"it holds a {type(loaded).__name__}, not a dict")
    return loaded


def _has_damage(stream: IO[bytes]) -> bool:
    """Whether a part of an archive has another checksum than when it was written."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return archive.testzip() is not None
    except DAMAGED as error:
        if machine_trouble(error):
            raise
        return True
