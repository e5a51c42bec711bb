"""The bundle of a study on the study's own inputs."""

import json
from pathlib import Path

import numpy as np

from cgni.base.tables import read_table
from tests.workflow.study import Study

BUNDLE = "results-tiny/application/study.cgni"


def apply_to_itself(study: Study, overlays: tuple[str, ...]) -> Path:
    """Write the bundle of a finished study and apply it; the folder of what the application wrote."""
    given = study.overlay("given.yaml", f"application: {{bundle: {BUNDLE}}}\n")
    for target, own in (("bundle", overlays), ("apply", (*overlays, given))):
        run = study.snakemake(target, overlays=own)
        assert run.returncode == 0 and "(100%) done" in run.stdout, run.stdout[-6000:]
    return study.folder / "results-tiny/application"


def compare_with_holdout(results: Path, applied: Path, column: str) -> None:
    """Assert that holdout people get the predictions (`column`) that `predict_holdout` of the study gave them."""
    classification = results / "classification"
    proposed = json.loads((classification / "selection.json").read_text())["proposed"]
    holdout = read_table(classification / "holdout.parquet")
    own = holdout[holdout["model"] == f"cgni_{proposed}"]
    found = read_table(applied / "predictions.parquet")[["fold", "participant_id", "predicted"]]
    own = own.rename(columns={column: "known"})[["fold", "participant_id", "known"]]
    both = own.merge(found, on=["fold", "participant_id"], how="left")
    assert len(own) > 20
    np.testing.assert_allclose(both["predicted"], both["known"], atol=1e-5)
