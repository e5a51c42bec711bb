"""Settings as frozen dataclasses: each key's type, default and bounds once, and what it means in the string below it.

The library takes these objects; the config's check, its schema, config.yaml and the key reference are made from them
(`cgni.workflow.schema`). The code digest leaves the keys out, because values reach a job by its parameters and a key
that a rule does not declare cannot be read: a new key reruns nothing.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import (
    Any,
    ClassVar,
    Literal,
    Self,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

AUTO = "auto"
S = TypeVar("S", bound=type)


@dataclass(frozen=True)
class Bounds:
    """What a value may be beyond its type; of lists and mappings: of each entry, but for the counts.

    Attributes
    ----------
    at_least, at_most : inclusive bounds; above, below : exclusive ones.
    pattern : regular expression that a text must match.
    min_items : fewest entries of a list; unique : no entry twice.
    schema : a JSON schema that replaces the one made from the type.
    """

    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    pattern: str | None = None
    min_items: int | None = None
    unique: bool = False
    schema: Mapping[str, Any] | None = None


def setting(*, default: Any, **bounds: Any) -> Any:
    """A key with its default and `Bounds`.

    A default `auto` of a type without it means that the protocol decides; the library sees the value decided on.
    """
    metadata = {"bounds": Bounds(**bounds)}
    if isinstance(default, Mapping):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass_transform(frozen_default=True, field_specifiers=(setting, field))
def section(path: str) -> Callable[[S], S]:
    """Make a class with annotated `setting`s the section of the config under the dotted `path`."""

    def make(cls: S) -> S:
        made: Any = dataclass(frozen=True, slots=True)(cls)
        made.PATH = path
        return made  # type: ignore[no-any-return]

    return make


class Section:
    """A section of the config, whole or the part that a rule declares.

    Reading a key that the rule has not declared is an error: nothing falls back on a default.
    """

    __slots__ = ()
    PATH: ClassVar[str]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From plain nested values; keys that are not there stay unset, keys of other sections are passed over."""
        own = object.__new__(cls)
        for name, kind in field_types(cls).items():
            if name in values:
                object.__setattr__(own, name, _typed(kind, values[name]))
        return own

    def changed(self, **values: Any) -> Self:
        """The same with other values of some keys; what is unset stays so."""
        own = object.__new__(type(self))
        for key in section_fields(type(self)):
            if key.name in values:
                object.__setattr__(own, key.name, values[key.name])
            elif _is_set(self, key.name):
                # past a copy that notes reads: what is taken over has not been read
                object.__setattr__(own, key.name, object.__getattribute__(self, key.name))
        return own

    def __getattr__(self, name: str) -> Any:
        path = self.PATH.replace("{", "<").replace("}", ">")
        raise AttributeError(f"the rule does not declare the key {path}.{name}")

    def plain(self) -> dict[str, Any]:
        """Nested dicts, lists and scalars of the keys that are set, as a YAML file holds them."""
        return {
            key.name: _plain(getattr(self, key.name)) for key in section_fields(type(self)) if _is_set(self, key.name)
        }


def section_fields(cls: type[Section]) -> tuple[Field[Any], ...]:
    """The keys of a section, in their order."""
    return fields(cls)  # type: ignore[arg-type]


def field_types(cls: type[Section]) -> dict[str, Any]:
    """Key to its annotated type."""
    hints = get_type_hints(cls)
    return {key.name: hints[key.name] for key in section_fields(cls)}


def default_of(key: Field[Any]) -> Any:
    """The default of a key, as plain values."""
    value = key.default_factory() if key.default_factory is not MISSING else key.default
    return _plain(value)


def is_section(kind: Any) -> bool:
    """Whether an annotation names a section."""
    return isinstance(kind, type) and issubclass(kind, Section)


def is_governed(kind: Any, key: Field[Any]) -> bool:
    """Whether the protocol decides on the key's `auto`."""
    return bool(default_of(key) == AUTO) and AUTO not in literals(kind)


def literals(kind: Any) -> list[Any]:
    """The choices of an annotation that is a Literal or a union with one; empty for others."""
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    if get_origin(kind) in (Union, types.UnionType):
        return [choice for part in get_args(kind) for choice in literals(part)]
    return []


def _typed(kind: Any, value: Any) -> Any:
    if is_section(kind):
        return kind.of(value)
    return _frozen(value)


def _frozen(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        return value.plain()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _is_set(own: Section, name: str) -> bool:
    try:
        object.__getattribute__(own, name)
    except AttributeError:
        return False
    return True
