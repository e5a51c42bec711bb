"""What every rule's script does first: its log, its fate with its parent, its provenance."""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow_scripts.cgni.errors import InputError
from workflow_scripts.cgni.files import digest_file, digest_value

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Job:
    """A running rule.

    Attributes
    ----------
    rule : name of the rule.
    cfg : the slice of the config that the rule declared.
    code : digest of the script's import closure.
    inputs : input name (or number) to path.
    """

    rule: str
    cfg: Mapping[str, Any]
    code: str
    inputs: Mapping[str, str]

    @classmethod
    def start(cls, rule: str, log: str, cfg: Mapping[str, Any], code: str, inputs: Iterable[Any]) -> "Job":
        """Log to `log` and stderr, die with the parent, and describe the job.

        `inputs` is an iterable of paths, or of (name, path or list of paths) pairs.
        """
        die_with_parent()
        configure_logging(log)
        logging.info("start of %s", rule)
        return cls(rule, cfg, code, _flat_paths(inputs))

    def provenance(self) -> dict[str, Any]:
        """Plain values for a table's metadata; the same bytes for the same run of the rule."""
        return {
            "rule": self.rule,
            "config": dict(self.cfg),
            "config_digest": digest_value(dict(self.cfg)),
            "code_digest": self.code,
            "inputs": {name: digest_file(path) for name, path in self.inputs.items()},
        }


def configure_logging(log: str | Path) -> None:
    """Send records to `log` and stderr; a user's mistake is logged as one line, a bug as a traceback."""
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        datefmt="%H:%M:%S",
        handlers=[logging.FileHandler(log, mode="w"), logging.StreamHandler(sys.stderr)],
        force=True,
    )
    logging.captureWarnings(True)

    def report(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if issubclass(kind, InputError):
            logging.error("%s", error)
        else:
            logging.critical("unexpected %s", kind.__name__, exc_info=(kind, error, trace))

    sys.excepthook = report


def die_with_parent() -> None:
    """Ask Linux to end this process when Snakemake is killed, so that no orphan writes on."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _flat_paths(inputs: Iterable[Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for number, entry in enumerate(inputs):
        name, value = entry if isinstance(entry, tuple) else (str(number), entry)
        paths = [value] if isinstance(value, str | Path) else list(value)
        for index, path in enumerate(paths):
            flat[name if len(paths) == 1 else f"{name}[{index}]"] = str(path)
    return flat
