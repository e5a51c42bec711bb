"""Which keys of its config slice a job reads: evidence that rules declare what they need and nothing else."""

import atexit
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VARIABLE = "CGNI_CONFIG_READS"


class _Recorded(dict):
    """A nested dict that notes each dotted path looked up in it; copies of it are plain in type, not in notes."""

    def __init__(self, values: Mapping[str, Any], path: str, reads: set[str]) -> None:
        below = {
            key: _Recorded(value, f"{path}{key}.", reads) if isinstance(value, dict) else value
            for key, value in values.items()
        }
        super().__init__(below)
        self._path, self._reads = path, reads

    def __getitem__(self, key: str) -> Any:
        self._reads.add(f"{self._path}{key}")
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._reads.add(f"{self._path}{key}")
        return super().get(key, default)

    def __iter__(self) -> Any:  # makes dict(x) and f(**x) look every value up
        return super().__iter__()

    def keys(self) -> Any:
        return list(self)

    def items(self) -> Any:
        return [(key, self[key]) for key in self]

    def values(self) -> Any:
        return [self[key] for key in self]


def recorded(cfg: Mapping[str, Any], rule: str) -> Mapping[str, Any]:
    """`cfg` itself; where the environment names a folder in CGNI_CONFIG_READS, a `cfg` that notes what is read.

    The dotted keys end up in `<folder>/<rule>-<process>.json` when the process ends.
    """
    folder = os.environ.get(VARIABLE)
    if folder is None:
        return cfg
    reads: set[str] = set()
    target = Path(folder) / f"{rule}-{os.getpid()}.json"
    atexit.register(lambda: target.write_text(json.dumps(sorted(reads))))
    return _Recorded(cfg, "", reads)


def plain(value: Any) -> Any:
    """A deep copy of a config value as plain dicts, without noting anything."""
    if isinstance(value, dict):
        return {key: plain(dict.__getitem__(value, key)) for key in dict.__iter__(value)}
    return value
