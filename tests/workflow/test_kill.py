"""A SIGKILL of Snakemake in the middle loses nothing and leaves nobody writing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workflow.study import Study

pytestmark = pytest.mark.slow


def _processes_in(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if Path(os.readlink(entry / "cwd")).is_relative_to(folder):
                    found.append(int(entry.name))
            except OSError:
                continue  # the process has gone, or is not ours to look at
    return found


def _wait(condition, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def test_killed_run_resumes_to_the_same_tables(fresh_study: Study, finished_study: Study) -> None:
    folder = fresh_study.folder
    process = subprocess.Popen(
        fresh_study.command(), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    started = folder / "results-tiny/logs/finetune_wm"
    _wait(lambda: started.exists() or process.poll() is not None, 300, "fine-tuning never began")
    assert process.poll() is None, "the run ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()
    _wait(lambda: not _processes_in(folder), 20, "a script outlived its Snakemake")

    # what make demo does: the lock is removed, because no live process holds it
    freed = subprocess.run([sys.executable, "tools/clear_stale_lock.py"], cwd=folder, capture_output=True, text=True)
    assert freed.returncode == 0 and "lock" in freed.stdout, freed.stdout + freed.stderr
    again = fresh_study.snakemake()
    assert again.returncode == 0, again.stdout[-4000:]
    assert "simulate_genotypes" not in again.stdout, "finished work was done again"
    for table in sorted((finished_study.folder / "results-tiny/tables").glob("*.csv")):
        assert (folder / "results-tiny/tables" / table.name).read_bytes() == table.read_bytes(), table.name
