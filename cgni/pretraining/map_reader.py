"""Batches of maps from the packed store, read ahead while the device computes."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from cgni.imaging.store import GmStore
from cgni.networks.device import Device

_BUFFERS = 2  # one is computed on while the other is filled


class MapReader:
    """Reads batches in a thread of its own, into memory that is used again.

    On a GPU the stored numbers (float16, uint8) travel from pinned memory as they are, half or a
    quarter of the traffic, and become what the network reads there (`network_order`). On a CPU
    they do so on the way.

    Attributes
    ----------
    waited : seconds for which the caller had to wait for data so far.
    """

    def __init__(self, store: GmStore, largest_batch: int, device: Device) -> None:
        self._store, self._device = store, device
        self._on_gpu = device.torch.type == "cuda"
        kind = torch.from_numpy(store.maps[:0]).dtype if self._on_gpu else torch.float32
        shape = (largest_batch, 1, *(store.grid[::-1] if self._on_gpu else store.grid))
        self._buffers = [torch.empty(shape, dtype=kind, pin_memory=self._on_gpu) for _ in range(_BUFFERS)]
        self.waited = 0.0

    def batches(self, parts: Sequence[np.ndarray]) -> Iterator[torch.Tensor]:
        """Raw maps (len(rows), 1, x, y, z; float32, on the device) of each part's rows; good until the next one."""
        with ThreadPoolExecutor(1) as pool:
            ahead = [pool.submit(self._fill, 0, parts[0])] if len(parts) else []
            for number in range(len(parts)):
                begun = time.perf_counter()
                batch = ahead.pop().result()
                self.waited += time.perf_counter() - begun
                if number + 1 < len(parts):
                    ahead.append(pool.submit(self._fill, (number + 1) % _BUFFERS, parts[number + 1]))
                yield self._on_device(batch, parts[number])

    def _fill(self, buffer: int, rows: np.ndarray) -> torch.Tensor:
        batch = self._buffers[buffer][: len(rows)]
        for place, row in enumerate(rows):
            stored = torch.from_numpy(self._store.stored(row))
            batch[place, 0].copy_(stored.permute(2, 1, 0) if self._on_gpu else stored)
            if self._store.scale is not None and not self._on_gpu:
                batch[place] *= float(self._store.scale[row])
        return batch

    def _on_device(self, batch: torch.Tensor, rows: np.ndarray) -> torch.Tensor:
        if not self._on_gpu:
            return batch
        device = self._device.torch
        scale = None if self._store.scale is None else torch.from_numpy(self._store.scale[rows]).to(device)
        return network_order(batch.to(device), scale)


def network_order(stored: torch.Tensor, scale: torch.Tensor | None) -> torch.Tensor:
    """Stored numbers (n, 1, z, y, x; any type) as values (n, 1, x, y, z; float32, contiguous) on the same device.

    Parameters
    ----------
    scale
        What the numbers of each map are multiplied with (float32, n); None: 1.
    """
    maps = stored.permute(0, 1, 4, 3, 2).float().contiguous()
    return maps if scale is None else maps * scale[:, None, None, None, None]
