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

SEARCHED = ("contrastive", "classification")  # sections whose keys a search may vary
_NOT_SEARCHED = {
    "contrastive.subsets",
    "contrastive.linear_subset",
    *(f"classification.{key}" for key in ("models", "shared_head", "search", "bootstrap")),
    "classification.finetune_encoder",  # another kind of fit, so another rule
}


def candidates(grids: Sequence[Mapping[str, Any]], searched: str) -> dict[str, dict[str, Any]]:
    """Candidates of what is searched (`proposed` or a baseline), in the order of the config.

    Parameters
    ----------
    grids
        The config's `classification.search`.

    Returns
    -------
    Name to nested settings that differ from the config, such as {"contrastive": {"dropout": 0.2}}. The name is
    a digest of the settings, so that another candidate leaves those that are there alone.
    """
    found: dict[str, dict[str, Any]] = {}
    for grid in grids:
        if grid["model"] == searched:
            keys = sorted(set(grid) - {"model"})
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
    """InputError unless every key of a search exists and every candidate is a config that is allowed."""
    grids = effective["classification"]["search"]
    for number, grid in enumerate(grids):
        here = f"classification.search.{number}"
        if grid["model"] not in ("proposed", *effective["classification"]["models"]):
            raise InputError(f"{here}: {grid['model']} is not among classification.models")
        for key in set(grid) - {"model"}:
            if not _exists(effective, key) or any(key == n or key.startswith(f"{n}.") for n in _NOT_SEARCHED):
                raise InputError(f"{here}: {key} is not a key of the config that a search may vary")
        if "classification.proposed.features" in grid and effective["classification"]["finetune_encoder"]:
            raise InputError(f"{here}: classification.proposed.features: not with classification.finetune_encoder")
        for settings in candidates([grid], grid["model"]).values():
            changed = with_candidate(effective, settings)
            for name in SEARCHED:
                validator = jsonschema.Draft202012Validator(schema["properties"][name])
                for error in validator.iter_errors(changed[name]):
                    raise InputError(f"{here}: {name}.{error_path(error)}: {error_message(error)}")


def error_path(error: jsonschema.ValidationError) -> str:
    """The dotted key of a schema's error."""
    return ".".join(str(part) for part in error.absolute_path) or "(top level)"


def error_message(error: jsonschema.ValidationError) -> str:
    """What a schema's error says, with the known keys where one is unknown."""
    if error.validator == "additionalProperties":
        known = ", ".join(sorted(_properties(error.schema)))
        return f"{error.message}; known keys: {known}"
    return str(error.message)


def _exists(config: Mapping[str, Any], key: str) -> bool:
    value: Any = config
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return not isinstance(value, dict)


def _properties(schema: Any) -> list[str]:
    return list(schema["properties"])
