"""Finished outputs that somebody has cut, emptied, swapped or edited, and places that cannot be written to or read."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import torch

from cgni.base.arrays import read_array, read_arrays
from cgni.base.files import damaged, read_json, write_json
from cgni.base.tables import read_provenance, read_table, write_table
from cgni.classification.ledger import read_looks
from cgni.imaging.store import GmStore, map_checksum
from cgni.networks.checkpoint import load_checkpoint, save_checkpoint
from cgni.workflow.input_looks import looks_of
from cgni.workflow.places import refuse_unreadable, refuse_unusable_folders
from cgni.workflow.written import compared_digests, note_outputs
from tests.unit.catalogue.case import Call, Case, clear, handled

_SCHEMA = pa.schema([pa.field("participant_id", pa.string(), nullable=False), pa.field("age", pa.float64())])
_PEOPLE = pd.DataFrame({"participant_id": ["1000001", "1000020"], "age": [50.0, 61.0]})
_ENDS = "; delete it and run the same command again$"


def _table(path: Path) -> None:
    write_table(_PEOPLE, path, _SCHEMA, {"rule": "build_participants"})


def _json(path: Path) -> None:
    write_json({"proposed": "terms124", "interpreted": "terms124"}, path)


def _array(path: Path) -> None:
    np.save(path, np.linspace(0, 1, 600))


def _arrays(path: Path) -> None:
    with path.open("wb") as stream:
        np.savez(stream, ids=np.arange(300), means=np.linspace(0, 1, 300))


def _checkpoint(path: Path) -> None:
    save_checkpoint({"state": {"weights": torch.linspace(0, 1, 300)}}, path)


_Reader = Callable[[Path], Any]
_KINDS: dict[str, tuple[str, Callable[[Path], None], _Reader]] = {
    "a table": ("splits.parquet", _table, read_table),
    "a table's provenance": ("splits.parquet", _table, read_provenance),
    "a JSON file": ("selection.json", _json, lambda path: read_json(path, "proposed")),
    "an array": ("mask.npy", _array, read_array),
    "an archive of arrays": ("region_features.npz", _arrays, lambda path: read_arrays(path, "ids", "means")),
    "a checkpoint": ("outcome.ckpt", _checkpoint, lambda path: load_checkpoint(path, "state")),
}
_DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[: len(content) // 2],
    "emptied": lambda _: b"",
    "overwritten with text": lambda _: b"participant_id,age\n1000001,50\n",
}


def _spoiled(kind: str, damage: Callable[[bytes], bytes]) -> Call:
    name, write, read = _KINDS[kind]

    def call(folder: Path) -> Any:
        path = folder / name
        write(path)
        path.write_bytes(damage(path.read_bytes()))
        return read(path)

    return call


def _in_place_of(kind: str, other: str) -> Call:
    """A file of another kind under the name of one."""
    name, _, read = _KINDS[kind]

    def call(folder: Path) -> Any:
        _KINDS[other][1](folder / name)
        return read(folder / name)

    return call


def _swapped_tables(folder: Path) -> Any:
    write_table(pd.DataFrame({"row": [1]}), folder / "index.parquet", pa.schema([pa.field("row", pa.int64())]), {})
    (folder / "index.parquet").rename(folder / "splits.parquet")
    return read_table(folder / "splits.parquet")


def _swapped_folds(folder: Path) -> Any:
    for fold in ("fold0", "fold1"):
        _table(folder / fold / "fill.parquet")
    (folder / "fold1/fill.parquet").replace(folder / "fold0/fill.parquet")
    return read_table(folder / "fold0/fill.parquet")


def _moved_study(folder: Path) -> Any:
    _table(folder / "results/cohort/participants.parquet")
    (folder / "results").rename(folder / "results-old")
    return read_table(folder / "results-old/cohort/participants.parquet")["age"].tolist()


def _absent_column(folder: Path) -> Any:
    _table(folder / "splits.parquet")
    return read_table(folder / "splits.parquet", ["participant_id", "fold"])


def _store(spoil: Callable[[Path], None]) -> Call:
    """A store of two maps, spoiled, of which the first map is read."""

    def call(folder: Path) -> Any:
        maps = np.asfortranarray(np.random.default_rng(1).random((3, 4, 5, 2)), dtype=np.float32)
        np.save(folder / "maps.npy", maps)
        write_json({"shape": [3, 4, 5], "affine": np.eye(4).tolist()}, folder / "grid.json")
        checksums = [map_checksum(maps[..., row]) for row in range(2)]
        index = _PEOPLE[["participant_id"]].assign(row=range(2), scale=np.float32(1), crc32=checksums)
        index = index.assign(resampled=False, total=1.0, low=np.float32(0), high=np.float32(1))
        index.to_parquet(folder / "index.parquet")
        spoil(folder)
        return GmStore.open(folder).read_one(0).shape

    return call


def _flip(folder: Path) -> None:
    content = bytearray((folder / "maps.npy").read_bytes())
    content[140] ^= 1
    (folder / "maps.npy").write_bytes(content)


def _cut(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-9])


def _one_map_less(folder: Path) -> None:
    pd.read_parquet(folder / "index.parquet").iloc[:1].to_parquet(folder / "index.parquet")


def _other_index(folder: Path) -> None:
    _PEOPLE.to_parquet(folder / "index.parquet")


def _edited_output(folder: Path) -> Any:
    path = folder / "results/config.effective.yaml"
    path.parent.mkdir()
    path.write_text("seed: 1\n")
    note_outputs([str(path)], folder / "results")
    path.write_text("seed: 2\n")
    return compared_digests({"config": str(path)}, folder / "results")


def _older_list(folder: Path) -> Any:
    """Whether a list that is replaced by an older one of the same size looks different."""
    first, second = folder / "a.csv", folder / "b.csv"
    for path, content in ((first, "1000001\n"), (second, "1000020\n")):
        path.write_text(content)
        os.utime(path, (10**9, 10**9))
    looks = looks_of([str(first), str(second)], str(folder / "results"))
    return len(set(looks.values()))


def _results_below_a_file(folder: Path) -> Any:
    (folder / "results").write_text("")
    return refuse_unusable_folders(str(folder / "results/ukb"))


def _refused(number: int) -> Call:
    def call(folder: Path) -> Any:
        path = folder / "splits.parquet"
        raise damaged(path, "Parquet table", OSError(number, os.strerror(number), str(path)))

    return call


CASES: list[Case] = [
    *(
        clear(f"{kind} that is {name}", _spoiled(kind, damage), f"{_KINDS[kind][0]}: not a readable .*{_ENDS}")
        for kind in _KINDS
        for name, damage in _DAMAGES.items()
    ),
    *(
        clear(
            f"{kind} that is not there",
            lambda folder, kind=kind: _KINDS[kind][2](folder / _KINDS[kind][0]),
            f"{_KINDS[kind][0]}: is not there; run the same command again",
        )
        for kind in _KINDS
    ),
    *(
        clear(f"{other} in the place of {kind}", _in_place_of(kind, other), f"{_KINDS[kind][0]}: not a readable")
        for kind, other in (
            ("a table", "a checkpoint"),
            ("a JSON file", "a table"),
            ("an array", "an archive of arrays"),
            ("an archive of arrays", "a checkpoint"),
            ("a checkpoint", "an archive of arrays"),
            ("a checkpoint", "a JSON file"),
        )
    ),
    clear("another table in a table's place", _swapped_tables, f"holds what belongs to .*/index.parquet.*{_ENDS}"),
    clear(
        "the table of another fold", _swapped_folds, f"fold0/fill.parquet: .* belongs to fold1/fill.parquet.*{_ENDS}"
    ),
    clear("a table without a column", _absent_column, f"splits.parquet: not a readable .*fold.*{_ENDS}"),
    handled("a study that was moved", _moved_study, [50.0, 61.0]),
    handled("a store of maps", _store(lambda _: None), (3, 4, 5)),
    clear(
        "a store with a damaged map", _store(_flip), "a packed map is not what was packed: the file maps.npy is damaged"
    ),
    clear("a store whose array is cut", _store(_cut("maps.npy")), f"maps.npy: not a readable image store.*{_ENDS}"),
    clear("a store whose grid is cut", _store(_cut("grid.json")), f"grid.json: not a readable JSON file.*{_ENDS}"),
    clear("a store whose index is cut", _store(_cut("index.parquet")), f"index.parquet: not a readable .*{_ENDS}"),
    clear("a store with one map less in its index", _store(_one_map_less), "the array is .* index and grid say"),
    clear("a store with another index", _store(_other_index), f"index.parquet: not a readable .*{_ENDS}"),
    clear("an output that was edited", _edited_output, f"config.effective.yaml: is not what the study wrote.*{_ENDS}"),
    clear(
        "a ledger that is cut",
        lambda folder: [(folder / "ledger.jsonl").write_text('{"number": 1'), read_looks(folder / "ledger.jsonl")],
        "ledger.jsonl: not the ledger",
    ),
    handled("two lists of one size and time", _older_list, 2),
    clear("results below a file", _results_below_a_file, "results: a file lies where a folder is expected"),
    clear(
        "a folder for an input file",
        lambda folder: refuse_unreadable([("inputs.withdrawals", str(folder))]),
        "inputs.withdrawals: .*a folder lies where a file is expected",
    ),
    *(
        clear(f"an output on {name}", _refused(number), f"splits.parquet: {said}.*run the same command again")
        for name, number, said in (
            ("a full disk", errno.ENOSPC, "the disk is full"),
            ("a disk that may not be read", errno.EACCES, "permission denied"),
            ("a failing disk", errno.EIO, "the disk cannot be read or written"),
        )
    ),
]
