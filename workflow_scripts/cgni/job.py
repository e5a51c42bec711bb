"""What every rule's script does first: its log, its fate with its parent, its provenance."""

import atexit
import ctypes
import gc
import logging
import os
import platform
import signal
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow_scripts.cgni.config_reads import plain, recorded
from workflow_scripts.cgni.errors import InputError
from workflow_scripts.cgni.files import digest_file, digest_value, write_json

_PR_SET_PDEATHSIG = 1
_LOCK = Path(__file__).resolve().parents[2] / "envs" / "requirements.lock"


@dataclass(frozen=True)
class Job:
    """A running rule.

    Attributes
    ----------
    rule : name of the rule; instance : which of its jobs (the log's name: `fold0`, `terms124`, `all`).
    cfg : the slice of the config that the rule declared.
    code : digest of the script's import closure.
    inputs : input name (or number) to path.
    """

    rule: str
    instance: str
    cfg: Mapping[str, Any]
    code: str
    inputs: Mapping[str, str]

    @classmethod
    def start(cls, rule: str, log: str, cfg: Mapping[str, Any], code: str, inputs: Iterable[Any]) -> "Job":
        """Log to `log` and stderr, die with the parent, and describe the job.

        `inputs` is an iterable of paths, or of (name, path or list of paths) pairs.
        """
        gc.set_threshold(100_000, 50, 50)  # imports make many objects, none of them garbage
        die_with_parent()
        configure_logging(log)
        logging.info("start of %s", rule)
        record = Path(log).with_suffix(".json")
        atexit.register(lambda: write_json(_where_it_ran(), record))
        return cls(rule, Path(log).stem, recorded(cfg, rule), code, _flat_paths(inputs))

    def provenance(self) -> dict[str, Any]:
        """Plain values for a table's metadata; the same bytes for the same run of the rule.

        Host, device and time are not among them: a job writes those beside its log.
        """
        config = plain(self.cfg)
        return {
            "rule": self.rule,
            "instance": self.instance,
            "config": config,
            "config_digest": digest_value(config),
            "seed": config.get("seed"),
            "code_digest": self.code,
            "environment_digest": digest_file(_LOCK),
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


def _where_it_ran() -> dict[str, str]:
    """Host, system, Python and the device that torch used, if the job used torch at all."""
    torch = sys.modules.get("torch")
    on_gpu = torch is not None and torch.cuda.is_initialized()
    return {
        "host": platform.node(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "device": torch.cuda.get_device_name() if on_gpu else "CPU",
        "slurm_job": os.environ.get("SLURM_JOB_ID", ""),
    }


def _flat_paths(inputs: Iterable[Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for number, entry in enumerate(inputs):
        name, value = entry if isinstance(entry, tuple) else (str(number), entry)
        paths = [value] if isinstance(value, str | Path) else list(value)
        for index, path in enumerate(paths):
            flat[name if len(paths) == 1 else f"{name}[{index}]"] = str(path)
    return flat
