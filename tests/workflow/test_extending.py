"""The recipes of docs/extending.md, carried out in a copy of the repository: its unit tests and the tiny study run."""

import re
import subprocess
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.workflow.study import REPOSITORY, Study

pytestmark = pytest.mark.slow
PAGE = (REPOSITORY / "docs/extending.md").read_text()
# what the page's table promises
MOST_FILES = {"A loss term": 4, "A baseline": 6, "An atlas": 3}
# unit tests that speak of all terms, models, kinds of fit, rules or keys, and so must hold for a new one too
UNIT_TESTS = (
    "tests/unit/contrastive",
    "tests/unit/figures",
    "tests/unit/classification/test_fitted_models.py",
    "tests/unit/test_house.py",
    "tests/unit/workflow",
)
OVERLAY = """
contrastive: {subsets: [[1, 2], [1, 5]]}
classification: {models: [imaging_linear, imaging_centroid], shared_head: []}
"""


def recipes() -> dict[str, list[str]]:
    """Diffs of each section of the page."""
    sections = re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)[1:]
    pairs = zip(sections[::2], sections[1::2], strict=True)
    return {title: re.findall(r"^```diff\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) for title, text in pairs}


def files_of(diff: str) -> set[str]:
    return set(re.findall(r"^\+\+\+ b/(.+)$", diff, re.MULTILINE))


def apply(diff: str, folder: Path) -> None:
    command = ["git", "apply", "-"]
    done = subprocess.run(command, cwd=folder, input=diff, text=True, capture_output=True)
    assert done.returncode == 0, f"docs/extending.md no longer fits the code: {done.stderr}"


def test_recipes_touch_no_more_files_than_promised() -> None:
    found = recipes()
    assert len(found) == 4 and all(found.values())
    for title, most in MOST_FILES.items():
        assert all(len(files_of(diff)) <= most for diff in found[title]), title


def test_the_tiny_study_runs_with_a_new_term_and_new_baselines(fresh_study: Study) -> None:
    for diffs in recipes().values():
        for diff in diffs:
            apply(diff, fresh_study.folder)
    python = fresh_study.folder / ".venv/bin/python"
    subprocess.run([python, "-m", "tools.make_settings"], cwd=fresh_study.folder, check=True)
    config = yaml.safe_load((fresh_study.folder / "config.yaml").read_text())
    assert config["contrastive"]["weights"]["alignment_imaging_genetics"] == 0.5
    assert config["classification"]["imaging_centroid"] == {"shrinkage": 0.0}
    tests = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *UNIT_TESTS],
        cwd=fresh_study.folder,
        text=True,
        capture_output=True,
    )
    assert tests.returncode == 0, f"unit tests fail in a copy with all recipes: {tests.stdout[-8000:]}{tests.stderr}"

    run = fresh_study.snakemake("tables", "figures", overlays=(fresh_study.overlay("more.yaml", OVERLAY),))
    assert run.returncode == 0, run.stdout[-6000:]
    results = fresh_study.folder / "results-tiny"
    first = pd.read_csv(results / "tables/table1.csv")
    assert {"Linear imaging model", "Imaging centroids"} <= set(first["Model"])
    second = pd.read_csv(results / "tables/table2.csv")
    assert "(5) δ" in second.columns and second["(5) δ"].notna().sum() == 1
    assert (results / "contrastive/terms15/embeddings.parquet").is_file()
    assert (results / "figures/ages.png").is_file()
