"""The demo as a user runs it: once, then again; and the oracle's power on it."""

import os
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from tests.workflow.study import copy_repository

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which `make demo` has run, and what it printed."""
    folder = copy_repository(tmp_path_factory.mktemp("demo") / "cgni")
    run = _make_demo(folder)
    assert run.returncode == 0, run.stdout[-6000:]
    return folder, run.stdout


def _make_demo(folder: Path) -> subprocess.CompletedProcess:
    # a test may run below another make, whose flags are not the user's
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    return subprocess.run(["make", "demo", "CORES=2"], cwd=folder, env=environment, text=True, timeout=3600, **streams)


def test_demo_prints_the_summary_and_the_report(demo: tuple[Path, str]) -> None:
    folder, output = demo
    assert f"Open this: {folder / 'results/report.html'}" in output
    assert "The confounds alone" in output and "Of what was planted the study found" in output


def test_second_demo_does_nothing(demo: tuple[Path, str]) -> None:
    run = _make_demo(demo[0])
    assert run.returncode == 0
    assert "Nothing to be done" in run.stdout or "Job stats" not in run.stdout


def test_oracle_finds_at_least_four_fifths_of_what_is_planted(demo: tuple[Path, str]) -> None:
    recovery = pd.read_parquet(demo[0] / "results/audit/recovery.parquet")
    oracle = recovery[recovery["who"] == "oracle"].set_index("quantity")["value"]
    assert oracle["SNP recall"] >= 0.8 and oracle["region recall"] >= 0.8


def test_the_null_finds_planted_genes_and_regions_and_little_else(demo: tuple[Path, str]) -> None:
    recovery = pd.read_parquet(demo[0] / "results/audit/recovery.parquet")
    found = recovery[recovery["who"] == "permutation null"].set_index("quantity")["value"]
    # 18 of 26 called genes are planted where the processor has bf16 units, 18 of 28 where networks run in float32
    log = (demo[0] / "results/logs/pretrain_brain_age/fold0.log").read_text()
    assert found["gene recall"] >= 0.5 and found["gene precision"] >= (2 / 3 if "precision bf16" in log else 0.6)
    assert found["region recall"] >= 0.5 and found["region precision"] >= 2 / 3
    ranks = recovery.loc[recovery["quantity"].str.endswith("all components together"), "value"]
    assert len(ranks) == 3 and (ranks <= 5).all(), "the planted GO terms, each in its own ontology"
    calibration = pd.read_parquet(demo[0] / "results/contributions/calibration.parquet")
    share = calibration[calibration["quantity"] == "share of null features with p < .05"]["value"]
    assert len(share) == 2 and share.between(0.03, 0.07).all()


def test_no_fit_saw_anybody_it_must_not_see(demo: tuple[Path, str]) -> None:
    lineage = pd.read_parquet(demo[0] / "results/audit/lineage.parquet")
    assert lineage["clean"].all()
    # 2 networks, 4 pairs of encoders (one label-free) and 13 classifiers in 5 folds, some in rows for fit and monitor
    assert lineage.groupby(["rule", "fold"]).ngroups == 5 * (2 + 4 + 13)


def test_no_participant_id_leaves_the_working_tables(demo: tuple[Path, str]) -> None:
    results = demo[0] / "results"
    ids = set(pd.read_parquet(results / "cohort/participants.parquet")["participant_id"])
    texts = [
        results / "report.html",
        *results.glob("tables/*.csv"),
        *results.glob("tables/*.tex"),
        *results.glob("logs/*/*"),
    ]
    for path in texts:
        words = set(path.read_text(errors="replace").replace('"', " ").replace(",", " ").replace("<", " ").split())
        assert not ids & words, path.name


def test_planted_defects_go_for_the_planted_reason(demo: tuple[Path, str]) -> None:
    results = demo[0] / "results"
    planted = pd.read_parquet(results / "simulation/truth/variants.parquet")
    found = pd.read_parquet(results / "genetics/variants.parquet").set_index("variant_id")
    reasons = {
        "low_info": "imputation quality",
        "missing": "missing genotypes",
        "rare": "rare",
        "hwe": "Hardy-Weinberg",
        "strand_ambiguous": "strand-ambiguous alleles",
        "duplicated": "position appears more than once",
        "multi_allelic": "multi-allelic position",
    }
    for defect, reason in reasons.items():
        own = planted.loc[planted["defect"] == defect, "variant_id"]
        # 2 on each of 6 chromosomes; a position with two records counts once
        assert planted[planted["defect"] == defect].groupby(["chrom", "pos"]).ngroups == 12
        assert not found.loc[own, "passed"].any()
        assert set(found.loc[own, "reason"]) == {reason}, defect
    good = planted[planted["defect"].isna() & planted["is_eqtl"] & (planted["gene_kind"] == "ppi")]["variant_id"]
    assert found.loc[good, "passed"].mean() > 0.97
