"""Nested plain mappings, as configs are."""

from collections.abc import Iterator, Mapping
from typing import Any


def overlay(target: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Replace in the nested `target` what `values` names and `target` has."""
    for key, value in values.items():
        if key in target and isinstance(target[key], dict) and isinstance(value, Mapping):
            overlay(target[key], value)
        elif key in target:
            target[key] = value


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """{"a": {"b": 1}} of {"a.b": 1}."""
    whole: dict[str, Any] = {}
    for key, value in flat.items():
        *parents, last = key.split(".")
        part = whole
        for parent in parents:
            part = part.setdefault(parent, {})
        part[last] = value
    return whole


def leaves(part: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys and values; an empty mapping is a value."""
    for key, value in part.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value
