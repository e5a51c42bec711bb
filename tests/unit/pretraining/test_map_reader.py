"""Batches read ahead hold the right maps, whatever the stored type and the number of batches."""

import numpy as np
import pandas as pd
import pytest
import torch

from cgni.imaging.store import GmStore
from cgni.networks.device import Device
from cgni.pretraining.map_reader import MapReader, network_order

CPU = Device(torch.device("cpu"), None)


def _store(dtype: str) -> GmStore:
    rng = np.random.default_rng(0)
    stored = rng.integers(0, 200, (20, 3, 5, 4)).astype(dtype).transpose(0, 3, 2, 1)  # x fastest, as stores are
    scale = rng.uniform(0.001, 0.01, 20).astype(np.float32) if dtype == "uint8" else None
    return GmStore(stored, pd.Index([str(row) for row in range(20)]), np.eye(4), scale)


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8"])
@pytest.mark.parametrize("parts", [[], [[3]], [[0, 5], [7], [19, 2, 1], [4, 4]]])
def test_batches_are_the_maps_of_their_rows(dtype: str, parts: list[list[int]]) -> None:
    store = _store(dtype)
    reader = MapReader(store, 3, CPU)
    seen = [batch.clone() for batch in reader.batches([np.array(rows) for rows in parts])]
    assert len(seen) == len(parts)
    for batch, rows in zip(seen, parts, strict=True):
        assert batch.dtype == torch.float32 and batch.shape == (len(rows), 1, 4, 5, 3)
        np.testing.assert_allclose(batch[:, 0].numpy(), store.read(np.array(rows)), rtol=1e-6)
    assert reader.waited >= 0


def test_a_batch_stays_while_the_next_one_is_read() -> None:
    store = _store("float32")
    reader = MapReader(store, 1, CPU)
    for number, batch in enumerate(reader.batches([np.array([row]) for row in range(20)])):
        before = batch.clone()
        torch.ones(200, 200) @ torch.ones(200, 200)  # time for the thread to fill the other buffer
        assert torch.equal(batch, before)
        np.testing.assert_array_equal(batch[0, 0].numpy(), store.read_one(number))


def test_trouble_while_reading_reaches_the_caller() -> None:
    reader = MapReader(_store("float16"), 2, CPU)
    with pytest.raises(IndexError):
        list(reader.batches([np.array([0]), np.array([99])]))


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8"])
def test_what_a_gpu_turns_are_the_maps_of_their_rows(dtype: str) -> None:
    store = _store(dtype)
    rows = np.array([3, 0, 19])
    stored = torch.from_numpy(np.ascontiguousarray(store.maps[rows].transpose(0, 3, 2, 1)))[:, None]
    maps = network_order(stored, None if store.scale is None else torch.from_numpy(store.scale[rows]))
    assert maps.dtype == torch.float32 and maps.is_contiguous()
    np.testing.assert_allclose(maps[:, 0].numpy(), store.read(rows), rtol=1e-6)
