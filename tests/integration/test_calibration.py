"""The calibration bench at small size, as CI runs it: wide bounds on what is called where nothing is to be found."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import bench_calibration
from tests.unit.benchmarks.test_calibration import LINE, numbers

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_small_form_keeps_within_wide_bounds(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "PARTS": "null,planted,cline,collider,scores",
    }
    command = [sys.executable, bench_calibration.__file__, "--cohorts", "20", "--folder", str(tmp_path)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    line = run.stdout.strip().splitlines()[-1]
    assert LINE.fullmatch(line)
    found = numbers(line)
    # of 20 null cohorts with a chance of .05 each, 5 or more call something once in 390 runs (binomial)
    assert found["any_call"] <= 0.2
    assert found["cline_snps"] <= 1 and abs(found["cline_r"]) < 0.1 and found["collider_snps"] == 0
    assert found["directions"] >= 0.9
    null = json.loads((tmp_path / "calibration_null.json").read_text())["summary"]
    assert null["level_allele_outcome_out_of_fold"] < 0.12 and null["level_holdout"] <= 0.2
