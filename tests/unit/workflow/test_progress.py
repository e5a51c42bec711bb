"""The counter of stages and the time left: small plans reckoned by hand."""

import logging
from enum import Enum
from pathlib import Path

from cgni.workflow.progress import Progress, ProgressHandler

STAGES = {"split": "cohort", "list": "cohort", "train": "networks", "score": "scores"}


class _Event(Enum):
    RUN_INFO = 1
    JOB_INFO = 2
    JOB_FINISHED = 3


def _took(folder: Path, rule: str, *seconds: float) -> None:
    (folder / rule).mkdir(parents=True, exist_ok=True)
    for number, value in enumerate(seconds):
        (folder / rule / f"fold{number}.tsv").write_text(f"s\th:m:s\tmax_rss\n{value}\t-\t1\n")


def test_time_left_is_the_mean_of_earlier_jobs_shared_among_those_beside_each_other(tmp_path: Path) -> None:
    _took(tmp_path, "train", 500, 700)
    _took(tmp_path, "score", 1200)
    progress = Progress(tmp_path, STAGES, at_once=2)
    progress.begin({"split": 1, "train": 4, "score": 1, "all": 1})
    # (4 x 600 + 1200) / 2 = 1800 s
    assert progress.end("split") == "stage 1 of 3, cohort: 1 of 1 jobs; about 30 min left"
    assert progress.end("train") == "stage 2 of 3, networks: 1 of 4 jobs; about 25 min left"
    for _ in range(3):
        progress.end("train")
    assert progress.end("score") == "stage 3 of 3, scores: 1 of 1 jobs; the last"
    assert progress.end("all") == ""


def test_rules_that_never_ran_make_it_a_lower_bound(tmp_path: Path) -> None:
    progress = Progress(tmp_path, STAGES, at_once=1)
    progress.begin({"split": 1, "train": 20, "score": 1})
    assert progress.end("split") == "stage 1 of 3, cohort: 1 of 1 jobs"
    _took(tmp_path, "train", 600)
    told = progress.end("train")
    assert told == "stage 2 of 3, networks: 1 of 20 jobs; at least 3.2 h left (no earlier run of score)"
    (tmp_path / "train/fold1.tsv").write_text("s\tx\n")
    (tmp_path / "train/fold2.tsv").write_text("s\tx\nhalf")
    assert "at least 3.0 h left" in progress.end("train")


def test_events_of_snakemake_become_lines(tmp_path: Path) -> None:
    said: list[str] = []
    logger = logging.Logger("events")
    logger.addHandler(ProgressHandler(Progress(tmp_path, STAGES, 1), said.append))
    logger.info("plan", extra={"event": _Event.RUN_INFO, "stats": {"split": 1, "list": 1, "all": 1, "total": 3}})
    for job, rule in enumerate(("split", "list", "all")):
        logger.info("job", extra={"event": _Event.JOB_INFO, "jobid": job, "rule_name": rule})
        logger.info("end", extra={"event": _Event.JOB_FINISHED, "job_id": job})
    logger.info("something else")
    assert said == ["stage 1 of 1, cohort: 1 of 2 jobs", "stage 1 of 1, cohort: 2 of 2 jobs; the last"]
