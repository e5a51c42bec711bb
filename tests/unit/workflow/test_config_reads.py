"""Which keys a job reads is noted: each as it is looked up, in nested sections and mappings too."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cgni.audit.settings import AuditSettings
from cgni.classification.fitters.logistic_settings import LogisticSettings
from cgni.contrastive.settings import ContrastiveSettings
from cgni.workflow.config import effective_config
from cgni.workflow.config_reads import VARIABLE, Reads
from cgni.workflow.job import Job

_ROOT = Path(__file__).resolve().parents[3]


def noting(cfg: dict[str, Any] | None = None) -> tuple[Job, set[str]]:
    """A job on the default study, or on a part of it, and the keys that it has read so far."""
    reads = Reads(noting=True)
    return Job("rule", "all", effective_config({}) if cfg is None else cfg, "", {}, reads), reads.keys


def test_a_key_is_noted_when_it_is_looked_up() -> None:
    job, keys = noting()
    settings = job.section(ContrastiveSettings)
    assert keys == set()
    assert settings.epochs == 30 and keys == {"contrastive.epochs"}
    assert settings.temperature == 1.0 and settings.epochs == 30
    assert keys == {"contrastive.epochs", "contrastive.temperature"}


def test_single_values_and_placeholders_are_noted() -> None:
    job, keys = noting()
    assert job.seed == 20261124 and job.value("protocol") == "sound"
    assert job.section(LogisticSettings, model="genetic_linear").c == 0.001
    assert keys == {"seed", "protocol", "classification.genetic_linear.c"}


def test_keys_of_nested_sections_are_noted_one_by_one() -> None:
    job, keys = noting()
    shuffles = job.section(AuditSettings).shuffles
    assert keys == set()
    assert shuffles.count == 20 and keys == {"audit.shuffles.count"}


def test_entries_of_mappings_are_noted_one_by_one() -> None:
    job, keys = noting()
    settings = job.section(ContrastiveSettings)
    weights = settings.weights
    assert keys == set()
    assert weights["imaging_genetics"] == 0.7 and keys == {"contrastive.weights.imaging_genetics"}
    assert weights.get("genetics_imaging") == 0.3 and weights.get("other") is None
    assert {"contrastive.weights.genetics_imaging", "contrastive.weights.other"} <= keys
    assert "contrastive.weights.imaging_imaging" not in keys and "contrastive.weights" not in keys
    # copies of it look every entry up
    assert dict(**settings.layers) == {"imaging": (100,), "genetics": (100,)}
    assert {"contrastive.layers.imaging", "contrastive.layers.genetics"} <= keys
    assert dict(weights) and "contrastive.weights.imaging_imaging" in keys


def test_what_is_taken_over_is_no_read() -> None:
    job, keys = noting()
    changed = job.section(ContrastiveSettings).changed(epochs=2)
    assert keys == set()
    assert changed.dropout == 0.0 and changed.layers["imaging"] == (100,)
    assert keys == {"contrastive.dropout", "contrastive.layers.imaging"}


def test_what_a_rule_does_not_declare_stays_undeclared() -> None:
    job, keys = noting({"contrastive": {"epochs": 3}})
    settings = job.section(ContrastiveSettings)
    with pytest.raises(AttributeError, match=r"does not declare the key contrastive\.dropout"):
        _ = settings.dropout
    assert keys == set() and settings.plain() == {"epochs": 3}
    with pytest.raises(KeyError):
        job.section(AuditSettings)


def test_values_are_those_of_the_section_itself() -> None:
    job, _ = noting()
    watched, plain = job.section(ContrastiveSettings), Job("rule", "all", job.cfg, "", {}).section(ContrastiveSettings)
    assert isinstance(watched, ContrastiveSettings) and type(plain) is ContrastiveSettings
    assert watched.plain() == plain.plain()


def test_nothing_is_noted_unasked() -> None:
    reads = Reads()
    settings = ContrastiveSettings(include_positive=True, reduction="mean")
    assert reads.watch(settings, "contrastive") is settings
    reads.note("seed")
    assert reads.keys == set()


def test_reads_are_written_when_the_process_ends(tmp_path: Path) -> None:
    script = (
        "from cgni.workflow.config_reads import Reads\n"
        "from cgni.workflow.job import Job\n"
        "from cgni.audit.settings import AuditSettings\n"
        "cfg = {'seed': 1, 'audit': {'fdr': 0.1, 'hit_r2': 0.2, 'shuffles': {'count': 3}}}\n"
        "job = Job('rule', 'all', cfg, '', {}, Reads.of('rule'))\n"
        "job.seed; job.section(AuditSettings).shuffles.count; job.provenance()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), VARIABLE: str(tmp_path)}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    (file,) = tmp_path.glob("rule-*.json")
    assert json.loads(file.read_text()) == ["audit.shuffles.count", "seed"]  # provenance reads nothing
