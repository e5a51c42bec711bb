"""What a run says: its stages and the time left, whose line it is, and what was meant by a mistyped target."""

import re

import pytest

from tests.workflow.study import Study

pytestmark = pytest.mark.slow


def test_a_run_counts_its_stages_and_tells_the_time_left(study_copy: Study) -> None:
    (study_copy.folder / "results-tiny/figures/outcome.svg").unlink()
    for table in (study_copy.folder / "results-tiny/tables").glob("table1.*"):
        table.unlink()
    run = study_copy.snakemake("figures", "tables")
    assert run.returncode == 0, run.stdout
    told = re.findall(
        r"^stage 1 of 1, figures: (\d) of 2 jobs; (about a minute left|the last)$", run.stdout, re.MULTILINE
    )
    assert told == [("1", "about a minute left"), ("2", "the last")]
    assert re.search(r"^\d\d:\d\d:\d\d INFO plot_outcome: start of plot_outcome$", run.stdout, re.MULTILINE)
    quiet = study_copy.snakemake("report", "--forcerun", "write_report", "--quiet", "progress")
    assert quiet.returncode == 0 and "stage 1 of" not in quiet.stdout


def test_lines_of_training_name_rule_fold_and_loss_terms(finished_study: Study) -> None:
    logs = finished_study.folder / "results-tiny/logs"
    text = (logs / "train_contrastive/terms124.log").read_text()
    names = {re.match(r"\S+ \w+ ([^:]+): ", line)[1] for line in text.splitlines()}
    assert {f"train_contrastive terms124, fold {fold}" for fold in (0, 1)} <= names
    assert names <= {"train_contrastive terms124", *(f"train_contrastive terms124, fold {fold}" for fold in (0, 1))}
    for path in logs.glob("pretrain_brain_age/fold*.log"):
        assert all(f" pretrain_brain_age {path.stem}: " in line for line in path.read_text().splitlines())


def test_a_mistyped_target_names_those_near_to_it(finished_study: Study) -> None:
    for target, near in {"reprot": "report", "results-tiny/reprot.html": "results-tiny/report.html"}.items():
        run = finished_study.snakemake("-n", target)
        assert run.returncode == 1 and "Traceback" not in run.stdout
        assert re.search(rf"no target {target}; near to it: {near}[,;].*`snakemake --list` says what each", run.stdout)
