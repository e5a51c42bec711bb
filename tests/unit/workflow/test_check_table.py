"""What `snakemake check` says of a table of imaging features, and that no atlas is asked for."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.workflow.check_people import PeopleFound
from cgni.workflow.check_table import look_at_table
from cgni.workflow.checklist import Checklist, Part
from cgni.workflow.config import effective_config
from cgni.workflow.input_files import named_inputs
from cgni.workflow.settings import StudySettings

_PEOPLE = 60


def _settings(folder: Path, **inputs: Any) -> StudySettings:
    own = {"images": str(folder / "features.csv"), "atlas": "no/such/atlas.nii", **inputs}
    given = {"imaging": {"source": "table"}, "simulation": {"enabled": False}, "inputs": own, "splits": {"folds": 3}}
    return StudySettings.of(effective_config(given))


def _look(settings: StudySettings, known: bool = True) -> Checklist:
    ids = [str(1000001 + number) for number in range(_PEOPLE)]
    rng = np.random.default_rng(0)
    people = pd.DataFrame(
        {"participant_id": ids, "family": ids, "outcome_group": np.arange(_PEOPLE) % 2, "has_image": True}
    )
    people = people.assign(age=rng.uniform(45, 80, _PEOPLE), sex=rng.integers(0, 2, _PEOPLE), site="1")
    people = people.assign(has_genotypes=True, outcome=7.0)
    checklist = Checklist()
    look_at_table(checklist, settings, PeopleFound(Part(people if known else None), Part(None)))
    assert "100000" not in checklist.text()
    return checklist


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Features of 60 people: two good ones with a gap each, and one that is the same in all."""
    rng = np.random.default_rng(1)
    values = pd.DataFrame(rng.standard_normal((_PEOPLE, 2)), columns=["a", "b"]).assign(c=1)
    values.iloc[0, 0] = values.iloc[1, 1] = np.nan
    values.insert(0, "eid", [1000001 + number for number in range(_PEOPLE)])
    values.to_csv(tmp_path / "features.csv", index=False)
    return tmp_path / "features.csv"


def test_a_good_table(table: Path) -> None:
    (table.parent / "labels.csv").write_text("feature,label,unit\na,Left,ml\n")
    checklist = _look(_settings(table.parent, feature_labels=str(table.parent / "labels.csv")))
    told = {finding.part: finding.text for finding in checklist.findings}
    assert checklist.count("ok") == 3 == len(told)
    assert told["features"] == "3 features of 60 people"
    assert told["feature labels"] == "1 of 3 features have a label, 1 a unit"
    assert told["features left"] == "2 features of 58 of the study's people, 0 gaps to fill"


def test_a_wrong_cell_and_unknown_people_stop_what_needs_them(table: Path) -> None:
    assert [finding.state for finding in _look(_settings(table.parent), known=False).findings] == [
        "ok",
        "ok",
        "skipped",
    ]
    table.write_text(table.read_text().replace(",1\n", ",one\n", 1))
    findings = _look(_settings(table.parent)).findings
    assert [finding.state for finding in findings] == ["wrong", "skipped", "skipped"]
    assert "line 2, column c: not a finite number" in findings[0].text


def test_no_atlas_is_an_input(table: Path) -> None:
    named = dict(named_inputs(_settings(table.parent)))
    assert named["inputs.images"] == str(table) and not {"inputs.atlas", "inputs.atlas_labels"} & set(named)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"imaging": {"source": "table"}, "inputs": {"images": "m/{participant_id}.csv"}}, "reads one file; name it"),
        ({"inputs": {"feature_labels": "l.csv"}}, "imaging.source maps has no features with names"),
        ({"imaging": {"source": "table"}}, "the simulator writes maps, but imaging.source is table"),
    ],
)
def test_combinations_that_cannot_be(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        effective_config(given)
