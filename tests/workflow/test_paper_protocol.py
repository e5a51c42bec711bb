"""`protocol: paper` runs to the report and says what it did."""

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
