"""What is installed: the locks, what is made of them, and that all say the same."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from cgni.base.version import VERSION
from tools.make_conda_environment import after, environment
from tools.make_locks import ROOT, entries, pins, without

ENVIRONMENTS = ROOT / "envs"
LOCKS = sorted(path.name for path in ENVIRONMENTS.glob("*.lock"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TEXT = """\
# made of something
one==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
Two==2.1 ; sys_platform == 'linux' \\
    --hash=sha256:cc
"""


def _lock(name: str) -> dict[str, str]:
    return entries((ENVIRONMENTS / name).read_text())


def _names(wanted: list[str]) -> set[str]:
    return {re.split(r"[^\w-]", line)[0].lower() for line in wanted}


def test_a_lock_is_read_entry_by_entry() -> None:
    assert entries(TEXT).keys() == {"one", "two"}
    assert pins(TEXT) == ["one==1.0", "Two==2.1 ; sys_platform == 'linux'"]
    assert without(entries(TEXT), ["two"]).keys() == {"one"}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_a_version_and_hashes_and_no_address(name: str) -> None:
    for package, entry in _lock(name).items():
        assert re.match(r"[\w.-]+==[\w.+]+( ; [^\\]+)? \\\n", entry), package
        assert re.findall(r"--hash=sha256:([0-9a-f]{64})\b", entry), package
        assert "://" not in entry and "@" not in entry, package


def test_the_locks_have_what_the_project_asks_for_and_development_nothing_of_a_study() -> None:
    study, development = _lock("requirements.lock"), _lock("development.lock")
    groups = PROJECT["dependency-groups"]
    assert _names(PROJECT["project"]["dependencies"]) <= study.keys()
    assert _names(groups["development"]) <= study.keys() | development.keys()
    assert _names(groups["guide"]) <= _lock("guide.lock").keys()
    assert not study.keys() & development.keys()
    assert not {"pytest", "ruff", "mypy", "snakefmt", "hypothesis"} & study.keys()
    assert not _lock("cuda.lock").keys() & study.keys()


def test_torch_for_cpus_is_the_torch_of_the_lock() -> None:
    (pin,) = pins((ENVIRONMENTS / "torch_for_cpus.lock").read_text())
    (torch,) = (pin for pin in pins((ENVIRONMENTS / "requirements.lock").read_text()) if pin.startswith("torch=="))
    assert pin.partition(" ;")[0] == f"{torch}+cpu"


def test_conda_installs_the_versions_of_the_locks() -> None:
    study, alone = ((ENVIRONMENTS / f"{name}.lock").read_text() for name in ("requirements", "without_dependencies"))
    assert (ENVIRONMENTS / "environment.yaml").read_text() == environment(study)
    assert (ENVIRONMENTS / "environment.post-deploy.sh").read_text() == after(alone)
    assert yaml.safe_load(environment(study))["dependencies"][-1]["pip"] == pins(study)


def test_library_rules_and_citation_have_one_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    (rules,) = re.findall(r'^VERSION = "(.+)"$', (ROOT / "rules/common.smk").read_text(), re.MULTILINE)
    assert str(citation["version"]) == VERSION == rules
    assert citation["license"] == PROJECT["project"]["license"]


def _recipe() -> str:
    return (ENVIRONMENTS / "Dockerfile").read_text()


def test_the_container_copies_what_there_is_and_installs_the_locks() -> None:
    copied = [word for line in re.findall(r"^COPY (.+) \S+$", _recipe(), re.MULTILINE) for word in line.split()]
    assert {"cgni", "rules", "resources", "workflow_scripts", "Snakefile", "envs/*.lock"} <= set(copied)
    assert all(list(ROOT.glob(name)) for name in copied)
    # what .dockerignore keeps out cannot be copied
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {name.split("/")[0] for name in copied} == kept
    # as make ready does, which makes .venv/.installed
    assert "setup_python.sh python3 .venv .installed envs/requirements.lock envs/without_dependencies.lock" in _recipe()
    assert re.search(r"^FROM python:3\.11\.\d+-", _recipe(), re.MULTILINE)


def test_the_container_s_recipe_has_no_lint() -> None:
    program = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        pytest.skip("hadolint is not there for this system")
    run = subprocess.run([program, str(ENVIRONMENTS / "Dockerfile")], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_github_runs_what_everybody_runs() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert "bash .ci/run" in [step.get("run") for step in steps]
    assert (ROOT / ".ci/run").read_text().rstrip().endswith("make test")
    assert any("envs/Dockerfile" in step.get("run", "") for step in steps)
    assert workflow["permissions"] == {"contents": "read"}


def test_the_workflow_catalogue_finds_what_it_looks_for() -> None:
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert usage["software-stack-deployment"]["conda"] is True
    assert (ROOT / "config/README.md").is_file()
    assert 'include: "../Snakefile"' in (ROOT / "workflow/Snakefile").read_text()
    assert yaml.safe_load((ROOT / "config/config.yaml").read_text()) == {"results_dir": "results"}
