"""Write what follows from the typed settings: config.yaml, both JSON schemas, and the key reference.

python -m tools.make_settings
"""

import ast
import functools
import inspect
import json
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from cgni.base.settings import Section, field_types, is_governed, is_section, section_fields
from cgni.workflow.baselines import BASELINES, CONFOUND_BASELINE, CONFOUNDS
from cgni.workflow.config import protocol_values
from cgni.workflow.schema import json_schema, keys
from cgni.workflow.settings import PARTS, StudySettings

ROOT = Path(__file__).resolve().parents[1]
SCHEMA, OVERLAY_SCHEMA = "resources/config.schema.json", "resources/overlay.schema.json"
WIDTH = 120
_DEFAULTS = StudySettings().plain()


def descriptions(kind: type[Section] = StudySettings, path: str = "") -> dict[str, str]:
    """Dotted key or section to the sentence that its class gives it."""
    found: dict[str, str] = {}
    own = _strings_below(kind, path)
    for key in section_fields(kind):
        here, inner = f"{path}{key.name}", field_types(kind)[key.name]
        if is_section(inner):
            found[here] = _model_section(here) or inspect.cleandoc(inner.__doc__ or "").splitlines()[0]
            found |= descriptions(inner, f"{here}.")
        elif key.name in own:
            found[here] = own[key.name]
    return found


def config_yaml() -> str:
    """The text of config.yaml: every key with its default and what it means."""
    lines = [f"# yaml-language-server: $schema={SCHEMA}", *_HEAD]
    texts = descriptions()
    for key in section_fields(StudySettings):
        lines += _key_lines(StudySettings, key.name, key.name, 0, texts)
    return "\n".join(lines) + "\n"


def reference() -> str:
    """The text of docs/settings.md."""
    texts, governed = descriptions(), {name: protocol_values(name) for name in ("sound", "paper")}
    parts = [_REFERENCE_HEAD]
    section = None
    for path, kind, key in keys():
        top = path.split(".")[0] if "." in path else ""
        if top != section:
            section = top
            title = top or "The whole study"
            about = texts.get(top, "")
            parts.append(f"\n## {title}\n\n{about}\n\n| key | default | values | meaning |\n|---|---|---|---|")
        default = _inline(_default(path))
        if is_governed(kind, key):
            default = f"auto: {_inline(governed['sound'][path])} (sound), {_inline(governed['paper'][path])} (paper)"
        allowed = _allowed(_part_of_schema(path))
        parts.append(f"| `{path}` | {_cell(default)} | {_cell(allowed)} | {_cell(texts.get(path, ''))} |")
    return "\n".join(parts) + "\n"


def pages() -> dict[str, str]:
    """Path from the repository root to the text that follows from the settings."""
    texts = descriptions()
    return {
        "config.yaml": config_yaml(),
        SCHEMA: json.dumps(json_schema(True, texts), indent=1) + "\n",
        OVERLAY_SCHEMA: json.dumps(json_schema(False, texts), indent=1) + "\n",
        "docs/settings.md": reference(),
    }


@functools.cache
def _strings_below(kind: type, path: str) -> dict[str, str]:
    """Key to the string below it, in the class and those that it is made of."""
    found: dict[str, str] = {}
    for part in PARTS.get(path.rstrip("."), tuple(reversed(kind.__mro__))):
        if part.__module__.startswith("cgni") and part is not Section:
            found |= _class_strings(part)
    return found


def _class_strings(part: type) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(part))).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for key, text in zip(body.body, body.body[1:], strict=False):
        if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name) and isinstance(text, ast.Expr):
            assert isinstance(text.value, ast.Constant)
            found[key.target.id] = re.sub(r"\s+", " ", str(text.value.value)).strip()
    return found


def _model_section(path: str) -> str:
    """What a baseline's own section is about; empty for other sections."""
    rows = {**BASELINES, CONFOUNDS: CONFOUND_BASELINE}
    name = path.removeprefix("classification.")
    return f"{rows[name].label}." if path.startswith("classification.") and name in rows else ""


def _key_lines(kind: type[Section], name: str, path: str, depth: int, texts: dict[str, str]) -> Iterator[str]:
    own = field_types(kind)[name]
    indent = "  " * depth
    if is_section(own):
        if depth == 0:
            yield ""
        yield from _commented(f"{indent}{name}:", texts.get(path, ""), indent)
        for inner in section_fields(own):
            yield from _key_lines(own, inner.name, f"{path}.{inner.name}", depth + 1, texts)
        return
    yield from _commented(f"{indent}{name}: {_inline(_default(path))}", texts.get(path, ""), indent)


def _default(path: str) -> Any:
    value: Any = _DEFAULTS
    for name in path.split("."):
        value = value[name]
    return value


def _commented(line: str, text: str, indent: str) -> list[str]:
    if not text:
        return [line]
    if len(line) < 38 and len(text) < WIDTH - 42:
        return [f"{line:<38}  # {text}"]
    if len(line) + len(text) + 4 <= WIDTH:
        return [f"{line}  # {text}"]
    return [*(f"{indent}# {part}" for part in textwrap.wrap(text, WIDTH - len(indent) - 2)), line]


def _inline(value: Any) -> str:
    """A value on one line of YAML."""
    if isinstance(value, float):
        mantissa, _, exponent = f"{value:g}".partition("e")
        text = f"{float(mantissa)}e{int(exponent)}" if exponent else str(value)
        return text
    if isinstance(value, str):
        plain = yaml.safe_dump(value, default_style=None).splitlines()[0]
        return plain if not re.search(r"[{}#:]", value) else json.dumps(value)
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_inline(item)}" for name, item in value.items()) + "}"
    return str(json.dumps(value))


def _part_of_schema(path: str) -> dict[str, Any]:
    part: dict[str, Any] = json_schema()
    for name in path.split("."):
        part = part["properties"][name]
    return part


def _allowed(schema: dict[str, Any]) -> str:
    """What a value may be, in words."""
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return ", ".join(_inline(choice) for choice in schema["enum"])
    if "oneOf" in schema:
        return "; or ".join(_allowed(part) for part in schema["oneOf"])
    if schema.get("type") == "array":
        return f"list of: {_allowed(schema['items'])}"
    if schema.get("type") == "object":
        entries = {name: _allowed(part) for name, part in schema["properties"].items()}
        if len(set(entries.values())) > 1:
            return ", ".join(f"{name} ({values})" for name, values in entries.items())
        return f"for each of {', '.join(entries)}: {next(iter(entries.values()))}"
    return _scalar(schema)


def _scalar(schema: dict[str, Any]) -> str:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    words = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true, false", "null": "null"}
    names = {"minimum": "≥", "maximum": "≤", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
    limits = [f"{sign} {schema[name]:g}" for name, sign in names.items() if name in schema]
    return " ".join([", ".join(words[kind] for kind in kinds), *limits])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


_HEAD = """\
# The study, at demo size, on the simulated cohort. Made by `make settings` from the typed settings in
# cgni/*/settings.py; docs/settings.md says what each key may be, and unknown keys are refused. Put your own values
# into a second file that names only what differs: snakemake --configfile mine.yaml (see config.ukb.yaml for the
# published study on UK Biobank). Keys that read `auto` follow `protocol`, but where they say otherwise.
""".splitlines()
_REFERENCE_HEAD = """\
# Settings

Every key of the config. Made by `make settings` from the typed settings in `cgni/*/settings.py`; do not edit. Lists of
one kind may have any length unless said otherwise. `auto` follows `protocol` where two values stand beside it.
"""


def main() -> int:
    """Write all pages."""
    for path, text in pages().items():
        (ROOT / path).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
