"""A store that was damaged after it was packed: whoever reads it first says so."""

from pathlib import Path

import numpy as np
import pytest
import torch

from cgni.base.errors import InputError
from cgni.imaging.store import GmStore
from cgni.networks.device import Device
from cgni.pretraining.map_reader import MapReader
from tests.unit.imaging.test_imaging_store import _map as one_map
from tests.unit.imaging.test_imaging_store import _save as save_map
from tests.unit.imaging.test_imaging_store import _store as make_store


def test_a_map_damaged_after_packing_stops_whoever_reads_it_first(tmp_path: Path) -> None:
    paths = [save_map(tmp_path, f"m{seed}", one_map(seed)) for seed in range(3)]
    make_store(tmp_path, paths, ["a", "b", "c"])
    content = bytearray((tmp_path / "maps.npy").read_bytes())
    content[-5] ^= 1  # of the last map
    (tmp_path / "maps.npy").write_bytes(content)
    store = GmStore.open(tmp_path)
    np.testing.assert_array_equal(store.read_one(0), one_map(0))
    for read in (lambda: store.read_one(2), lambda: store.mean_map(np.arange(3)), lambda: store.verify(2)):
        with pytest.raises(InputError, match=r"not what was packed: the file maps\.npy is damaged"):
            read()
    reader = MapReader(store, 2, Device(torch.device("cpu"), None))
    assert len(next(reader.batches([np.array([0, 1])]))) == 2
    with pytest.raises(InputError, match="not what was packed"):
        list(reader.batches([np.array([1, 2])]))


@pytest.mark.parametrize("name", ["maps.npy", "index.parquet", "grid.json"])
@pytest.mark.parametrize("keep", [0, 1, 60, -2])
def test_a_cut_file_of_the_store_is_named(name: str, keep: int, tmp_path: Path) -> None:
    make_store(tmp_path, [save_map(tmp_path, "m", one_map(0))], ["a"])
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=rf"{name}: not a readable .*delete it and run the same command again"):
        GmStore.open(tmp_path)
