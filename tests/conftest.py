"""The finished tiny study that the workflow and cluster tests look at and plan changes against."""

import shutil
from pathlib import Path

import pytest

from cgni.workflow import config_reads
from tests.workflow.study import Study, copy_repository

TINY = ("tests/tiny.yaml",)
READS = "config-reads"  # what each rule of the finished study read of its config


@pytest.fixture(scope="session")
def finished_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The tiny study, run once for all tests; they must leave it as it is."""
    study = Study(copy_repository(tmp_path_factory.mktemp("finished")), TINY)
    (study.folder / READS).mkdir()
    run = study.snakemake(environment={config_reads.VARIABLE: str(study.folder / READS)})
    assert run.returncode == 0, run.stdout[-6000:]
    return study


@pytest.fixture
def study_copy(finished_study: Study, tmp_path: Path) -> Study:
    """A copy of the finished study (with its records and times) that a test may change."""
    target = tmp_path / "study"
    shutil.copytree(finished_study.folder, target, symlinks=True)
    return Study(target, TINY)


@pytest.fixture
def fresh_study(tmp_path: Path) -> Study:
    """A copy of the repository in which nothing has run."""
    return Study(copy_repository(tmp_path / "study"), TINY)
