"""Hyperparameter candidates: the settings that differ from the config, and how jobs take them over."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cgni.base.seeds import derive_seed

PROPOSED = "cgni_terms1234"  # candidates of the proposed model are searched with all four terms


def with_settings(cfg: Mapping[str, Any], path: str | Path | None) -> dict[str, Any]:
    """`cfg` with the winner's settings, from its `settings.json`, in the place of the config's; None: as it is.

    Settings of sections that the job does not read are left alone.
    """
    merged = copy.deepcopy(dict(cfg))
    if path:
        overlay(merged, json.loads(Path(path).read_text()))
    return merged


def overlay(cfg: dict[str, Any], settings: Mapping[str, Any]) -> None:
    """Replace in the nested `cfg` what `settings` names and `cfg` has."""
    for key, value in settings.items():
        if key in cfg and isinstance(value, Mapping):
            overlay(cfg[key], value)
        elif key in cfg:
            cfg[key] = value


def classifier_seed(seed: int, model: str) -> int:
    """Seed of a classifier: the same for all that share the proposed head and differ by their inputs alone."""
    return derive_seed(seed, "classification", "cgni" if model.startswith(("cgni_", "head_")) else model)
