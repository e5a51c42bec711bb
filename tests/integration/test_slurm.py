"""The tiny study on a real Slurm, with everything going wrong that can."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.cluster import Run, Submitted, edit_profile, running, submitted, why_no_cluster
from tests.workflow.declarations import declared_memory, declared_minutes, declared_threads, gpu_rules, rules
from tests.workflow.study import Study, copy_repository
from tests.workflow.test_slurm_requests import OPTIONAL

REASON = why_no_cluster()
pytestmark = [pytest.mark.slow, pytest.mark.cluster, pytest.mark.skipif(bool(REASON), reason=REASON)]
RESULTS = "results-tiny"
STUMBLING = "check_gm_quality"  # is given too little memory at first
CANCELLED = "pretrain_brain_age"  # one of its jobs is cancelled while it runs
LONG = "pretraining: {epochs: 40, patience: 40}\n"


@dataclass(frozen=True)
class Ordeal:
    """What happened to the study that went through all faults."""

    study: Study
    refusal: subprocess.CompletedProcess
    release: subprocess.CompletedProcess
    second: str
    done_before: set[tuple[str, str]]

    def jobs(self) -> list[Submitted]:
        return submitted(self.study.folder)


def _clear_lock(study: Study, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "tools/clear_stale_lock.py", *arguments]
    return subprocess.run(command, cwd=study.folder, capture_output=True, text=True, timeout=1200)


def _copy(study: Study, target: Path, overlay: str) -> tuple[Study, str]:
    shutil.copytree(study.folder, target, symlinks=True)
    copy = Study(target, study.overlays)
    return copy, copy.overlay("long.yaml", overlay)


@pytest.fixture(scope="module")
def stalled(finished_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Study, Run]]:
    """A training job that stalls after some epochs until its one minute is over; it runs beside the other tests."""
    study, overlay = _copy(finished_study, tmp_path_factory.mktemp("stalled") / "study", LONG)
    edit_profile(study, "pretrain_brain_age", runtime="attempt")
    log = study.folder / RESULTS / "logs/pretrain_brain_age/fold0.log"
    log.unlink()
    run = Run(study, f"{RESULTS}/pretraining/fold0/brain_age.ckpt", overlays=(overlay,))
    run.until(lambda: log.exists() and "epoch 3:" in log.read_text(), 120, "epoch 3")
    _stop_script(study.folder)
    yield study, run
    run.kill()


def _stop_script(folder: Path) -> None:
    """SIGSTOP to the rule's script that works in `folder`: a node that hangs."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            is_script = len(words) > 1 and b".snakemake/scripts/" in words[1]
            if is_script and Path(os.readlink(entry / "cwd")) == folder:
                os.kill(int(entry.name), signal.SIGSTOP)
                return
        except OSError:
            continue  # the process has gone
    raise AssertionError("no script to stop")


@pytest.fixture(scope="module")
def ordeal(stalled: tuple[Study, Run], tmp_path_factory: pytest.TempPathFactory) -> Ordeal:
    """From nothing to the report: too little memory, scancel, SIGKILL of Snakemake, and the rerun."""
    study = Study(copy_repository(tmp_path_factory.mktemp("ordeal") / "study"), ("tests/tiny.yaml",))
    edit_profile(study, STUMBLING, mem_mb="250 * 4 ** (attempt - 1)")
    first = Run(study, "--slurm-keep-successful-logs")
    logs = study.folder / RESULTS / "logs"
    begun = logs / CANCELLED / "fold0.log"
    first.until(lambda: begun.exists() and "start of" in begun.read_text(), 900, f"{CANCELLED} ran")
    subprocess.run(["scancel", running(study.folder, CANCELLED)["0"]], check=True)
    begun = logs / "train_contrastive/terms12.log"
    first.until(lambda: begun.exists() and "start of" in begun.read_text(), 900, "train_contrastive ran")
    working = running(study.folder, "train_contrastive")
    first.kill()
    assert working, "nothing was left to write on"
    done = {(job.rule, job.instance) for job in submitted(study.folder) if job.state == "COMPLETED"}
    refusal = _clear_lock(study)
    release = _clear_lock(study, "--wait")
    second = Run(study, "--slurm-keep-successful-logs")
    assert second.wait(1200) == 0, second.text[-6000:]
    return Ordeal(study, refusal, release, second.text, done)


def test_requests_reach_slurm_as_the_rules_declare(ordeal: Ordeal) -> None:
    jobs = ordeal.jobs()
    # the tiny study has no further atlas and no bundle
    assert gpu_rules() - OPTIONAL <= {job.rule for job in jobs} <= set(rules())
    for job in jobs:
        assert (job.gpu, job.partition) == ((True, "gpu") if job.rule in gpu_rules() else (False, "cpu")), job
        assert job.account == "research" and job.cpus == declared_threads(job.rule), job
    for job in {job.instance + job.rule: job for job in reversed(jobs)}.values():  # the first attempts
        if job.rule != STUMBLING:
            assert declared_memory(job.rule) in (None, int(job.memory.removesuffix("M"))), job
            assert declared_minutes(job.rule) in (None, job.minutes), job


def test_too_little_memory_is_retried_with_more(ordeal: Ordeal) -> None:
    attempts = [job for job in ordeal.jobs() if job.rule == STUMBLING]
    assert [(job.memory, job.state) for job in attempts] == [("250M", "FAILED"), ("1000M", "COMPLETED")]
    assert attempts[1].minutes == 2 * attempts[0].minutes
    log = next((ordeal.study.folder / ".snakemake/slurm_logs" / f"rule_{STUMBLING}").rglob(f"{attempts[0].job}.log"))
    assert "exceeded memory limit" in log.read_text()


def test_cancelled_job_is_submitted_again(ordeal: Ordeal) -> None:
    states = Counter(job.state for job in ordeal.jobs() if job.rule == CANCELLED)
    assert states == {"CANCELLED": 1, "COMPLETED": 2}


def test_lock_stays_while_slurm_works_on(ordeal: Ordeal) -> None:
    assert ordeal.refusal.returncode == 1 and "Slurm jobs of this folder are not done" in ordeal.refusal.stderr
    assert ordeal.release.returncode == 0 and "Removing the lock" in ordeal.release.stdout


def test_nothing_is_done_twice(ordeal: Ordeal) -> None:
    completed = Counter((job.rule, job.instance) for job in ordeal.jobs() if job.state == "COMPLETED")
    assert set(completed.values()) == {1}, completed.most_common(3)
    assert ordeal.done_before < set(completed)
    assert "simulate_genotypes" not in ordeal.second


def test_tables_equal_those_of_an_unbroken_local_run(ordeal: Ordeal, finished_study: Study) -> None:
    local, cluster = finished_study.folder / RESULTS, ordeal.study.folder / RESULTS
    names = [path.relative_to(local) for kind in ("parquet", "csv", "tex") for path in local.rglob(f"*.{kind}")]
    assert len(names) > 60
    assert [str(name) for name in names if (local / name).read_bytes() != (cluster / name).read_bytes()] == []


def test_time_limit_makes_training_go_on_from_its_last_epoch(
    stalled: tuple[Study, Run], ordeal: Ordeal, finished_study: Study, tmp_path: Path
) -> None:
    study, run = stalled
    assert run.wait(600) == 0, run.text[-4000:]
    jobs = submitted(study.folder)
    assert [(job.state, job.minutes) for job in jobs] == [("TIMEOUT", 1), ("COMPLETED", 2)]
    log = (study.folder / RESULTS / "logs/pretrain_brain_age/fold0.log").read_text()
    resumed = re.search(r"going on after epoch (\d+)", log)
    assert resumed and 3 <= int(resumed[1]) < 40 and "epoch 1:" not in log
    unbroken, overlay = _copy(finished_study, tmp_path / "unbroken", LONG)
    local = unbroken.snakemake(f"{RESULTS}/pretraining/fold0/brain_age.ckpt", overlays=(overlay,))
    assert local.returncode == 0, local.stdout[-4000:]
    for name in ("curve.parquet", "metrics.parquet", "brain_age.ckpt"):
        path = f"{RESULTS}/pretraining/fold0/{name}"
        assert (unbroken.folder / path).read_bytes() == (study.folder / path).read_bytes(), name
