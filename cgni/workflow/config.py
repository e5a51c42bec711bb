"""The config in force: checked, `auto` resolved, cut into the parts that rules declare.

Imported while the DAG is built, so nothing heavy is imported here.
"""

import copy
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import jsonschema
import yaml

from cgni.base.errors import InputError
from cgni.base.nested import leaves
from cgni.base.settings import AUTO, field_types, is_section
from cgni.base.shipped import HOME, named_in_a_config
from cgni.workflow import combinations, search
from cgni.workflow.schema import governed_keys, json_schema
from cgni.workflow.settings import StudySettings

_RESOURCES = HOME / "resources"


def effective_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """Check the merged config; fill in defaults, `auto` keys and `{results_dir}`.

    Returns
    -------
    The whole config as nested plain values.

    Raises
    ------
    InputError
        An unknown key, a wrong value or an impossible combination, with the key's path.
    """
    given = _plain(config)
    _refuse_not_finite(given)
    schema = json_schema()
    _check(given, schema)
    effective = _filled(StudySettings, given, StudySettings().plain())
    _resolve_auto(effective)
    if effective["results_dir"].strip():
        effective["results_dir"] = os.path.normpath(effective["results_dir"])
    effective["inputs"] = _fill_results_dir(effective["inputs"], effective["results_dir"])
    effective["inputs"]["ppi"] = named_in_a_config(effective["inputs"]["ppi"])
    combinations.check(StudySettings.of(effective))
    search.check_candidates(effective, schema)
    return effective


def section(effective: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """The nested, key-sorted part of the config under the dotted `keys`."""
    part: dict[str, Any] = {}
    for key in keys:
        source: Any = effective
        target = part
        *parents, last = key.split(".")
        for parent in parents:
            source, target = source[parent], target.setdefault(parent, {})
        target[last] = copy.deepcopy(source[last])
    ordered: dict[str, Any] = _sorted(part)
    return ordered


def leak_stamp(settings: StudySettings) -> str:
    """What every result must say when the config lets pretraining see everybody (study B5); empty otherwise."""
    if settings.people.pretrain_on == "training":
        return ""
    return "LEAKY: brain-age pretraining saw holdout and validation people"


def protocol_choices(effective: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted key to the value in force, of every key that the protocol governs."""
    flat = dict(leaves(effective))
    return {key: flat[key] for key in protocol_values(effective["protocol"])}


def protocol_values(protocol: str) -> dict[str, Any]:
    """Dotted key to what `auto` means under a protocol (`sound` or `paper`)."""
    return dict(leaves(yaml.safe_load((_RESOURCES / "protocols" / f"{protocol}.yaml").read_text())))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def refuse_doubled_keys(path: str | Path) -> None:
    """Refuse a YAML file that writes a key twice: of two sections of one name the first would be lost in silence.

    Raises
    ------
    InputError
        The key and its second line; or a file that is no YAML.
    """
    try:
        root = yaml.compose(Path(path).read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path}: not a readable YAML file ({' '.join(str(error).split())})") from error
    waiting, met = [("", root)], set[int]()
    while waiting:
        where, node = waiting.pop()
        if id(node) in met:  # by its alias, even inside itself
            continue
        met.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += [(f"{where}{number}.", item) for number, item in enumerate(node.value)]
        if not isinstance(node, yaml.MappingNode):
            continue
        seen = set()
        for key, value in node.value:
            name = f"{where}{key.value}"
            if name in seen:
                line = key.start_mark.line + 1
                raise InputError(f"{path}: line {line}: {name} is there a second time; join both into one")
            seen.add(name)
            waiting.append((f"{name}.", value))


def _refuse_not_finite(config: dict[str, Any]) -> None:
    bad = [key for key, value in leaves(config) if not _finite(value)]
    if bad:
        raise InputError(f"the configuration cannot be used:\n  {', '.join(bad)}: a number must be finite")


def _finite(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return value


def _check(config: dict[str, Any], schema: dict[str, Any]) -> None:
    errors = sorted(jsonschema.Draft202012Validator(schema).iter_errors(config), key=lambda error: list(error.path))
    if errors:
        lines = [f"  {search.error_path(error)}: {search.error_message(error)}" for error in errors]
        raise InputError("the configuration cannot be used:\n" + "\n".join(lines))


def _filled(kind: Any, given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """`given` with the defaults of the keys that it leaves out, in the settings' order."""
    kinds = field_types(kind)
    whole: dict[str, Any] = {}
    for name, default in defaults.items():
        own = given.get(name)
        if is_section(kinds[name]):
            whole[name] = _filled(kinds[name], own or {}, default)
        elif name not in given:
            whole[name] = default
        else:
            merged = {**default, **own} if isinstance(default, dict) and isinstance(own, dict) else own
            whole[name] = _whole(merged) if _holds(kinds[name], int) and not _holds(kinds[name], float) else merged
    return whole


def _holds(annotation: Any, kind: type) -> bool:
    """Whether an annotation is a type, or made of it."""
    return annotation is kind or any(_holds(part, kind) for part in get_args(annotation))


def _whole(value: Any) -> Any:
    """2.0, which YAML and JSON schema take for a whole number, as 2."""
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _resolve_auto(effective: dict[str, Any]) -> None:
    chosen = protocol_values(effective["protocol"])
    for key in governed_keys():
        *parents, last = key.split(".")
        part = effective
        for parent in parents:
            part = part[parent]
        if part[last] == AUTO:
            part[last] = chosen[key]


def _fill_results_dir(value: Any, results_dir: str) -> Any:
    if isinstance(value, dict):
        return {key: _fill_results_dir(item, results_dir) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill_results_dir(item, results_dir) for item in value]
    return value.replace("{results_dir}", results_dir) if isinstance(value, str) else value
