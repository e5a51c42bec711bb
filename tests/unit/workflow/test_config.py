"""The config in force: defaults, the protocols, mistakes, slices and missing inputs."""

import copy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cgni.base.errors import InputError
from cgni.base.nested import leaves
from cgni.base.settings import AUTO
from cgni.workflow import config as cgni_config
from cgni.workflow.input_files import missing_inputs
from cgni.workflow.schema import governed_keys, json_schema
from cgni.workflow.settings import StudySettings

_ROOT = Path(__file__).resolve().parents[3]
OVERLAYS = [
    "config.ukb.yaml",
    *(f"tests/{name}.yaml" for name in ("tiny", "published", "null", "null_confounded", "cline", "collider")),
]


def _config() -> dict[str, Any]:
    return yaml.safe_load((_ROOT / "config.yaml").read_text())


def _merged(config: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    """As Snakemake puts a second config file over the first."""
    for key, value in overlay.items():
        config[key] = _merged(config.get(key, {}), value) if isinstance(value, dict) else value
    return config


def test_what_is_left_out_has_its_default() -> None:
    """config.yaml spells the defaults out; without it the study is the same."""
    assert cgni_config.effective_config({}) == cgni_config.effective_config(_config())
    assert _config() == StudySettings().plain()


@pytest.mark.parametrize(
    "overlay",
    [
        {"contrastive": {"weights": {"imaging_genetics": 0.25}}},
        {"contributions": {"sd": {"genetics": 1.5}}},
        {"inputs": {"genotypes": {"chromosomes": [3]}}},
        {"classification": {"proposed": {"layers": [7]}, "models": ["imaging_cnn"], "shared_head": []}},
    ],
)
def test_keys_beside_one_that_is_given_have_their_defaults(overlay: dict[str, Any]) -> None:
    alone = cgni_config.effective_config(overlay)
    assert alone == cgni_config.effective_config(_merged(_config(), overlay))
    given, default = dict(leaves(alone)), dict(leaves(cgni_config.effective_config({})))
    assert {key for key in default if given[key] != default[key]} == set(dict(leaves(overlay)))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_overlays_are_valid(overlay: str) -> None:
    own = yaml.safe_load((_ROOT / overlay).read_text())
    jsonschema.Draft202012Validator(json_schema(required=False)).validate(own)
    whole = cgni_config.effective_config(_merged(_config(), own))
    assert cgni_config.effective_config(own) == whole


@pytest.mark.parametrize("protocol", ["sound", "paper"])
def test_auto_is_resolved_and_all_of_the_protocol_is_governed(protocol: str) -> None:
    effective = cgni_config.effective_config({"protocol": protocol})
    choices = cgni_config.protocol_choices(effective)
    own = yaml.safe_load((_ROOT / f"resources/protocols/{protocol}.yaml").read_text())
    assert choices == dict(leaves(own)) == cgni_config.protocol_values(protocol)
    assert set(choices) == set(governed_keys())
    assert choices["contrastive.include_positive"] is (protocol == "sound")
    assert choices["people.fit_on"] == ("fit" if protocol == "sound" else "training")
    assert AUTO not in choices.values()
    left = {key for key, value in leaves(effective) if value == AUTO}
    assert left == {"execution.device", "execution.precision"}  # decided by the machine


def test_value_set_by_hand_beats_the_protocol() -> None:
    effective = cgni_config.effective_config({"contrastive": {"reduction": "sum"}})
    assert effective["contrastive"]["reduction"] == "sum"
    assert cgni_config.protocol_choices(effective)["contrastive.reduction"] == "sum"


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ({"sede": 1}, r"\(top level\).*sede.*known keys: .*seed"),
        ({"contrastive": {"tau": 1.0}}, r"contrastive: .*'tau'.*known keys: .*temperature"),
        ({"contrastive": {"weights": {"vg": 1}}}, r"contrastive\.weights: .*'vg'.*known keys: .*imaging_genetics"),
        ({"contrastive": {"batch_size": 3}}, r"contrastive\.batch_size: 3 is less than the minimum of 4"),
        ({"contrastive": {"subsets": [[1, 99]]}}, r"contrastive\.subsets"),
        ({"pretraining": {"learning_rate": "1e-3"}}, r"pretraining\.learning_rate"),
        (
            {
                "contrastive": {
                    "weights": {"imaging_genetics": 0, "genetics_imaging": 0, "genetics_genetics": 0},
                    "subsets": [[1], [1, 2, 4]],
                }
            },
            r"contrastive\.weights: all weights .* terms124",
        ),
        ({"contrastive": {"subsets": [[1, 2], [2, 1]]}}, r"contrastive\.subsets"),
        ({"contrastive": None}, r"contrastive: None is not of type 'object'"),
        ({"outcome": {"low": [2, 9]}}, r"outcome\.low"),
        ({"outcome": {"low": [4, 2]}}, r"outcome\.low"),
        ({"inputs": {"genotypes": {"build": "GRCh38"}}}, r"inputs\.genotypes\.build: GRCh38, .*genetics\.eqtl\.build"),
        ({"transfer": {"transfer_blocks": 4}}, r"transfer\.transfer_blocks: 4 blocks"),
        ({"transfer": {"transfer_blocks": [0, 4]}}, r"transfer\.transfer_blocks: 4 blocks"),
        ({"transfer": {"transfer_blocks": 0, "freeze": True}}, r"transfer\.freeze: nothing to freeze"),
        (
            {
                "transfer": {"transfer_blocks": [1, 2]},
                "people": {"fit_on": "training"},
                "scca": {"fit_on": "training"},
            },
            r"transfer\.transfer_blocks: .* people\.fit_on: fit",
        ),
        ({"classification": {"models": ["imaging_genetic_nn"]}}, r"classification\.models: imaging_genetic_nn need"),
        (
            {"classification": {"models": ["imaging_genetic_svm"], "shared_head": [["genetics_hidden"]]}},
            r"classification\.models: imaging_genetic_svm and shared_head need genetic_nn",
        ),
        ({"classification": {"models": ["genetic_tree"]}}, r"classification\.models\.0: 'genetic_tree'"),
        ({"people": {"pretrain_on": "everybody"}}, r"people\.pretrain_on: .*protocol paper"),
        ({"people": {"fit_on": "training", "heads_on": "monitor"}}, r"people\.heads_on: monitor asks"),
        ({"people": {"fit_on": "training", "heads_on": "training"}}, r"scca\.fit_on: unseen asks"),
        ({"scca": {"inner_folds": "auto"}}, r"scca\.inner_folds: 'auto' is not of type 'integer'"),
        ({"occlusion": {"atlas": "aal"}}, r"occlusion: .*'atlas' was unexpected.*known keys"),
        ({"contributions": {"null_encoders": 1}}, r"contributions\.rule: permutation needs"),
        ({"enrichment": {"obo": "go.obo"}}, r"enrichment\.obo, enrichment\.gaf"),
        ({"enrichment": {"gmt": "sets.gmt"}}, r"enrichment\.gmt"),
    ],
)
def test_mistakes_are_refused_with_the_path_of_the_key(overlay: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        cgni_config.effective_config(_merged(_config(), copy.deepcopy(overlay)))
    with pytest.raises(InputError, match=message):
        cgni_config.effective_config(overlay)


@pytest.mark.parametrize("folder", ["~/results", "a{b}", "a&b", "$HOME", "", "a\nb"])
def test_folders_that_mean_something_else_are_refused(folder: str) -> None:
    with pytest.raises(InputError, match=r"results_dir: "):
        cgni_config.effective_config({"results_dir": folder})


@pytest.mark.parametrize("pattern", ["c{chr}.bgen", "c{chrom:02d}.bgen", "c{chrom.bgen", "c{}.bgen"])
def test_patterns_of_other_names_are_refused(pattern: str) -> None:
    with pytest.raises(InputError, match=r"inputs\.genotypes\.files: .* of braces only {chrom} is known"):
        cgni_config.effective_config({"inputs": {"genotypes": {"files": pattern}}})


def test_whole_numbers_with_a_point_are_whole_and_numbers_are_finite() -> None:
    effective = cgni_config.effective_config({"splits": {"folds": 4.0}, "cohort": {"image_instances": [2.0, 3]}})
    assert effective["splits"]["folds"] == 4 and isinstance(effective["splits"]["folds"], int)
    assert all(isinstance(value, int) for value in effective["cohort"]["image_instances"])
    assert cgni_config.effective_config({"splits": {"holdout": 0.2}})["splits"]["holdout"] == 0.2
    for value in (float("nan"), float("inf")):
        with pytest.raises(InputError, match=r"contrastive\.learning_rate: a number must be finite"):
            cgni_config.effective_config({"contrastive": {"learning_rate": value}})
    with pytest.raises(InputError, match=r"contrastive\.learning_rate: .*maximum"):
        cgni_config.effective_config({"contrastive": {"learning_rate": 1e10}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed: 1\nseed: 2\n", r"line 2: seed is there a second time"),
        ("scca: {components: [1]}\nseed: 1\nscca: {permutations: 9}\n", r"line 3: scca is there a second time"),
        ("imaging:\n  qc:\n    a: 1\n    a: 2\n", r"line 4: imaging\.qc\.a is there a second time"),
        ("a: [1\n", "not a readable YAML file"),
    ],
)
def test_keys_written_twice_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(InputError, match=message):
        cgni_config.refuse_doubled_keys(tmp_path / "mine.yaml")
    (tmp_path / "mine.yaml").write_text("seed: 1\nscca: {components: [1]}\nimaging: {store: {}, qc: {}}\n")
    cgni_config.refuse_doubled_keys(tmp_path / "mine.yaml")


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(InputError) as error:
        cgni_config.effective_config({"contrastive": {"tau": 1}, "sede": 1, "splits": {"folds": 1}})
    lines = str(error.value).splitlines()[1:]
    assert [line.strip().split(":")[0] for line in lines] == ["(top level)", "contrastive", "splits.folds"]


def test_a_config_that_leaks_stamps_its_results() -> None:
    leaky = cgni_config.effective_config({"protocol": "paper", "people": {"pretrain_on": "everybody"}})
    assert cgni_config.leak_stamp(StudySettings.of(leaky)).startswith("LEAKY")
    assert cgni_config.leak_stamp(StudySettings.of(cgni_config.effective_config({}))) == ""


def test_slices_are_canonical() -> None:
    config = _config()
    shuffled = copy.deepcopy(config)
    shuffled["contrastive"] = dict(reversed(shuffled["contrastive"].items()))
    shuffled["contrastive"]["weights"] = dict(reversed(shuffled["contrastive"]["weights"].items()))
    one, other = (
        repr(cgni_config.section(cgni_config.effective_config(c), "seed", "contrastive")) for c in (config, shuffled)
    )
    assert one == other


def test_slices_hold_their_keys_and_are_copies() -> None:
    effective = cgni_config.effective_config({})
    part = cgni_config.section(effective, "seed", "contrastive.weights.imaging_imaging", "contrastive.epochs")
    assert part == {"contrastive": {"epochs": 30, "weights": {"imaging_imaging": 0.3}}, "seed": 20261124}
    whole = cgni_config.section(effective, "contrastive")
    whole["contrastive"]["layers"]["imaging"].append(1)
    assert effective["contrastive"]["layers"]["imaging"] == [100]


def test_the_results_folder_is_filled_in_where_inputs_name_it() -> None:
    inputs = cgni_config.effective_config({"results_dir": "elsewhere"})["inputs"]
    assert inputs["phenotypes"] == "elsewhere/simulation/ukb_main.csv"
    assert inputs["genotypes"]["files"] == "elsewhere/simulation/genotypes/ukb22828_c{chrom}_b0_v3.bgen"


def test_missing_inputs_are_exactly_the_missing_ones(tmp_path: Path) -> None:
    chosen = {"genotypes": {"chromosomes": [1, 2]}, "withdrawals": None}
    own: dict[str, Any] = {"simulation": {"enabled": False}, "results_dir": str(tmp_path), "inputs": chosen}
    own |= {"enrichment": {"gmt": "none.gmt", "sources": ["GMT"]}, "imaging": {"store": {"grid": "none.nii"}}}
    settings = StudySettings.of(cgni_config.effective_config(own))
    made = tmp_path / "simulation/genotypes/ukb22828_c1_b0_v3.bgen"
    made.parent.mkdir(parents=True)
    made.touch()
    missing = missing_inputs(settings)
    assert ("inputs.genotypes.files", str(made)) not in missing
    assert [Path(path).name for key, path in missing if key == "inputs.genotypes.files"] == ["ukb22828_c2_b0_v3.bgen"]
    keys = {key for key, _ in missing}
    assert "inputs.images" in keys
    bids = StudySettings.of(cgni_config.effective_config(own | {"inputs": chosen | {"images": str(tmp_path)}}))
    assert "inputs.images" not in {key for key, _ in missing_inputs(bids)}, "a BIDS data set is a folder"
    # null and a known atlas need no file
    assert not keys & {"inputs.ppi", "inputs.atlas", "inputs.atlas_labels", "inputs.withdrawals"}
    assert "inputs.phenotypes" in keys
    named = {("enrichment.gmt", "none.gmt"), ("imaging.store.grid", "none.nii")}
    assert named <= set(missing)
    simulated = StudySettings.of(cgni_config.effective_config(own | {"simulation": {"enabled": True}}))
    assert set(missing_inputs(simulated)) == named
