"""One file of named members with a manifest that states format and digests; reading it executes nothing."""

import hashlib
import io
import json
import pickle
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from cgni.base.arrays import DAMAGED
from cgni.base.errors import InputError
from cgni.base.files import atomic_path

FORMAT = 1
_KIND, _MANIFEST = "cgni bundle", "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip file's earliest time: the bytes do not depend on the day


def json_bytes(value: Any) -> bytes:
    """Key-sorted JSON."""
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()


def table_bytes(table: pd.DataFrame, schema: pa.Schema) -> bytes:
    """Parquet without metadata of where it comes from."""
    stream = io.BytesIO()
    arrow = pa.Table.from_pandas(table[schema.names], schema=schema, preserve_index=False)
    pq.write_table(arrow.replace_schema_metadata(None), stream, compression="zstd")
    return stream.getvalue()


def array_bytes(values: np.ndarray) -> bytes:
    """NumPy's own format, without pickled objects."""
    stream = io.BytesIO()
    np.save(stream, values, allow_pickle=False)
    return stream.getvalue()


def checkpoint_bytes(values: Mapping[str, Any]) -> bytes:
    """Plain types and tensors, as `torch.load` reads them with `weights_only=True`."""
    stream = io.BytesIO()
    torch.save(_cloned(dict(values)), stream)
    return stream.getvalue()


def _cloned(value: Any) -> Any:
    """The same with tensors in memory of their own: torch writes all that a view lies in."""
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().contiguous().clone()
    if isinstance(value, Mapping):
        return {name: _cloned(part) for name, part in value.items()}
    return [_cloned(part) for part in value] if isinstance(value, list | tuple) else value


def write_archive(members: Mapping[str, bytes], facts: Mapping[str, Any], path: str | Path) -> None:
    """Write members and manifest, whole or not at all; the same content gives the same bytes.

    Parameters
    ----------
    facts
        What the manifest states beside format and digests.
    """
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(members.items())}
    manifest = {**facts, "kind": _KIND, "format": FORMAT, "members": digests}
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, data in [(_MANIFEST, json_bytes(manifest)), *sorted(members.items())]:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)


@dataclass(frozen=True)
class Archive:
    """An archive in memory.

    Attributes
    ----------
    path : where it lies; manifest : what it states of itself; members : name to bytes, as the manifest's digests say.
    """

    path: str
    manifest: Mapping[str, Any]
    members: Mapping[str, bytes]

    @classmethod
    def read(cls, path: str | Path) -> "Archive":
        """Read all members and compare them with the manifest.

        Raises
        ------
        InputError
            No such file, not a bundle, of another format version, or damaged.
        """
        members = _read_members(path)
        manifest = _checked_manifest(path, members.pop(_MANIFEST))
        stated: Mapping[str, str] = manifest["members"]
        found = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
        wrong = sorted(name for name in {*stated, *found} if stated.get(name) != found.get(name))
        if wrong:
            raise _unreadable(path, f"{len(wrong)} of {len(stated)} members are not what was written, as {wrong[0]}")
        return cls(str(path), manifest, members)

    @property
    def folds(self) -> range:
        """The folds of the study."""
        return range(self.manifest["folds"])

    def json(self, name: str) -> Any:
        """A member of JSON."""
        return json.loads(self._bytes(name))

    def table(self, name: str) -> pd.DataFrame:
        """A member of Parquet."""
        table: pd.DataFrame = pq.read_table(io.BytesIO(self._bytes(name))).to_pandas()
        return table

    def array(self, name: str) -> np.ndarray:
        """A member of NumPy's format."""
        values: np.ndarray = np.load(io.BytesIO(self._bytes(name)), allow_pickle=False)
        return values

    def checkpoint(self, name: str) -> dict[str, Any]:
        """A member of plain types and tensors."""
        try:
            loaded: dict[str, Any] = torch.load(io.BytesIO(self._bytes(name)), map_location="cpu", weights_only=True)
        except (RuntimeError, pickle.UnpicklingError) as error:
            raise _unreadable(self.path, f"{name} holds more than plain types and tensors") from error
        return loaded

    def _bytes(self, name: str) -> bytes:
        if name not in self.members:
            raise _unreadable(self.path, f"without {name}")
        return self.members[name]


def _read_members(path: str | Path) -> dict[str, bytes]:
    """Name to bytes of everything in the file, the manifest among them."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such bundle; set application.bundle") from error
    except (*DAMAGED, KeyError) as error:
        raise _unreadable(path, f"it cannot be read ({' '.join(str(error).split())})") from error
    if _MANIFEST not in members:
        raise _stranger(path, f"a zip file without {_MANIFEST}")
    return members


def _checked_manifest(path: str | Path, content: bytes) -> dict[str, Any]:
    """The manifest of a bundle of this format."""
    try:
        manifest = json.loads(content)
    except ValueError as error:
        raise _stranger(path, f"its {_MANIFEST} is not JSON") from error
    if not isinstance(manifest, dict) or manifest.get("kind") != _KIND:
        raise _stranger(path, f"its {_MANIFEST} says so")
    if manifest.get("format") != FORMAT:
        raise InputError(
            f"{path}: a bundle of format {manifest.get('format')}, but this version reads format {FORMAT}; write it "
            "again with this version, or apply it with the one that wrote it"
        )
    if not isinstance(manifest.get("members"), dict) or not isinstance(manifest.get("folds"), int):
        raise _unreadable(path, f"{_MANIFEST} without members and folds")
    return manifest


def _stranger(path: str | Path, why: str) -> InputError:
    return InputError(f"{path}: not a bundle: {why}; `snakemake bundle` writes one")


def _unreadable(path: str | Path, problem: str) -> InputError:
    return InputError(f"{path}: a damaged bundle: {problem}; copy it again, or write it again with `snakemake bundle`")
