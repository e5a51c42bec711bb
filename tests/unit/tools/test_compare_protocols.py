"""Which runs the comparison of protocols makes, and what it reads of a finished study."""

from pathlib import Path

import pandas as pd
import pytest

from cgni.audit.schemas import RECOVERY
from cgni.base.nested import leaves
from cgni.base.settings import AUTO
from cgni.base.tables import write_table
from cgni.simulation.schemas import REGIONS
from cgni.workflow.config import protocol_values
from tools.compare_protocols import ALONG, _by_part, _false, runs, value_of
from tools.make_reruns import effective


def test_each_choice_of_the_publication_that_differs_is_made_alone() -> None:
    sound, paper = protocol_values("sound"), protocol_values("paper")
    found = runs()
    assert next(iter(found)) == "sound" and list(found)[-1] == "paper"
    differ = {key for key in paper if paper[key] != sound[key]}
    assert set(found) - {"sound", "paper"} == differ and "imaging.qc.correlation" not in differ
    followed = dict.fromkeys(paper, AUTO)
    for key in differ:
        own = {name: paper[name] for name in (key, *ALONG.get(key, ()))}
        assert dict(leaves(found[key])) == {"protocol": "sound", **followed, **own}
    assert dict(leaves(found["paper"])) == {"protocol": "paper", **followed}, "a config's own choices do not stay"


def test_some_choices_alone_can_be_asked_for() -> None:
    assert list(runs(["scca.choose"])) == ["sound", "scca.choose", "paper"]
    with pytest.raises(ValueError, match=r"imaging\.qc\.correlation: not among the choices"):
        runs(["imaging.qc.correlation"])


def test_every_run_is_a_config_that_the_study_takes() -> None:
    for name, changes in runs().items():
        own, values = dict(leaves(effective([], changes))), protocol_values("paper" if name == "paper" else "sound")
        differ = {key for key, value in values.items() if own[key] != value}
        assert differ == ({name, *ALONG.get(name, ())} if value_of(name) else set())


def test_a_choice_that_needs_another_one_says_so() -> None:
    assert value_of("sound") is None and value_of("paper") is None
    assert value_of("confounds.remove") == "none"
    assert value_of("people.fit_on") == "training, scca.fit_on: training"


def test_correlations_are_those_of_the_first_component_of_the_chosen_encoders() -> None:
    rows = [
        # encoders, pairing, split, group, component, r
        ("chosen", "true", "fit", "all", 1, 0.8),
        ("chosen", "true", "fit", "all", 1, 0.6),
        ("chosen", "true", "validation", "all", 1, 0.2),
        ("chosen", "true", "validation", "low", 1, 0.9),
        ("chosen", "true", "validation", "all", 2, 0.9),
        ("chosen", "shuffled", "validation", "all", 1, 0.9),
        ("label_free", "true", "validation", "all", 1, 0.9),
    ]
    table = pd.DataFrame(rows, columns=["encoders", "pairing", "split", "group", "component", "r"])
    assert _by_part(table) == pytest.approx({"r_fit": 0.7, "r_validation": 0.2})


def _truth(results: Path, loading: float) -> None:
    regions = pd.DataFrame({"region": [1, 2], "factor": [0, 1], "sign": [1.0, -1.0], "loading": [loading, -loading]})
    write_table(regions, results / "simulation/truth/regions.parquet", REGIONS, {})


def test_false_calls_are_those_without_a_planted_effect(tmp_path: Path) -> None:
    found = {"snps": 9, "regions": 0, "blocks": 4}
    assert _false(tmp_path, found) == {}, "no truth is known of a real study"
    _truth(tmp_path, 0.8)
    rows = [
        ("pipeline", "SNP precision", 2 / 3, 9, ""),
        ("pipeline", "region precision", None, 0, ""),
        ("claims", "block precision", 1.0, 4, ""),
        ("oracle", "SNP precision", 0.1, 100, ""),
    ]
    write_table(pd.DataFrame(rows, columns=RECOVERY.names), tmp_path / "audit/recovery.parquet", RECOVERY, {})
    assert _false(tmp_path, found) == {"false_snps": 3, "false_regions": 0, "false_blocks": 0}
    _truth(tmp_path, 0.0)
    assert _false(tmp_path, found) == {"false_snps": 9, "false_regions": 0, "false_blocks": 4}, "regions follow no gene"
