"""Processes that a test started, as others see them."""

import os
import time
from collections.abc import Callable
from pathlib import Path


def processes_in(folder: Path) -> list[int]:
    """Ids of the other processes that work in a folder, or below it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if Path(os.readlink(entry / "cwd")).is_relative_to(folder):
                    found.append(int(entry.name))
            except OSError:
                continue  # the process has gone, or is not ours to look at
    return found


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Return when the condition holds; fail with `what` when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
