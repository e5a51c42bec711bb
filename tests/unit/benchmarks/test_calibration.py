"""The calibration itself: its line, its judgement of claims, a cline and a collider cohort."""

import dataclasses
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks import calibration_trials
from benchmarks.bench_calibration import COHORTS, last_line, scaled, worst_level
from benchmarks.calibration_parts import CLINE, COLLIDER, PARTS, mean, ratio, significant
from benchmarks.calibration_population import Ancestry
from benchmarks.calibration_trials import Trial

LINE = re.compile(
    r"calibration any_call=\S+ level=\S+ cline_snps=\S+ cline_r=\S+ collider_snps=\S+ directions=\S+ "
    r"components_ok=\S+ label15_r=\S+ block_fdr=\S+ coverage=\S+"
)
RAW = {"confounds": {"remove": "none"}}


def numbers(line: str) -> dict[str, float]:
    return {name: float(value) for name, value in (part.split("=") for part in line.split()[1:])}


def test_line_is_made_of_the_parts_that_are_there(tmp_path: Path) -> None:
    summaries = {
        "null": {"any_call": 0.03, "level_holdout": 0.045, "level_holdout_se": 0.2},
        "cline": {"now_snps_most": 1.0, "now_r": -0.01},
        "replicated": {"level_pipeline": 0.06},
    }
    for name, summary in summaries.items():
        (tmp_path / f"calibration_{name}.json").write_text(json.dumps({"summary": summary}))
    line = last_line(tmp_path)
    assert LINE.fullmatch(line)
    found = numbers(line)
    # standard errors are no levels
    assert (found["any_call"], found["level"], found["cline_snps"], found["cline_r"]) == (0.03, 0.06, 1, -0.01)
    assert math.isnan(found["coverage"])
    assert math.isnan(worst_level({}))


def test_parts_shrink_together() -> None:
    assert [scaled(full, COHORTS) for full in (200, 10, 3)] == [200, 10, 3]
    assert [scaled(full, 20) for full in (200, 10, 3)] == [20, 1, 1]


def test_numbers_of_rows() -> None:
    rows = [{"r": [0.4, 0.1], "a": {"x": 3, "y": 4}, "p": [0.2, 0.03]}, {"r": [0.2], "p": [0.06]}]
    assert mean(rows, "r") == pytest.approx(0.3)
    assert ratio(rows, ("a", "x"), ("a", "y")) == 0.75
    assert [significant(row) for row in rows] == [True, False]


def small(kind, **changed):
    return dataclasses.replace(kind, people=700, regions=60, features=60, **changed)


def test_cline_is_seen_before_and_not_after_confounds_are_removed() -> None:
    """A strong cline at tiny size: mean absolute r of .12 with SNPs and regions."""
    kind = small(CLINE, ancestry=Ancestry(cline_snps=0.12, cline_regions=0.12))
    before, now = (calibration_trials.components(Trial(kind, 1, changed), 90_011) for changed in (RAW, {}))
    # r in validation people, 630 of them over the folds: SE .04
    assert before["r"][0] > 0.25 and abs(now["r"][0]) < 0.12
    # the test is partial on the components: it does not take the cline for a finding even where the views hold it
    assert abs(before["r_partial"][0]) < abs(before["r"][0]) / 2


def test_collider_is_seen_before_and_not_after_confounds_are_removed() -> None:
    before, now = (calibration_trials.components(Trial(small(COLLIDER), 1, changed), 90_002) for changed in (RAW, {}))
    assert before["r"][0] > 0.12 and abs(now["r"][0]) < 0.12


def test_called_snps_are_judged_by_their_block() -> None:
    """A claim is false when its block holds no SNP with an effect, however strong it is."""
    kind = PARTS["planted"].trials["now"].kind
    few = {"contributions": {"null_encoders": 3, "null_components": 0}}
    trial = Trial(dataclasses.replace(kind, people=900, regions=24, features=32), 1, few)
    found = calibration_trials.claims(trial, 90_003)
    assert found["false_snps"] <= found["snps"] and found["false_claims"] <= found["claims"]
    assert found["covering"] <= found["sets"] == len(found["set_sizes"])
    assert found["allele_outcome"]["right"] <= found["allele_outcome"]["judged"] <= found["allele_outcome"]["intervals"]
    assert np.min(found["p"]) <= 0.05 and found["gated"] >= 1
