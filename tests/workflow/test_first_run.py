"""A first run's people, and the places of candidates, from the files of the tiny study."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from cgni.workflow.check_study import check_study
from cgni.workflow.settings import StudySettings
from tests.workflow.study import Study
from tools.draw_people import others
from tools.locate_candidates import places
from tools.make_reruns import effective

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def mine(finished_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config of the tiny cohort's files, read where they lie."""
    config = yaml.safe_load((finished_study.folder / "tests/tiny.yaml").read_text())
    config["results_dir"] = str(finished_study.folder / "results-tiny")
    path = tmp_path_factory.mktemp("first") / "mine.yaml"
    path.write_text(yaml.safe_dump(config))
    return path


def _settings(*configs: Path) -> StudySettings:
    return StudySettings.of(effective([str(path) for path in configs]))


def test_the_people_drawn_are_those_of_the_first_run(mine: Path, tmp_path: Path) -> None:
    left_out, drawn = others(_settings(mine), 60)
    assert drawn == 59 and len(left_out) == 260 - 59  # 15 outside the groups, 22 of each
    (tmp_path / "others.txt").write_text("\n".join(left_out) + "\n")
    first = tmp_path / "first.yaml"
    first.write_text(f"inputs: {{withdrawals: {tmp_path / 'others.txt'}}}\n")
    checklist = check_study(_settings(mine, first))
    told = {finding.part: finding.text for finding in checklist.findings}
    assert checklist.count("wrong") == 0, checklist.text()
    assert told["participants"].startswith("59 after exclusions; 59 with imaging, 59 with genotypes, 59 with both")
    assert "22 of the low and 22 of the high group" in told["participants"]


def test_the_first_run_changes_a_config_of_uk_biobank() -> None:
    settings = StudySettings.of(effective(["config.ukb.yaml", "config.first.yaml"]))
    assert (settings.results_dir, settings.inputs.withdrawals) == ("results-first", "others.txt")
    assert settings.inputs.genotypes.chromosomes == (19, 21) and settings.classification.search == ()


def test_places_are_those_of_the_candidates(mine: Path, finished_study: Study) -> None:
    table = pd.read_parquet(finished_study.folder / "results-tiny/genetics/candidates.parquet")
    assert places(_settings(mine)) == sorted({(c, p) for c, p in zip(table["chrom"], table["pos"], strict=True)})


def test_wrong_people_end_in_one_line(mine: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.draw_people", "--configfile", str(mine), "--people", "900"]
    run = subprocess.run([*command, "--output", str(tmp_path / "o.txt")], capture_output=True, text=True)
    assert run.returncode == 1 and run.stderr.count("\n") == 1
    assert "people of the low group have images and genotypes, 424 are wanted; draw fewer" in run.stderr
    assert not (tmp_path / "o.txt").exists()
