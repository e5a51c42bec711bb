"""Finished outputs that were cut, emptied, swapped or damaged by hand: every reader answers in one line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import torch

from cgni.base.arrays import read_array, read_arrays
from cgni.base.errors import InputError
from cgni.base.files import read_json, write_json
from cgni.base.tables import column_names, read_arrow, read_provenance, read_table, write_table
from cgni.networks.checkpoint import load_checkpoint, save_checkpoint
from cgni.occlusion.occluded import RegionFeatures
from cgni.pretraining.checkpoint import load_cnn
from cgni.simulation.truth import TrueCohort
from tools.make_outputs import CONTENTS

SCHEMAS = {name: schema for name, schema in CONTENTS.items() if isinstance(schema, pa.Schema)}
_VALUES = {"string": "x", "bool": True, "dictionary<values=string, indices=int32, ordered=0>": "x"}


def _table(schema: pa.Schema) -> pa.Table:
    """A table of three rows under a schema."""
    columns = {}
    for field in schema:
        value: Any = _VALUES.get(str(field.type), 1)
        listed = pa.types.is_list(field.type)
        columns[field.name] = pa.array([[]] * 3, field.type) if listed else pa.array([value] * 3).cast(field.type)
    return pa.table(columns)


def _cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def _flipped(content: bytes) -> bytes:
    """One bit is another one, within the first values."""
    place = min(80, len(content) // 2)
    return content[:place] + bytes([content[place] ^ 16]) + content[place + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": _cut,
    "its end is missing": lambda content: content[:-1],
    "emptied": lambda _: b"",
    "text": lambda _: b"participant_id,age\n1,50\n",
    "zeros": lambda content: bytes(len(content)),
}


def _refused(read: Callable[[Path], Any], path: Path) -> str:
    """The one line that a reader answers with."""
    with pytest.raises(InputError) as caught:
        read(path)
    said = str(caught.value)
    assert "\n" not in said and str(path) in said and "run the same command again" in said, said
    return said


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", SCHEMAS)
def test_damaged_tables_of_every_schema_are_named(name: str, damage: str, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_table(_table(SCHEMAS[name]), path, SCHEMAS[name], {})
    assert len(read_table(path)) == 3
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    for read in (read_table, read_arrow, read_provenance, column_names):
        assert "delete it" in _refused(read, path)


@pytest.mark.parametrize("name", SCHEMAS)
def test_tables_swapped_for_another_are_named(name: str, tmp_path: Path) -> None:
    names = list(SCHEMAS)
    other = names[(names.index(name) + 1) % len(names)]
    own, swapped = tmp_path / "fold0/own.parquet", tmp_path / "fold0/other.parquet"
    write_table(_table(SCHEMAS[name]), own, SCHEMAS[name], {})
    write_table(_table(SCHEMAS[other]), swapped, SCHEMAS[other], {})
    own.write_bytes(swapped.read_bytes())
    assert "it holds what belongs to fold0/other.parquet" in _refused(read_table, own)


def test_a_table_of_another_fold_is_named_and_a_moved_study_is_not(tmp_path: Path) -> None:
    schema = next(iter(SCHEMAS.values()))
    for fold in (0, 1):
        write_table(_table(schema), tmp_path / f"results/fold{fold}/fill.parquet", schema, {})
    (tmp_path / "results").rename(tmp_path / "elsewhere")
    first, second = (tmp_path / f"elsewhere/fold{fold}/fill.parquet" for fold in (0, 1))
    assert len(read_table(first)) == len(read_table(second)) == 3
    first.write_bytes(second.read_bytes())
    assert "belongs to fold1/fill.parquet" in _refused(read_table, first)


def test_absent_columns_and_any_flipped_bit_of_a_table_are_named(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    schema = pa.schema([pa.field("age", pa.float64())])
    write_table(pa.table({"age": np.linspace(40, 80, 500)}), path, schema, {"rule": "r"})
    _refused(lambda path: read_table(path, ["age", "sex"]), path)
    content, values = path.read_bytes(), read_table(path)["age"].tolist()
    refused = 0
    for place in range(0, len(content), 37):
        path.write_bytes(content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :])
        try:
            same = read_table(path)["age"].tolist() == values  # a bit of the statistics or the provenance
        except InputError as error:
            assert str(path) in str(error)
            same, refused = True, refused + 1
        assert same, "other values without a word"
    assert refused > len(content) // 37 // 2


def _json(path: Path) -> None:
    write_json({"proposed": "terms" * 40}, path)


def _array(path: Path) -> None:
    np.save(path, np.linspace(0, 1, 600))


def _arrays(path: Path) -> None:
    np.savez(path, a=np.linspace(0, 1, 600), b=np.arange(600))


def _regions(path: Path) -> None:
    floats = np.ones((4, 3))
    RegionFeatures(np.array(list("abcd")), np.array(list("xyz")), np.arange(3), floats, floats, floats).save(path)


def _cohort(path: Path) -> None:
    names = ("genotypes", "ids", "sex", "population", "parents", "admixture", "withdrawn", "pcs", "members")
    np.savez_compressed(path, **{name: np.random.default_rng(1).random(300) for name in names})


def _checkpoint(path: Path) -> None:
    save_checkpoint({"fold0": {"weights": torch.linspace(0, 1, 400)}}, path)


READERS: dict[str, tuple[str, Callable[[Path], None], Callable[[Path], Any]]] = {
    "JSON": ("selection.json", _json, lambda path: read_json(path, "proposed")),
    "array": ("mask.npy", _array, read_array),
    "arrays": ("a.npz", _arrays, lambda path: read_arrays(path, "a", "b")),
    "features of regions": ("region_features.npz", _regions, RegionFeatures.load),
    "true cohort": ("genotypes.npz", _cohort, TrueCohort.load),
    "checkpoint": ("outcome.ckpt", _checkpoint, load_checkpoint),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", READERS)
def test_other_damaged_files_are_named(kind: str, damage: str, tmp_path: Path) -> None:
    name, write, read = READERS[kind]
    path = tmp_path / name
    write(path)
    read(path)
    content = path.read_bytes()
    path.write_bytes(DAMAGES[damage](content))
    if kind == "JSON" and damage == "its end is missing":
        assert read(path)  # the line's end alone
    else:
        assert "delete it" in _refused(read, path)


@pytest.mark.parametrize("kind", READERS)
def test_absent_files_folders_and_another_kind_of_file_are_named(kind: str, tmp_path: Path) -> None:
    name, _, read = READERS[kind]
    path = tmp_path / name
    assert "is not there" in _refused(read, path)
    path.mkdir()
    assert "folder" in _refused(read, path)
    path.rmdir()
    for other, write, _ in READERS.values():
        if other != name and other.split(".")[-1] != name.split(".")[-1]:
            write(path.with_name(other))
            path.write_bytes(path.with_name(other).read_bytes())
            _refused(read, path)


@pytest.mark.parametrize("kind", ["arrays", "features of regions", "true cohort", "checkpoint"])
def test_a_flipped_bit_in_an_archive_is_named(kind: str, tmp_path: Path) -> None:
    name, write, read = READERS[kind]
    path = tmp_path / name
    write(path)
    middle = bytearray(path.read_bytes())
    middle[len(middle) // 3] ^= 255
    path.write_bytes(middle)
    _refused(read, path)


def test_a_checkpoint_of_another_fit_is_named(tmp_path: Path) -> None:
    path = tmp_path / "outcome.ckpt"
    _checkpoint(path)
    assert "of another kind of fit: without architecture, state" in _refused(load_cnn, path)
    torch.save([1, 2], path)
    assert "it holds a list" in _refused(load_checkpoint, path)


def test_json_of_another_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "selection.json"
    for value in ({"shape": [1, 2, 3]}, [1, 2], "proposed", None):
        path.write_text(json.dumps(value))
        assert "an object with proposed" in _refused(lambda path: read_json(path, "proposed"), path)


def test_archives_of_other_arrays_are_named(tmp_path: Path) -> None:
    path = tmp_path / "region_features.npz"
    _arrays(path)
    assert "without ids, intact" in _refused(RegionFeatures.load, path)
    np.savez(path, ids=np.array([{}], dtype=object), a=np.ones(2))
    _refused(lambda path: read_arrays(path, "ids"), path)  # nothing pickled is run
