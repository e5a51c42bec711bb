"""`protocol: paper` runs to the report and says what it did."""

import subprocess

import pandas as pd
import pytest

from cgni.base.tables import read_table
from tests.conftest import TINY
from tests.workflow.study import Study, planned_jobs

pytestmark = pytest.mark.slow

# one pair of encoders and no null: every table and figure is there all the same
LEAKY = """
protocol: paper
people: {pretrain_on: everybody}
contrastive: {subsets: [[1, 2]]}
classification: {models: [imaging_cnn]}
contributions: {null_encoders: 0, null_components: 0}
"""


def test_protocols_are_compared_choice_by_choice(study_copy: Study) -> None:
    """Sound is finished already, then one choice of the publication, then the whole of paper, up to its report."""
    results = study_copy.folder / "results-tiny"
    of_sound = read_table(results / "contributions/contributions.parquet")
    of_sound = of_sound[of_sound["fold"] == -1]
    command = [study_copy.folder / ".venv/bin/python", "-m", "tools.compare_protocols", "--configfile", *TINY]
    choice = ["--results", "results-tiny", "--only", "contributions.rule"]
    run = subprocess.run([*command, *choice], cwd=study_copy.folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    table = read_table(results / "protocols/protocols.parquet").set_index("run")
    assert table.index.tolist() == ["sound", "contributions.rule", "paper"] and table["stopped"].isna().all()
    sound, by_sd, paper = (table.loc[name] for name in table.index)
    assert "Nothing to be done" in (results / "protocols/sound.log").read_text()
    again = planned_jobs((results / "protocols/contributions.rule.log").read_text())
    assert "summarise_contributions" in again and not [
        rule for rule in again if rule.startswith(("train_", "finetune_"))
    ]
    planned = planned_jobs((results / "protocols/paper.log").read_text())
    assert "train_contrastive" in planned and "simulate_genotypes" not in planned and "make_splits" not in planned
    # another rule of calling: the same models and correlations, the calls that the finished study has beside its own
    scores = [name for name in table if name.startswith(("holdout_", "out_of_fold", "r", "p")) and name != "regions"]
    assert len(scores) >= 8 and by_sd[scores].equals(sound[scores])
    for view, column in (("imaging", "regions"), ("genetics", "snps")):
        called = of_sound[(of_sound["view"] == view) & of_sound["called_sd"]]["feature"].nunique()
        assert by_sd[column] == called
    assert by_sd["regions"] > 0 and paper["r"] != sound["r"]
    report = (results / "report.html").read_text()
    assert "protocol: paper" in report
    assert "<td>contrastive.reduction</td><td>sum</td>" in report
    assert "LEAKY" not in report


def test_pretraining_on_everybody_stamps_every_result(study_copy: Study) -> None:
    run = study_copy.snakemake(overlays=(study_copy.overlay("leaky.yaml", LEAKY),))
    assert run.returncode == 0, run.stdout[-4000:]
    results = study_copy.folder / "results-tiny"
    lineage = pd.read_parquet(results / "audit/lineage.parquet")
    assert set(lineage.loc[~lineage["clean"], "rule"]) == {"pretrain_brain_age"}
    assert "LEAKY" in (results / "report.html").read_text()
    for path in [*results.glob("tables/*.csv"), *results.glob("tables/*.tex")]:
        assert "LEAKY" in path.read_text() or len(pd.read_csv(path.with_suffix(".csv"))) == 0, path.name
