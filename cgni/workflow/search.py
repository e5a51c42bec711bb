"""Hyperparameter candidates: what a config's grids ask for, and whether it is allowed."""

import copy
import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema

from cgni.base.errors import InputError
from cgni.base.nested import nested, overlay
from cgni.contrastive.terms import EncoderSpec
from cgni.workflow.baselines import EVERY_SUBSET, PROPOSED
from cgni.workflow.roster import encoders, model_name, roster
from cgni.workflow.settings import StudySettings

SEARCHED = ("contrastive", "classification")  # sections whose keys a search may vary
_WEIGHTS = "contrastive.weights."
_NOT_SEARCHED = {
    "contrastive.subsets",
    "contrastive.linear_subset",
    *(f"classification.{key}" for key in ("models", "shared_head", "search", "bootstrap")),
    "classification.finetune_encoder",  # another kind of fit, so another rule
}

Candidates = dict[str, dict[str, Any]]


def searches(effective: Mapping[str, Any]) -> dict[str, Candidates]:
    """Every search of a config: the name of what is searched (`proposed`, or a model) to its candidates.

    Names are in alphabetical order. A grid of `subsets` is one search for each loss subset, under its model's name.
    """
    grids, pairs = effective["classification"]["search"], _pairs_of(effective)
    names = {grid["model"] for grid in grids} - {EVERY_SUBSET}
    if any(grid["model"] == EVERY_SUBSET for grid in grids):
        names |= {name for name, spec in pairs.items() if not spec.linear}
    found = {name: candidates(grids, name, pairs.get(name)) for name in sorted(names)}
    return {name: own for name, own in found.items() if own}


def candidates(grids: Sequence[Mapping[str, Any]], searched: str, pair: EncoderSpec | None = None) -> Candidates:
    """Candidates of what is searched, in the order of the config.

    Parameters
    ----------
    grids
        The config's `classification.search`.
    searched
        `proposed`, or the name of a model.
    pair
        The model's own encoders: grids of `subsets` hold for it too unless its genetic encoder is the linear one, and
        weights of terms that it is not trained on, or of one that stands alone, are left out. None: it has none.

    Returns
    -------
    Name to nested settings that differ from the config, such as {"contrastive": {"dropout": 0.2}}. The name is
    a digest of the settings, so that another candidate leaves those that are there alone.
    """
    models = {searched} if pair is None or pair.linear else {searched, EVERY_SUBSET}
    found: Candidates = {}
    for grid in grids:
        keys = sorted(key for key in grid if key != "model" and (pair is None or _matters(key, pair)))
        if grid["model"] in models and keys:
            for values in itertools.product(*(grid[key] for key in keys)):
                settings = nested(dict(zip(keys, values, strict=True)))
                text = json.dumps(settings, sort_keys=True)
                found[hashlib.sha256(text.encode()).hexdigest()[:8]] = settings
    return found


def with_candidate(effective: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The effective config with a candidate's settings in it."""
    changed = {key: copy.deepcopy(value) if key in SEARCHED else value for key, value in effective.items()}
    overlay(changed, settings)
    return changed


def check_candidates(effective: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """InputError unless every search is of a model of the study, its keys exist, and every candidate is allowed."""
    grids = effective["classification"]["search"]
    if not grids:
        return
    models, pairs = _searchable(effective), _pairs_of(effective)
    for number, grid in enumerate(grids):
        here = f"classification.search.{number}"
        if grid["model"] not in models:
            raise InputError(
                f"{here}: {grid['model']} is not among classification.models, nor another model of this study"
            )
        for key in set(grid) - {"model"}:
            if not _exists(effective, key) or any(key == n or key.startswith(f"{n}.") for n in _NOT_SEARCHED):
                raise InputError(f"{here}: {key} is not a key of the config that a search may vary")
            if grid["model"] in pairs and not _matters(key, pairs[grid["model"]]):
                raise InputError(f"{here}: {key} is not a weight that {grid['model']} is trained with")
            _check_values(effective, schema, here, key, grid[key])
        if "classification.proposed.features" in grid and effective["classification"]["finetune_encoder"]:
            raise InputError(f"{here}: classification.proposed.features: not with classification.finetune_encoder")
    for name, own in searches(effective).items():
        if name in pairs:
            _check_weights(effective, name, pairs[name], own)


def error_path(error: jsonschema.ValidationError) -> str:
    """The dotted key of a schema's error."""
    return ".".join(str(part) for part in error.absolute_path) or "(top level)"


def error_message(error: jsonschema.ValidationError) -> str:
    """What a schema's error says, with the known keys where one is unknown."""
    if error.validator == "additionalProperties":
        known = ", ".join(sorted(_properties(error.schema)))
        return f"{error.message}; known keys: {known}"
    return str(error.message)


def _searchable(effective: Mapping[str, Any]) -> set[str]:
    """What a grid may name: all loss terms together, each subset, the models with settings of their own.

    Of the models on a pair of encoders it is the one that bears their name; the others follow its search.
    """
    specs = roster(StudySettings.of(effective)).values()
    own = [s.name for s in specs if s.searched and (not s.encoders or s.name == model_name(s.encoders))]
    return {PROPOSED, EVERY_SUBSET, *own}


def _pairs_of(effective: Mapping[str, Any]) -> dict[str, EncoderSpec]:
    """The encoders of the models that have a pair of their own, by the model's name."""
    settings = StudySettings.of(effective)
    return {model_name(name): spec for name, spec in encoders(settings).items()}


def _matters(key: str, pair: EncoderSpec) -> bool:
    """Whether encoders read a key: of the weights their own terms' alone."""
    return not key.startswith(_WEIGHTS) or key.removeprefix(_WEIGHTS) in pair.weighted


def _check_values(
    effective: Mapping[str, Any], schema: Mapping[str, Any], here: str, key: str, values: Sequence[Any]
) -> None:
    """InputError unless the schema allows each value; bounds are a key's own, so combinations need no look."""
    name = key.split(".")[0]
    validator = jsonschema.Draft202012Validator(schema["properties"][name])
    for value in values:
        for error in validator.iter_errors(with_candidate(effective, nested({key: value}))[name]):
            raise InputError(f"{here}: {name}.{error_path(error)}: {error_message(error)}")


def _check_weights(effective: Mapping[str, Any], name: str, pair: EncoderSpec, own: Candidates) -> None:
    for settings in own.values():
        weights = {**effective["contrastive"]["weights"], **settings.get("contrastive", {}).get("weights", {})}
        if pair.weighted and not any(weights[key] for key in pair.weighted):
            raise InputError(f"classification.search: all weights of a candidate of {name} are zero; raise one")


def _exists(config: Mapping[str, Any], key: str) -> bool:
    value: Any = config
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return not isinstance(value, dict)


def _properties(schema: Any) -> list[str]:
    return list(schema["properties"])
