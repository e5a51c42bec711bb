"""The config in force: validated, `auto` resolved, cut into the slices that rules declare.

Imported while the DAG is built, so nothing heavy is imported here.
"""

import copy
import hashlib
import itertools
import json
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from cgni.base.errors import InputError

_RESOURCES = Path(__file__).resolve().parents[2] / "resources"
_AUTO = "auto"
_OWN_AUTO = {"execution.device", "execution.precision", "inputs.atlas", "inputs.atlas_labels", "enrichment.engine"}
TERM_WEIGHTS = {1: "vg", 2: "gv", 3: "vv", 4: "gg"}
_SEARCHED = ("contrastive", "classification")  # sections whose keys a search may vary
_NOT_SEARCHED = {
    "contrastive.subsets",
    "contrastive.linear_subset",
    *(f"classification.{key}" for key in ("models", "shared_head", "search", "shuffles", "bootstrap")),
}


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
    _check_candidates(effective)
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
    return [_terms_name(subset) for subset in subsets]


def encoder_names(effective: dict[str, Any]) -> list[str]:
    """Every pair of encoders: those of the loss subsets, then the one with a linear genetic encoder, if wanted."""
    linear = effective["contrastive"]["linear_subset"]
    return [*terms_names(effective), *([f"linear_{_terms_name(linear)}"] if linear else [])]


def model_names(effective: dict[str, Any]) -> list[str]:
    """All classifiers: one for each pair of encoders, the chosen ones, the shared heads, the confound baseline."""
    proposed = [f"cgni_{terms}" for terms in encoder_names(effective)]
    classification = effective["classification"]
    heads = ["head_" + "_".join(features) for features in classification["shared_head"]]
    return [*proposed, *classification["models"], *heads, "confounds"]


def candidates(effective: dict[str, Any], model: str) -> dict[str, dict[str, Any]]:
    """Hyperparameter candidates of a model (`proposed` or one of classification.models), in the order of the config.

    Returns
    -------
    Name to nested settings that differ from the config, such as {"contrastive": {"dropout": 0.2}}. The name is
    a digest of the settings, so that another candidate leaves those that are there alone.
    """
    found: dict[str, dict[str, Any]] = {}
    for grid in effective["classification"]["search"]:
        if grid["model"] == model:
            keys = sorted(set(grid) - {"model"})
            for values in itertools.product(*(grid[key] for key in keys)):
                settings = _nested(dict(zip(keys, values, strict=True)))
                text = json.dumps(settings, sort_keys=True)
                found[hashlib.sha256(text.encode()).hexdigest()[:8]] = settings
    return found


def with_candidate(effective: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """The effective config with a candidate's settings in it."""
    changed = {key: copy.deepcopy(effective[key]) if key in _SEARCHED else effective[key] for key in effective}
    _overlay(changed, settings)
    return changed


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


def _terms_name(subset: list[int]) -> str:
    return "terms" + "".join(str(term) for term in sorted(subset))


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    """{"a": {"b": 1}} of {"a.b": 1}."""
    nested: dict[str, Any] = {}
    for key, value in flat.items():
        *parents, last = key.split(".")
        target = nested
        for parent in parents:
            target = target.setdefault(parent, {})
        target[last] = value
    return nested


def _overlay(target: dict[str, Any], settings: dict[str, Any]) -> None:
    for key, value in settings.items():
        if isinstance(value, dict):
            _overlay(target[key], value)
        else:
            target[key] = value


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
    hidden = [model for model in models if model.startswith("imaging_genetic")]
    hidden += ["shared_head"] if any("hg" in features for features in config["classification"]["shared_head"]) else []
    if hidden and "genetic_nn" not in models:
        raise InputError(f"classification.models: {' and '.join(hidden)} need genetic_nn (its h_g)")
    if config["people"]["fit_on"] == "training" and config["people"]["heads_on"] in ("monitor", "both"):
        raise InputError(
            f"people.heads_on: {config['people']['heads_on']} asks for people whom the encoders have not seen, "
            "but people.fit_on training leaves none; use fit_on fit, or heads_on training"
        )


def _check_candidates(config: dict[str, Any]) -> None:
    """Every key of a search must exist, and every candidate be a config that is allowed."""
    schema = yaml.safe_load((_RESOURCES / "config.schema.yaml").read_text())
    parts = {name: {"$defs": schema["$defs"], **schema["properties"][name]} for name in _SEARCHED}
    for number, grid in enumerate(config["classification"]["search"]):
        here = f"classification.search.{number}"
        if grid["model"] not in ("proposed", *config["classification"]["models"]):
            raise InputError(f"{here}: {grid['model']} is not among classification.models")
        for key in set(grid) - {"model"}:
            if not _exists(config, key) or any(key == n or key.startswith(f"{n}.") for n in _NOT_SEARCHED):
                raise InputError(f"{here}: {key} is not a key of the config that a search may vary")
        for settings in candidates({"classification": {"search": [grid]}}, grid["model"]).values():
            changed = with_candidate(config, settings)
            for name, part in parts.items():
                for error in jsonschema.Draft202012Validator(part).iter_errors(changed[name]):
                    raise InputError(f"{here}: {name}.{_path(error)}: {_message(error)}")


def _exists(config: dict[str, Any], key: str) -> bool:
    value: Any = config
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return not isinstance(value, dict)
