"""The comparison of protocols on simulated cohorts: its overlays are studies, its table is what its runs say."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.bench_protocols import beside, changes, compared, every_choice, in_order, printed, targets
from benchmarks.protocol_cohorts import COHORTS, WITHOUT_MAPS, overlay
from cgni.workflow.config import effective_config
from tools.compare_protocols import OUTCOMES, Study, runs


@pytest.mark.parametrize("kind", COHORTS)
def test_every_cohort_is_a_study_without_maps(kind: str) -> None:
    config = effective_config(overlay(kind, 7))
    assert config["seed"] == 7 and config["imaging"]["source"] == config["simulation"]["images"]["kind"] == "table"
    assert config["contributions"]["null_encoders"] > 0, "permutation calls need a null"
    choices = COHORTS[kind].choices
    assert set(choices) <= set(runs()) and len(set(choices)) == len(choices) and not set(choices) & set(WITHOUT_MAPS)


def test_every_choice_that_means_something_without_maps_is_made_alone_somewhere() -> None:
    made = {choice for cohort in COHORTS.values() for choice in cohort.choices}
    assert made == set(every_choice()) == set(runs()) - {"sound", "paper", *WITHOUT_MAPS}


def test_the_truth_is_looked_at_where_genes_act_on_regions() -> None:
    looked = {kind: "x/audit/recovery.parquet" in targets(kind, Study([], "x")) for kind in COHORTS}
    assert looked == {"planted": True, "null": False, "cline": False, "collider": False, "imputed": True}


def test_the_published_rule_needs_no_null() -> None:
    for name, own in runs().items():
        changed = changes(name)
        assert changed.pop("contributions") == own.pop("contributions") | (
            {"null_encoders": 0} if name == "paper" else {}
        )
        assert changed == own


def test_finished_runs_are_read_from_their_file(tmp_path: Path) -> None:
    choices = COHORTS["cline"].choices
    kept = pd.DataFrame({"run": ["paper", "of no interest", *choices, "sound"]}).reindex(columns=OUTCOMES.names)
    kept.to_csv(tmp_path / "protocols_cline_53000.csv", index=False)
    assert compared("cline", 53_000, choices, tmp_path)["run"].tolist() == in_order(choices)


def test_the_table_has_means_over_seeds_with_their_errors() -> None:
    table = pd.DataFrame(
        {
            "run": ["sound", "scca.choose", "sound", "scca.choose"],
            "value": [None, "largest_sum", None, "largest_sum"],
            "holdout_proposed": [0.70, 0.75, 0.80, None],
            "out_of_fold": [0.75, 0.80, 0.85, None],
            "snps": [10, 3, 12, None],
            "regions": [7, 7, 8, 8],
        }
    ).reindex(columns=OUTCOMES.names)
    head, _, sound, choice = printed(table).splitlines()
    cells = {
        name: dict(zip(head.split(" | ")[1:], line.split(" | ")[1:], strict=True))
        for name, line in (("sound", sound), ("choice", choice))
    }
    # standard error of two values: half their difference
    assert cells["sound"]["holdout"] == "0.750 (0.050)" and cells["sound"]["SNPs"] == "11.0 (1.0)"
    assert cells["sound"]["optimism"] == "0.050 (0.000)" and cells["sound"]["p"] == "–"
    assert cells["choice"]["SNPs"] == "3" and cells["choice"]["regions"] == "7.5 (0.5)"
    assert cells["choice"]["holdout"] == "0.750" and choice.startswith("| `scca.choose`: largest_sum |")


def test_other_scores_are_those_of_sound() -> None:
    table = pd.DataFrame({"run": ["sound", "paper"], "holdout_confounds": [0.7, 0.9], "holdout_images": [0.8, 0.9]})
    assert beside(table) == "confounds alone 0.700, images alone 0.800 in the holdout"
