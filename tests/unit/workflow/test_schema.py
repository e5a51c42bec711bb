"""The JSON schema that is made from the typed settings."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cgni.base.nested import leaves
from cgni.contrastive.terms import TERMS
from cgni.workflow.baselines import BASELINES, searchable
from cgni.workflow.schema import governed_keys, json_schema, keys

_ROOT = Path(__file__).resolve().parents[3]


def _closed_keys(schema: dict[str, Any], required: bool, path: str = "") -> set[str]:
    """Every key of a schema whose objects are closed, and require all of their keys or none."""
    if "properties" not in schema:
        return {path}
    assert schema["additionalProperties"] is False, path
    assert set(schema.get("required", ())) == (set(schema["properties"]) if required else set()), path
    parts = schema["properties"].items()
    return set().union(*(_closed_keys(part, required, f"{path}.{key}".lstrip(".")) for key, part in parts))


def _part(*path: str) -> dict[str, Any]:
    part = json_schema()
    for name in path:
        part = part["properties"][name]
    return part


@pytest.mark.parametrize("required", [True, False])
def test_config_and_schema_hold_the_same_keys(required: bool) -> None:
    schema = json_schema(required)
    jsonschema.Draft202012Validator.check_schema(schema)
    config = yaml.safe_load((_ROOT / "config.yaml").read_text())
    assert _closed_keys(schema, required) == set(dict(leaves(config)))
    jsonschema.Draft202012Validator(schema).validate(config)


def test_a_whole_config_must_be_whole_and_an_overlay_need_not() -> None:
    whole, part = (jsonschema.Draft202012Validator(json_schema(required)) for required in (True, False))
    assert part.is_valid({"contrastive": {"epochs": 3}}) and part.is_valid({})
    assert not whole.is_valid({"contrastive": {"epochs": 3}}) and not whole.is_valid({})


def test_descriptions_stand_at_their_keys() -> None:
    schema = json_schema(descriptions={"contrastive": "Encoders.", "contrastive.epochs": "passes"})
    part = schema["properties"]["contrastive"]
    assert part["description"] == "Encoders." and part["properties"]["epochs"]["description"] == "passes"
    assert "description" not in part["properties"]["dropout"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("protocol", {"enum": ["sound", "paper"]}),
        ("results_dir", {"type": "string", "minLength": 1}),
        ("inputs.withdrawals", {"type": ["string", "null"], "minLength": 1}),
        ("contrastive.normalise", {"type": "boolean"}),
        ("contrastive.batch_size", {"type": "integer", "minimum": 4}),
        ("contrastive.dropout", {"type": "number", "minimum": 0, "exclusiveMaximum": 1}),
        ("contrastive.include_positive", {"enum": ["auto", True, False]}),
        ("contrastive.reduction", {"enum": ["auto", "mean", "sum"]}),
        ("scca.l1_ratio", {"oneOf": [{"const": "auto"}, {"type": "number", "exclusiveMinimum": 0, "maximum": 1}]}),
        ("execution.device", {"enum": ["auto", "cpu", "cuda"]}),
        ("genetics.ld.per_gene", {"oneOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}),
        (
            "outcome.low",
            {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        ),
        (
            "contrastive.layers.imaging",
            {"type": "array", "minItems": 1, "uniqueItems": False, "items": {"type": "integer", "minimum": 1}},
        ),
        ("classification.confounds.c", {"type": "number", "exclusiveMinimum": 0}),
    ],
)
def test_types_and_bounds_become_the_schema(path: str, expected: dict[str, Any]) -> None:
    assert _part(*path.split(".")) == expected


def test_terms_and_models_of_the_schema_are_those_of_their_lists() -> None:
    assert list(_part("contrastive", "weights")["properties"]) == [term.key for term in TERMS]
    numbers = {"enum": [term.number for term in TERMS]}
    assert _part("contrastive", "subsets")["oneOf"][1]["items"]["items"] == numbers
    assert _part("contrastive", "linear_subset")["oneOf"][1]["items"] == numbers
    assert _part("classification", "models")["items"] == {"enum": list(BASELINES)}
    named, by_name = _part("classification", "search")["items"]["properties"]["model"]["oneOf"]
    assert named == {"enum": [*searchable(), "subsets"]}
    assert by_name["pattern"] == "^(cgni|head)_[a-z0-9_]+$"


def test_keys_come_in_the_order_of_the_config() -> None:
    config = yaml.safe_load((_ROOT / "config.yaml").read_text())
    mappings = {"contrastive.weights", "contrastive.layers", "contributions.sd"}  # one key each
    names = [path for path, _, _ in keys()]
    assert [path for path in dict(leaves(config)) if path in names] == [path for path in names if path not in mappings]
    assert mappings <= set(names) and set(governed_keys()) <= set(names)


_ANOTHER = """
import json
from cgni.base.views import GENETICS, IMAGING
from cgni.contrastive import terms
another = terms.Term(99, IMAGING, GENETICS, "ψ", 0.9, "some")
terms.TERMS += (another,)
terms.BY_NUMBER[99] = another
from cgni.workflow.config import effective_config
from cgni.workflow.roster import subsets
from cgni.workflow.settings import StudySettings
config = effective_config({"contrastive": {"subsets": [[99], [1, 99]], "linear_subset": [99]}})
every = effective_config({"contrastive": {"subsets": "all"}})
print(json.dumps([config["contrastive"]["weights"], list(subsets(StudySettings.of(every)))]))
"""


def test_another_term_is_a_row_of_the_list_and_nothing_else() -> None:
    """Weights, schema, defaults and subsets follow."""
    run = subprocess.run([sys.executable, "-c", _ANOTHER], cwd=_ROOT, check=True, capture_output=True, text=True)
    weights, names = json.loads(run.stdout)
    assert weights == {**{term.key: term.weight for term in TERMS}, "some_imaging_genetics": 0.9}
    before = 2 ** len(TERMS) - 1
    assert len(names) == 2 * before + 1 and names[before] == "terms99" and names[before + 1] == "terms199"
