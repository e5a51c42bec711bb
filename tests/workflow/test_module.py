"""The study as a module of a workflow in an empty folder: from a folder, and over http with the installed package."""

import functools
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from tests.workflow.study import REPOSITORY, SNAKEMAKE, copy_repository, planned_jobs

pytestmark = pytest.mark.slow
MODULE = """
module cgni:
    snakefile: "{place}"
    config: config

use rule * from cgni{renamed}
"""
CHEAP = ("cohort/out/config.effective.yaml", "cohort/out/genetics/candidates.parquet")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of each file."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a copy of the repository is served."""
    copy = copy_repository(tmp_path_factory.mktemp("served") / "cgni")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(copy)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the package lies as pip would put it there."""
    folder = tmp_path_factory.mktemp("installed")
    source = copy_repository(folder / "source")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def _run(folder: Path, place: str, *arguments: str, library: Path | None = None, **config: object) -> str:
    """What Snakemake says in a folder that holds a Snakefile alone; `library`: where the package is installed."""
    folder.mkdir(exist_ok=True)
    text = MODULE.format(place=place, renamed=" as study_*" if library is None else "")
    (folder / "Snakefile").write_text(f"config = {config!r}\n" + text)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if library:
        environment["PYTHONPATH"] = str(library)
    command = [str(SNAKEMAKE), "--cores", "2", *arguments]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    return f"{run.stdout}{run.stderr}" if not run.returncode else f"failed: {run.stdout}{run.stderr}"


def _tiny() -> dict[str, object]:
    """The tiny study, with its results below a folder of the working folder."""
    return yaml.safe_load((REPOSITORY / "tests/tiny.yaml").read_text()) | {"results_dir": "cohort/out"}


def test_a_folder_with_a_results_folder_in_its_config_plans_and_runs_the_study(tmp_path: Path) -> None:
    place = str(REPOSITORY / "Snakefile")
    planned = planned_jobs(_run(tmp_path, place, "-n", results_dir="results"))
    assert planned["study_write_report"] == planned["study_all"] == 1 and len(planned) > 45
    said = _run(tmp_path, place, *CHEAP, **_tiny())
    assert "3 of 3 steps (100%) done" in said, said
    effective = yaml.safe_load((tmp_path / CHEAP[0]).read_text())
    assert effective["inputs"]["ppi"] == str(REPOSITORY / "resources/app_interactors.tsv")
    assert "start of select_candidates" in (tmp_path / "cohort/out/logs/select_candidates/all.log").read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"Snakefile", ".snakemake", "cohort"}
    again = _run(tmp_path, place, "-n", CHEAP[1], "--rerun-triggers", "mtime", "params", "input", **_tiny())
    assert "Nothing to be done" in again, again


def test_rules_from_an_address_run_with_the_installed_package(address: str, installed: Path, tmp_path: Path) -> None:
    place = f"{address}/workflow/Snakefile"
    planned = planned_jobs(_run(tmp_path / "http", place, "-n", library=installed, results_dir="results"))
    assert planned["write_report"] == planned["study"] == 1 and len(planned) > 45
    said = _run(tmp_path / "http", place, *CHEAP, library=installed, **_tiny())
    assert "3 of 3 steps (100%) done" in said, said
    _run(tmp_path / "folder", str(REPOSITORY / "Snakefile"), *CHEAP, **_tiny())
    fetched, local = (tmp_path / name / CHEAP[1] for name in ("http", "folder"))
    assert fetched.read_bytes() == local.read_bytes()
    assert pq.read_table(fetched).num_rows > 50


def test_rules_from_an_address_say_that_the_library_is_missing_or_another(
    address: str, installed: Path, tmp_path: Path
) -> None:
    place = f"{address}/Snakefile"
    said = _run(tmp_path / "without", place, "-n", results_dir="results")
    assert "the library cgni is not there" in said and "docs/module.md" in said and "Traceback" not in said
    version = installed / "cgni/base/version.py"
    text = version.read_text()
    version.write_text(text.replace('VERSION = "', 'VERSION = "9'))
    try:
        said = _run(tmp_path / "other", place, "-n", library=installed, results_dir="results")
    finally:
        version.write_text(text)
    assert "the rules are of version" in said and "install the library of the rules' version" in said


def test_jobs_import_the_library_beside_the_rules(tmp_path: Path) -> None:
    """Another library on the path would compute something else than the code digests say."""
    stale = tmp_path / "stale/cgni/workflow"
    stale.mkdir(parents=True)
    for folder in (stale, stale.parent):
        (folder / "__init__.py").touch()
    (stale / "job.py").write_text("raise SystemExit('a stale library')\n")
    said = _run(tmp_path / "w", str(REPOSITORY / "Snakefile"), CHEAP[0], library=tmp_path / "stale", **_tiny())
    assert "(100%) done" in said, said
