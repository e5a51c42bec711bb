"""The config, its schema, the protocols, slices and missing inputs."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from cgni.workflow import config as cgni_config
from cgni.base.errors import InputError
from cgni.workflow.input_files import missing_inputs

_ROOT = Path(__file__).resolve().parents[3]


def _config() -> dict[str, Any]:
    return yaml.safe_load((_ROOT / "config.yaml").read_text())


def _merged(config: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    for key, value in overlay.items():
        config[key] = _merged(config.get(key, {}), value) if isinstance(value, dict) else value
    return config


def _schema_keys(schema: dict[str, Any], definitions: dict[str, Any], path: str = "") -> set[str]:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[1]]
    if "properties" not in schema:
        return {path}
    assert schema["additionalProperties"] is False, path
    assert set(schema["required"]) == set(schema["properties"]), f"{path}: every key must be required"
    return set().union(
        *(_schema_keys(part, definitions, f"{path}.{key}") for key, part in schema["properties"].items())
    )


def _config_keys(part: Any, path: str = "") -> set[str]:
    if not isinstance(part, dict):
        return {path}
    return set().union(*(_config_keys(value, f"{path}.{key}") for key, value in part.items()))


def test_config_and_schema_hold_the_same_keys() -> None:
    schema = yaml.safe_load((_ROOT / "resources/config.schema.yaml").read_text())
    assert _schema_keys(schema, schema["$defs"]) == _config_keys(_config())


@pytest.mark.parametrize("overlay", ["config.ukb.yaml", "tests/tiny.yaml", "tests/published.yaml"])
def test_overlays_are_valid(overlay: str) -> None:
    cgni_config.effective_config(_merged(_config(), yaml.safe_load((_ROOT / overlay).read_text())))


@pytest.mark.parametrize("protocol", ["sound", "paper"])
def test_auto_is_resolved_and_all_of_the_protocol_is_governed(protocol: str) -> None:
    effective = cgni_config.effective_config({**_config(), "protocol": protocol})
    choices = cgni_config.protocol_choices(effective)
    own = yaml.safe_load((_ROOT / f"resources/protocols/{protocol}.yaml").read_text())
    assert {f".{key}" for key in choices} == _config_keys(own)
    assert choices["contrastive.include_positive"] is (protocol == "sound")
    assert choices["people.fit_on"] == ("fit" if protocol == "sound" else "training")
    assert "auto" not in choices.values()


def test_value_set_by_hand_beats_the_protocol() -> None:
    effective = cgni_config.effective_config(_merged(_config(), {"contrastive": {"reduction": "sum"}}))
    assert effective["contrastive"]["reduction"] == "sum"


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ({"sede": 1}, r"\(top level\).*sede"),
        ({"contrastive": {"tau": 1.0}}, r"contrastive: .*'tau'.*known keys: .*temperature"),
        ({"contrastive": {"batch_size": 3}}, r"contrastive\.batch_size: 3 is less than the minimum of 4"),
        ({"pretraining": {"learning_rate": "1e-3"}}, r"pretraining\.learning_rate"),
        ({"contrastive": {"weights": {"vg": 0, "gv": 0, "gg": 0}}}, r"contrastive\.weights: all weights .* terms124"),
        ({"contrastive": {"subsets": [[1, 2], [2, 1]]}}, r"contrastive\.subsets"),
        ({"cohort": {"wm_low": [2, 9]}}, r"cohort\.wm_low"),
        ({"transfer": {"transfer_blocks": 4}}, r"transfer\.transfer_blocks"),
        ({"classification": {"models": ["imaging_genetic_nn"]}}, r"classification\.models"),
        ({"people": {"pretrain_on": "everybody"}}, r"people\.pretrain_on: .*protocol paper"),
        ({"occlusion": {"atlas": "auto"}}, r"occlusion\.atlas"),
        ({"contributions": {"null_encoders": 1}}, r"contributions\.rule: permutation needs"),
        ({"enrichment": {"obo": "go.obo"}}, r"enrichment\.obo, enrichment\.gaf"),
        ({"enrichment": {"gmt": "sets.gmt"}}, r"enrichment\.gmt"),
    ],
)
def test_mistakes_are_refused_with_the_path_of_the_key(overlay: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        cgni_config.effective_config(_merged(_config(), overlay))


def test_slices_are_canonical() -> None:
    config = _config()
    shuffled = copy.deepcopy(config)
    shuffled["contrastive"] = dict(reversed(shuffled["contrastive"].items()))
    one, other = (
        repr(cgni_config.section(cgni_config.effective_config(c), "seed", "contrastive")) for c in (config, shuffled)
    )
    assert one == other


def test_all_means_the_fifteen_subsets() -> None:
    names = cgni_config.terms_names({"contrastive": {"subsets": "all"}})
    assert len(set(names)) == 15 and names[0] == "terms1" and names[-1] == "terms1234"


def test_missing_inputs_are_exactly_the_missing_ones(tmp_path: Path) -> None:
    config = _merged(_config(), {"simulation": {"enabled": False}, "results_dir": str(tmp_path)})
    config["inputs"]["genotypes"]["chromosomes"] = [1, 2]
    effective = cgni_config.effective_config(config)
    made = tmp_path / "simulation/genotypes/ukb22828_c1_b0_v3.bgen"
    made.parent.mkdir(parents=True)
    made.touch()
    missing = missing_inputs(effective)
    assert ("inputs.genotypes.files", str(made)) not in missing
    assert [Path(path).name for key, path in missing if key == "inputs.genotypes.files"] == ["ukb22828_c2_b0_v3.bgen"]
    keys = {key for key, _ in missing}
    assert "inputs.ppi" not in keys and "inputs.atlas" not in keys and "inputs.phenotypes" in keys
