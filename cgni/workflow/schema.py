"""The config's JSON schema, made from the typed settings."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import Field
from typing import Any, Literal, Union, get_args, get_origin

from cgni.base.settings import (
    AUTO,
    Bounds,
    Section,
    default_of,
    field_types,
    is_governed,
    is_section,
    section_fields,
)
from cgni.workflow.settings import StudySettings

Describe = Mapping[str, str]
_SCALARS = {bool: "boolean", int: "integer", float: "number", str: "string"}


def json_schema(required: bool = False, descriptions: Describe | None = None) -> dict[str, Any]:
    """The schema of the whole config.

    Parameters
    ----------
    required
        Whether every key must be there; in an overlay none need be.
    descriptions
        Dotted key (or section) to its sentence; None: none.
    """
    body = _object(StudySettings, "", required, descriptions or {})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "CGNI configuration", **body}


def keys(kind: type[Section] = StudySettings, path: str = "") -> Iterator[tuple[str, Any, Field[Any]]]:
    """Dotted key, type and field of every key of the config, in its order."""
    kinds = field_types(kind)
    for key in section_fields(kind):
        own = kinds[key.name]
        if is_section(own):
            yield from keys(own, f"{path}{key.name}.")
        else:
            yield f"{path}{key.name}", own, key


def governed_keys() -> list[str]:
    """Dotted keys on whose `auto` the protocol decides."""
    return [path for path, kind, key in keys() if is_governed(kind, key)]


def _object(kind: type[Section], path: str, required: bool, descriptions: Describe) -> dict[str, Any]:
    kinds, properties = field_types(kind), {}
    for key in section_fields(kind):
        own, here = kinds[key.name], f"{path}{key.name}"
        part = _object(own, f"{here}.", required, descriptions) if is_section(own) else _key(own, key, required)
        text = descriptions.get(here)
        properties[key.name] = {"description": text, **part} if text else part
    return _closed(properties, required)


def _closed(properties: dict[str, Any], required: bool) -> dict[str, Any]:
    must = {"required": list(properties)} if required else {}
    return {"type": "object", "additionalProperties": False, **must, "properties": properties}


def _key(kind: Any, key: Field[Any], required: bool) -> dict[str, Any]:
    bounds: Bounds = key.metadata["bounds"]
    if bounds.schema is not None:
        return dict(bounds.schema)
    if get_origin(kind) is not None and issubclass(_plain_origin(kind), Mapping):
        entry = _value(get_args(kind)[1], bounds)
        return _closed({name: entry for name in default_of(key)}, required)
    if not is_governed(kind, key):
        return _value(kind, bounds)
    if get_origin(kind) is Literal:
        return {"enum": [AUTO, *get_args(kind)]}
    return {"enum": [AUTO, True, False]} if kind is bool else {"oneOf": [{"const": AUTO}, _value(kind, bounds)]}


def _plain_origin(kind: Any) -> type:
    origin = get_origin(kind)
    return origin if isinstance(origin, type) else object


def _value(kind: Any, bounds: Bounds) -> dict[str, Any]:
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(parts)}
    if origin in (Union, types.UnionType):
        return _union([part for part in parts], bounds)
    if origin is tuple:
        return _list(parts, bounds)
    return {"type": _SCALARS[kind], **_bounds(kind, bounds)}


def _union(parts: list[Any], bounds: Bounds) -> dict[str, Any]:
    if parts == [str, type(None)]:
        return {"type": ["string", "null"], "minLength": 1}
    return {"oneOf": [{"type": "null"} if part is type(None) else _value(part, bounds) for part in parts]}


def _list(parts: tuple[Any, ...], bounds: Bounds) -> dict[str, Any]:
    if parts[-1] is not Ellipsis:
        return {"type": "array", "items": _value(parts[0], bounds), "minItems": len(parts), "maxItems": len(parts)}
    fewest = {} if bounds.min_items is None else {"minItems": bounds.min_items}
    return {"type": "array", **fewest, "uniqueItems": bounds.unique, "items": _value(parts[0], bounds)}


def _bounds(kind: Any, bounds: Bounds) -> dict[str, Any]:
    if kind is str:
        return {"minLength": 1} if bounds.pattern is None else {"pattern": bounds.pattern}
    names = {"at_least": "minimum", "at_most": "maximum", "above": "exclusiveMinimum", "below": "exclusiveMaximum"}
    limits = {json: getattr(bounds, own) for own, json in names.items()}
    return {name: value for name, value in limits.items() if value is not None}
