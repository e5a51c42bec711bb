"""`protocol: paper` runs to the report and says what it did."""

import pandas as pd
import pytest

from tests.workflow.study import Study

pytestmark = pytest.mark.slow


def test_paper_protocol_runs_on_the_tiny_study(study_copy: Study) -> None:
    overlay = study_copy.overlay("paper.yaml", "protocol: paper\n")
    planned = study_copy.planned(overlays=(overlay,))
    assert "train_contrastive" in planned and "simulate_genotypes" not in planned and "make_splits" not in planned
    run = study_copy.snakemake(overlays=(overlay,))
    assert run.returncode == 0, run.stdout[-4000:]
    report = (study_copy.folder / "results-tiny/report.html").read_text()
    assert "protocol: paper" in report
    assert "<td>contrastive.reduction</td><td>sum</td>" in report
    assert "LEAKY" not in report


def test_pretraining_on_everybody_stamps_every_result(study_copy: Study) -> None:
    overlay = study_copy.overlay("leaky.yaml", "protocol: paper\npeople: {pretrain_on: everybody}\n")
    run = study_copy.snakemake(overlays=(overlay,))
    assert run.returncode == 0, run.stdout[-4000:]
    results = study_copy.folder / "results-tiny"
    lineage = pd.read_parquet(results / "audit/lineage.parquet")
    assert set(lineage.loc[~lineage["clean"], "rule"]) == {"pretrain_brain_age"}
    assert "LEAKY" in (results / "report.html").read_text()
    for path in [*results.glob("tables/*.csv"), *results.glob("tables/*.tex")]:
        assert "LEAKY" in path.read_text() or len(pd.read_csv(path.with_suffix(".csv"))) == 0, path.name
