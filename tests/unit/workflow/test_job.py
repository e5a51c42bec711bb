"""What a rule's script starts with: its settings, the winner's settings among them, and its provenance."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cgni.base.files import digest_file, digest_value
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.contrastive.settings import ContrastiveSettings
from cgni.workflow import job as jobs
from cgni.workflow.job import Job, start

CFG: dict[str, Any] = {
    "seed": 1,
    "contrastive": {"dropout": 0.0, "epochs": 3},
    "classification": {"proposed": {"layers": [8], "l1": 0.0}},
}


def a_job(inputs: dict[str, str] | None = None) -> Job:
    return Job("train", "terms1", CFG, "c0de", inputs or {})


def test_a_section_is_typed_and_has_what_the_rule_declares() -> None:
    job = a_job()
    settings = job.section(ContrastiveSettings)
    assert (settings.dropout, settings.epochs, job.seed, job.value("seed")) == (0.0, 3, 1, 1)
    assert job.section(NetworkSettings, model="proposed").layers == (8,)
    with pytest.raises(AttributeError, match=r"contrastive\.temperature"):
        _ = settings.temperature


def test_the_winner_is_taken_over_where_the_job_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    winner = {"contrastive": {"dropout": 0.5, "temperature": 0.1}, "classification": {"proposed": {"layers": [9, 4]}}}
    path.write_text(json.dumps({**winner, "scca": {"components": [1]}}))
    job = a_job()
    tuned = job.with_winner(str(path))
    assert tuned.section(ContrastiveSettings).plain() == {"dropout": 0.5, "epochs": 3}
    assert tuned.section(NetworkSettings, model="proposed").plain() == {"layers": [9, 4], "l1": 0.0}
    assert tuned.provenance() == job.provenance()  # what the rule declares, and the winner's file among its inputs
    assert job.section(ContrastiveSettings).dropout == 0.0 and CFG["contrastive"]["dropout"] == 0.0
    assert job.with_winner(None) is job
    assert tuned.reads is job.reads


def test_a_job_knows_what_it_was_made_from(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    job = a_job({"text": str(tmp_path / "a")})
    facts = job.provenance()
    lock = Path(jobs.__file__).resolve().parents[2] / "envs/requirements.lock"
    assert facts == {
        "rule": "train",
        "instance": "terms1",
        "config": CFG,
        "config_digest": digest_value(CFG),
        "seed": 1,
        "code_digest": "c0de",
        "environment_digest": digest_file(lock),
        "inputs": {"text": digest_file(tmp_path / "a")},
    }
    (tmp_path / "a").write_text("b")
    assert job.provenance() == facts  # as the inputs were when the job first asked


def test_start_takes_what_snakemake_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("die_with_parent", "configure_logging"):
        monkeypatch.setattr(jobs, name, lambda *_: None)
    monkeypatch.setattr(jobs.atexit, "register", lambda *_: None)
    inputs = {"single": "a.txt", "several": ["b.txt", "c.txt"], "one": ["d.txt"], "none": []}
    params = SimpleNamespace(cfg=CFG, code="c0de")
    log = [str(tmp_path / "logs/train/terms1.log")]
    job = start(SimpleNamespace(rule="train", log=log, params=params, input=inputs, output=[]))
    assert (job.rule, job.instance, job.code, job.cfg) == ("train", "terms1", "c0de", CFG)
    assert job.inputs == {"single": "a.txt", "several[0]": "b.txt", "several[1]": "c.txt", "one": "d.txt"}


def test_another_model_of_a_job_is_another_job() -> None:
    """What the rule tells beside its config is in the provenance, and so in the name of a resume file."""
    first, second = (
        Job("train", "all", CFG, "c0de", {}, told={"model": {"features": [name]}}) for name in ("imaging", "genetics")
    )
    assert first.provenance()["model"] == {"features": ["imaging"]}
    assert first.provenance()["config_digest"] != second.provenance()["config_digest"]
    assert digest_value(first.provenance()) != digest_value(second.provenance())
    plain = Job("train", "all", CFG, "c0de", {})
    assert plain.provenance()["config_digest"] == digest_value(CFG)
