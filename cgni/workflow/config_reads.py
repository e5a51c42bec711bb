"""Which keys of its part of the config a job reads: evidence that rules declare what they need and nothing else."""

import atexit
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from cgni.base.settings import Section, section_fields

VARIABLE = "CGNI_CONFIG_READS"
S = TypeVar("S", bound=Section)


class Reads:
    """The dotted keys that a job has read; without a folder nothing is noted.

    Where the environment names a folder in CGNI_CONFIG_READS, the keys end up in `<folder>/<rule>-<process>.json`
    when the process ends.
    """

    def __init__(self, noting: bool = False) -> None:
        self._noting = noting
        self.keys: set[str] = set()

    @classmethod
    def of(cls, rule: str) -> "Reads":
        """For a rule's job, from the environment."""
        folder = os.environ.get(VARIABLE)
        reads = cls(folder is not None)
        if folder is not None:
            target = Path(folder) / f"{rule}-{os.getpid()}.json"
            atexit.register(lambda: target.write_text(json.dumps(sorted(reads.keys))))
        return reads

    def note(self, key: str) -> None:
        """A key was read."""
        if self._noting:
            self.keys.add(key)

    def watch(self, settings: S, path: str) -> S:
        """`settings` itself, or a copy that notes what is read of it."""
        return _watched(settings, path, self) if self._noting else settings


class _Entries(Mapping[str, Any]):
    """A mapping of the config that notes which entries are looked up, by copies of it too."""

    def __init__(self, values: Mapping[str, Any], path: str, reads: Reads) -> None:
        self._values, self._path, self._reads = values, path, reads

    def __getitem__(self, key: str) -> Any:
        self._reads.note(f"{self._path}.{key}")
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _watched(settings: S, path: str, reads: Reads) -> S:
    kind = type(settings)
    names = {key.name for key in section_fields(kind)}

    class Watched(kind):  # type: ignore[valid-type, misc]
        __slots__ = ()

        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            if name in names and not isinstance(value, Section | _Entries):
                reads.note(f"{path}.{name}")
            return value

    own = object.__new__(Watched)
    for name in names:
        try:
            value = object.__getattribute__(settings, name)
        except AttributeError:
            continue
        if isinstance(value, Section):
            value = _watched(value, f"{path}.{name}", reads)
        elif isinstance(value, dict):
            value = _Entries(value, f"{path}.{name}", reads)
        object.__setattr__(own, name, value)
    return own
