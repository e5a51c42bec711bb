"""What a process of the study does about its parent and its log."""

import contextlib
import ctypes
import logging
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from cgni.base.errors import InputError
from cgni.base.machine import machine_trouble

_PR_SET_PDEATHSIG = 1
_NAMES: list[str] = []  # what log lines begin with, from the outside in


def die_with_parent() -> None:
    """Ask Linux to end this process when Snakemake is killed, so that no orphan writes on."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


@contextlib.contextmanager
def named_in_logs(name: str) -> Iterator[None]:
    """Let the log lines of a part of the work bear its name, such as `fold 2`, behind those of what it is part of."""
    _NAMES.append(name)
    try:
        yield
    finally:
        _NAMES.pop()


def configure_logging(log: str | Path, name: str = "") -> None:
    """Send records to `log` and stderr; a user's mistake or what the machine refuses is one line, a bug a traceback.

    Parameters
    ----------
    name
        What all lines begin with: on a console, where several jobs speak, it says which one does.
    """
    _NAMES[:] = [name] if name else []
    _send_to(logging.StreamHandler(sys.stderr))
    sys.excepthook = _report
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a full disk stops the job where it writes results, not where it writes its log
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    _send_to(logging.FileHandler(log, mode="w"), logging.StreamHandler(sys.stderr))


class _Named(logging.Formatter):
    """Time, level, the names in force, the message."""

    def format(self, record: logging.LogRecord) -> str:
        record.names = f"{', '.join(_NAMES)}: " if _NAMES else ""
        return super().format(record)


def _send_to(*handlers: logging.Handler) -> None:
    for handler in handlers:
        handler.setFormatter(_Named("%(asctime)s %(levelname)s %(names)s%(message)s", datefmt="%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    refused = machine_trouble(error)
    if issubclass(kind, InputError):
        logging.error("%s", error)
    elif refused:
        logging.error("%s", refused)
    else:
        logging.critical("unexpected %s", kind.__name__, exc_info=(kind, error, trace))
