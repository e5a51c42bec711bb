"""The config in force: validated, `auto` resolved, cut into the slices that rules declare.

Imported while the DAG is built, so nothing heavy is imported here.
"""

import copy
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from workflow_scripts.cgni.errors import InputError

_RESOURCES = Path(__file__).resolve().parents[2] / "resources"
_AUTO = "auto"
_OWN_AUTO = {"execution.device", "execution.precision", "inputs.atlas", "inputs.atlas_labels", "enrichment.engine"}
TERM_WEIGHTS = {1: "vg", 2: "gv", 3: "vv", 4: "gg"}


def effective_config(config: dict[str, Any]) -> dict[str, Any]:
    """Validate the merged config and resolve `auto` keys and `{results_dir}`.

    Raises
    ------
    InputError
        An unknown key, a wrong value or an impossible combination, with the key's path.
    """
    effective = _plain(config)
    _check_schema(effective)
    protocol = yaml.safe_load((_RESOURCES / "protocols" / f"{effective['protocol']}.yaml").read_text())
    _resolve_auto(effective, protocol)
    effective["inputs"] = _fill_results_dir(effective["inputs"], effective["results_dir"])
    _check_combinations(effective)
    return effective


def section(effective: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The nested, key-sorted part of the config under the dotted `keys`."""
    part: dict[str, Any] = {}
    for key in keys:
        source, target = effective, part
        *parents, last = key.split(".")
        for parent in parents:
            source, target = source[parent], target.setdefault(parent, {})
        target[last] = copy.deepcopy(source[last])
    return _sorted(part)


def terms_names(effective: dict[str, Any]) -> list[str]:
    """Names such as `terms124` of the loss subsets in the config, in its order."""
    subsets = effective["contrastive"]["subsets"]
    if subsets == "all":
        subsets = [[term for term in TERM_WEIGHTS if mask >> (term - 1) & 1] for mask in range(1, 16)]
    return ["terms" + "".join(str(term) for term in sorted(subset)) for subset in subsets]


def model_names(effective: dict[str, Any]) -> list[str]:
    """All classifiers: the proposed one for each loss subset, the chosen ones, the confound baseline."""
    proposed = [f"cgni_{terms}" for terms in terms_names(effective)]
    return [*proposed, *effective["classification"]["models"], "confounds"]


def leak_stamp(effective: dict[str, Any]) -> str:
    """What every result must say when the config lets pretraining see everybody (study B5); empty otherwise."""
    if effective["people"]["pretrain_on"] == "training":
        return ""
    return "LEAKY: brain-age pretraining saw holdout and validation people"


def protocol_choices(effective: dict[str, Any]) -> dict[str, Any]:
    """Dotted key to the value in force, of every key that the protocol governs."""
    protocol = yaml.safe_load((_RESOURCES / "protocols" / f"{effective['protocol']}.yaml").read_text())
    choices: dict[str, Any] = {}

    def walk(part: dict[str, Any], own: dict[str, Any], path: str) -> None:
        for key, value in part.items():
            if isinstance(value, dict):
                walk(value, own[key], f"{path}{key}.")
            else:
                choices[f"{path}{key}"] = own[key]

    walk(protocol, effective, "")
    return choices


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return value


def _check_schema(config: dict[str, Any]) -> None:
    schema = yaml.safe_load((_RESOURCES / "config.schema.yaml").read_text())
    errors = sorted(jsonschema.Draft202012Validator(schema).iter_errors(config), key=lambda error: list(error.path))
    if errors:
        lines = [f"  {_path(error)}: {_message(error)}" for error in errors]
        raise InputError("the configuration cannot be used:\n" + "\n".join(lines))


def _path(error: jsonschema.ValidationError) -> str:
    return ".".join(str(part) for part in error.absolute_path) or "(top level)"


def _message(error: jsonschema.ValidationError) -> str:
    if error.validator == "additionalProperties":
        known = ", ".join(sorted(error.schema["properties"]))
        return f"{error.message}; known keys: {known}"
    return error.message


def _resolve_auto(part: dict[str, Any], protocol: dict[str, Any], path: str = "") -> None:
    for key, value in part.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            _resolve_auto(value, protocol.get(key, {}), here)
        elif value == _AUTO and here not in _OWN_AUTO:
            if key not in protocol:
                raise InputError(f"{here}: `auto` means nothing here; give a value")
            part[key] = protocol[key]


def _fill_results_dir(value: Any, results_dir: str) -> Any:
    if isinstance(value, dict):
        return {key: _fill_results_dir(item, results_dir) for key, item in value.items()}
    return value.replace("{results_dir}", results_dir) if isinstance(value, str) else value


def _check_combinations(config: dict[str, Any]) -> None:
    weights = config["contrastive"]["weights"]
    for name in terms_names(config):
        chosen = [weights[TERM_WEIGHTS[int(digit)]] for digit in name.removeprefix("terms")]
        if len(chosen) > 1 and not any(chosen):
            raise InputError(f"contrastive.weights: all weights of the loss subset {name} are zero; raise one")
    low, high = config["cohort"]["wm_low"], config["cohort"]["wm_high"]
    if low[0] > low[1] or high[0] > high[1] or low[1] >= high[0]:
        raise InputError("cohort.wm_low, cohort.wm_high: each must be [lowest, highest], and low must end below high")
    if config["people"]["pretrain_on"] == "everybody" and config["protocol"] != "paper":
        raise InputError(
            "people.pretrain_on: everybody leaks the holdout into every result; only protocol paper allows it"
        )
    build, eqtl_build = config["inputs"]["genotypes"]["build"], config["genetics"]["eqtl"]["build"]
    if build != eqtl_build:
        raise InputError(
            f"inputs.genotypes.build: {build}, but the eQTL table is {eqtl_build} (genetics.eqtl.build); lift one of "
            "them over so that positions agree"
        )
    chosen, blocks = config["transfer"]["transfer_blocks"], len(config["pretraining"]["channels"])
    depths = [chosen] if isinstance(chosen, int) else chosen
    if max(depths) > blocks:
        raise InputError(f"transfer.transfer_blocks: {max(depths)} blocks, but pretraining.channels has {blocks}")
    if config["transfer"]["freeze"] and max(depths) == 0:
        raise InputError("transfer.freeze: nothing to freeze with transfer.transfer_blocks 0")
    if not isinstance(chosen, int) and config["people"]["fit_on"] == "training":
        raise InputError("transfer.transfer_blocks: a list needs monitor people to choose with; set people.fit_on: fit")
    enrichment = config["enrichment"]
    if (enrichment["obo"] is None) != (enrichment["gaf"] is None):
        raise InputError("enrichment.obo, enrichment.gaf: an ontology needs its annotation; give both or neither")
    if (enrichment["gmt"] is not None) != (enrichment["sources"] == ["GMT"]):
        raise InputError("enrichment.gmt: your own sets need sources: [GMT], and [GMT] needs them")
    contributions = config["contributions"]
    if contributions["rule"] == "permutation" and contributions["null_encoders"] < 2:
        raise InputError("contributions.rule: permutation needs at least 2 contributions.null_encoders")
    names = terms_names(config)
    if len(set(names)) != len(names):
        raise InputError("contrastive.subsets: a loss subset appears twice")
    models = config["classification"]["models"]
    if {"imaging_genetic_svm", "imaging_genetic_nn"} & set(models) and "genetic_nn" not in models:
        raise InputError("classification.models: imaging_genetic_svm and imaging_genetic_nn need genetic_nn (its h_g)")
