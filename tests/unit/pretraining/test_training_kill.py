"""SIGKILL in the middle of an epoch, then the same command again: the same features to the byte."""

import subprocess
import sys
import time
from pathlib import Path

from cgni.networks.resume import ResumeFile
from tests.unit.pretraining.training_run import EPOCHS

ROOT = Path(__file__).resolve().parents[3]


def _start(folder: Path, name: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.unit.pretraining.training_run", str(folder), name]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def test_features_after_a_kill_are_those_of_an_unbroken_run(tmp_path: Path) -> None:
    whole = _start(tmp_path, "whole")
    transcript = whole.communicate(timeout=200)[1]
    assert whole.returncode == 0, transcript
    assert transcript.count("epoch ") == EPOCHS

    killed = _start(tmp_path, "cut")
    begun: float | None = None
    while True:
        line = killed.stderr.readline()
        assert line, "the run ended before it could be killed"
        if line.startswith("epoch 1:"):
            begun = time.monotonic()
        if line.startswith("epoch 2:"):
            break
    time.sleep((time.monotonic() - begun) / 2)  # half of what the second epoch took: the third is under way
    killed.kill()
    assert killed.wait() == -9
    saved = ResumeFile(tmp_path / "cut-resume", "digest").load()
    assert 2 <= saved["fitted"]["epochs"] < EPOCHS
    assert not (tmp_path / "cut.npy").exists()

    again = _start(tmp_path, "cut")
    transcript = again.communicate(timeout=200)[1]
    assert again.returncode == 0, transcript
    assert f"going on after epoch {saved['fitted']['epochs']}" in transcript
    assert transcript.count("epoch ") == 1 + EPOCHS - saved["fitted"]["epochs"]
    assert (tmp_path / "cut.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()
