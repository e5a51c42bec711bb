"""A lock is removed only when nobody can be writing any more."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_SCRIPT = Path(__file__).resolve().parents[3] / "tools/clear_stale_lock.py"
_SQUEUE = """#!/bin/sh
cat "{queue}"
"""
_SCANCEL = """#!/bin/sh
echo "$@" > "{folder}/cancelled"
: > "{queue}"
"""


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """A folder with a lock, and a Slurm that has two jobs, one of them of this folder."""
    folder = tmp_path / "study"
    (folder / ".snakemake/locks").mkdir(parents=True)
    (folder / ".snakemake/locks/0.output.lock").write_text("results/x\n")
    (folder / "tools").mkdir()
    shutil.copy(_SCRIPT, folder / "tools")
    (folder / "Snakefile").write_text("rule all:\n    input: []\n")
    programs, queue = tmp_path / "bin", tmp_path / "queue"
    programs.mkdir()
    queue.write_text(f"7|{folder}\n8|{tmp_path}/elsewhere\n")
    for name, text in {"squeue": _SQUEUE, "scancel": _SCANCEL}.items():
        (programs / name).write_text(text.format(queue=queue, folder=folder))
        (programs / name).chmod(0o755)
    return folder


def _clear(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PATH": f"{folder.parent / 'bin'}:{os.environ['PATH']}"}
    command = [sys.executable, "tools/clear_stale_lock.py", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def _is_locked(folder: Path) -> bool:
    return any((folder / ".snakemake/locks").glob("*"))


def test_jobs_in_slurm_keep_the_lock_until_they_are_cancelled(locked: Path) -> None:
    refused = _clear(locked)
    assert refused.returncode == 1 and "1 Slurm jobs" in refused.stderr and _is_locked(locked)
    cleared = _clear(locked, "--cancel")
    assert cleared.returncode == 0 and not _is_locked(locked), cleared.stderr
    assert (locked / "cancelled").read_text().split() == ["7"]


def test_live_snakemake_keeps_the_lock(locked: Path) -> None:
    (locked.parent / "queue").write_text("")
    program = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()", "snakemake"]
    with subprocess.Popen(program, cwd=locked, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        refused = _clear(locked)
        other.communicate()
    assert refused.returncode == 1 and "Another Snakemake" in refused.stderr and _is_locked(locked)
    assert _clear(locked).returncode == 0 and not _is_locked(locked)


def test_silent_slurm_keeps_the_lock(locked: Path) -> None:
    (locked.parent / "bin/squeue").write_text("#!/bin/sh\necho no controller >&2\nexit 1\n")
    submissions = locked / ".snakemake/slurm_logs"
    submissions.mkdir()
    refused = _clear(locked)
    assert refused.returncode == 1 and "no controller" in refused.stderr and _is_locked(locked)
    submissions.rmdir()  # nothing was ever submitted from here, so nothing can be running
    assert _clear(locked).returncode == 0 and not _is_locked(locked)
