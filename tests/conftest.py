"""The finished tiny study that the workflow and cluster tests look at and plan changes against."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from filelock import FileLock

from cgni.workflow import config_reads
from tests.workflow.study import Study, copy_repository

_OUTCOMES, _FAULTS = ("clear", "counted", "handled"), ("silent", "traceback", "other message")
TINY = ("tests/tiny.yaml",)
READS = "config-reads"  # what each rule of the finished study read of its config


@pytest.fixture(scope="session")
def finished_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The tiny study, run once for all tests; they must leave it as it is.

    The first process that comes here runs it; each has its own copy. A folder for all processes is named by CGNI_TINY.
    """
    base = tmp_path_factory.getbasetemp()
    shared = Path(os.environ.get("CGNI_TINY", base.parent if "PYTEST_XDIST_WORKER" in os.environ else base))
    with FileLock(shared / "tiny.lock"):
        if not (shared / "tiny").exists():
            _run_tiny(shared / "begun").folder.rename(shared / "tiny")
    shutil.copytree(shared / "tiny", base / "finished", symlinks=True)
    return Study(base / "finished", TINY)


def _run_tiny(folder: Path) -> Study:
    study = Study(copy_repository(folder), TINY)
    (study.folder / READS).mkdir()
    run = study.snakemake(environment={config_reads.VARIABLE: str(study.folder / READS)})
    assert run.returncode == 0, run.stdout[-6000:]
    return study


@pytest.fixture
def study_copy(finished_study: Study, tmp_path: Path) -> Study:
    """A copy of the finished study (with its records and times) that a test may change."""
    return finished_study.copied_to(tmp_path / "study")


@pytest.fixture
def fresh_study(tmp_path: Path) -> Study:
    """A copy of the repository in which nothing has run."""
    return Study(copy_repository(tmp_path / "study"), TINY)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Sum up the catalogue of spoiled inputs (tests/unit/catalogue), where it was run."""
    outcomes: Counter[str] = Counter()
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        told = dict(getattr(report, "user_properties", ()))  # of an answer told twice the last one
        if report.when == "call" and "catalogue" in told:
            outcomes[told["catalogue"] if told["answer"] == "right" else told["answer"]] += 1
    if outcomes:
        counts = ", ".join(f"{outcomes[name]} {name}" for name in _OUTCOMES)
        faults = ", ".join(f"{outcomes[name]} {name}" for name in _FAULTS)
        terminalreporter.write_line(f"catalogue: {outcomes.total()} cases: {counts}; {faults}")
