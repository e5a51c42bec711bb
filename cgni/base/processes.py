"""What a process of the study does about its parent and its log."""

import ctypes
import logging
import os
import signal
import sys
from pathlib import Path
from types import TracebackType

from cgni.base.errors import InputError

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask Linux to end this process when Snakemake is killed, so that no orphan writes on."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


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

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, InputError):
            logging.error("%s", error)
        else:
            logging.critical("unexpected %s", kind.__name__, exc_info=(kind, error, trace))

    sys.excepthook = report
