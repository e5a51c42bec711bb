"""The packed store: every gray-matter map once, on one grid, in one memory-mapped array."""

import functools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from isal import isal_zlib

from cgni.base.arrays import DAMAGED
from cgni.base.errors import InputError
from cgni.base.files import damaged, read_json
from cgni.base.tables import read_table
from cgni.imaging.schemas import INDEX

_DAMAGED = "the file maps.npy is damaged; delete the folder imaging/store and run again"
MAPS, INDEX_TABLE, GRID, CHECKSUM = "maps.npy", "index.parquet", "grid.json", "checksum.json"


def open_maps(path: str | Path) -> np.ndarray:
    """The stored numbers as a memory-mapped array (people, x, y, z), x fastest and people slowest.

    The mapping is private: pages are shared with the page cache until somebody writes.

    Raises
    ------
    cgni.base.arrays.DAMAGED
        Missing, not an array, or not as `packing.pack_maps` writes it.
    """
    # "c" and not "r": torch warns about memory it may not write to
    maps = np.load(path, mmap_mode="c", allow_pickle=False)
    if maps.ndim != 4 or not maps.flags.f_contiguous:
        raise ValueError("an array (x, y, z, people) in Fortran order was expected")
    return np.moveaxis(maps, -1, 0)


def map_checksum(values: np.ndarray) -> int:
    """CRC-32 of the bytes of a map (x, y, z) in the store's order, x fastest."""
    return isal_zlib.crc32(values.ravel("F"))


@dataclass(frozen=True)
class GmStore:
    """An open store.

    Attributes
    ----------
    maps : memory-mapped array (people, x, y, z) of float16, float32 or uint8: the stored numbers, x fastest.
    ids : participant id of each row.
    affine : float64 array (4, 4), voxel to MNI millimetres.
    scale : float32 array (people); a value is a stored number times its row's scale. None: 1.
    index : `imaging.schemas.INDEX`, one row a map. None: not known.
    """

    maps: np.ndarray
    ids: pd.Index
    affine: np.ndarray
    scale: np.ndarray | None = None
    index: pd.DataFrame | None = None

    @classmethod
    def open(cls, folder: str | Path) -> "GmStore":
        """Map the store in `folder`; nothing is read yet.

        Raises
        ------
        InputError
            Array, index and grid do not belong together.
        """
        folder = Path(folder)
        try:
            maps = open_maps(folder / MAPS)
        except DAMAGED as error:
            raise damaged(folder / MAPS, "image store", error) from error
        grid = read_json(folder / GRID, "shape", "affine")
        index = read_table(folder / INDEX_TABLE, INDEX.names)
        if maps.shape != (len(index), *grid["shape"]):
            raise InputError(
                f"{folder}: the array is {maps.shape}, index and grid say {(len(index), *grid['shape'])}; "
                "delete the folder and run again"
            )
        scale = index["scale"].to_numpy(np.float32) if maps.dtype == np.uint8 else None
        affine = np.asarray(grid["affine"], dtype=np.float64)
        return cls(maps, pd.Index(index["participant_id"]), affine, scale, index)

    def verify(self, threads: int = 1) -> None:
        """Read every map and compare its checksum with the one of the day it was packed.

        Raises
        ------
        InputError
            How many maps are damaged.
        """
        if self.index is None:
            return
        with ThreadPoolExecutor(threads) as pool:
            found = np.fromiter(pool.map(map_checksum, self.maps), np.int64, len(self.maps))
        wrong = int((found != self.index["crc32"].to_numpy(np.int64)).sum())
        if wrong:
            raise InputError(
                f"image store: {wrong} of {len(self.maps)} packed maps are not what was packed: {_DAMAGED}"
            )

    @property
    def grid(self) -> tuple[int, int, int]:
        """Voxels along x, y and z."""
        x, y, z = (int(size) for size in self.maps.shape[1:])
        return x, y, z

    def rows_of(self, ids: Sequence[str] | pd.Index) -> np.ndarray:
        """Rows (int64) of `ids`, in their order; InputError when somebody has no packed map."""
        rows = self.ids.get_indexer(pd.Index(ids))
        absent = int((rows < 0).sum())
        if absent:
            raise InputError(f"image store: {absent} of {len(rows)} people have no packed map; run pack_gm_store again")
        found: np.ndarray = rows.astype(np.int64)
        return found

    def stored(self, row: int) -> np.ndarray:
        """The stored numbers of one row (x, y, z; x fastest), mapped from the file.

        Raises
        ------
        InputError
            When the row is read for the first time: it is not what was packed.
        """
        values: np.ndarray = self.maps[row]
        if self.index is not None and not self._compared[row]:
            if map_checksum(values) != int(self.index["crc32"].iat[row]):
                raise InputError(f"image store: a packed map is not what was packed: {_DAMAGED}")
            self._compared[row] = True
        return values

    @functools.cached_property
    def _compared(self) -> np.ndarray:
        """Whose checksum was compared since the store was opened."""
        return np.zeros(len(self.maps), dtype=bool)

    def read_one(self, row: int) -> np.ndarray:
        """The map of one row as float32 (x, y, z; z fastest), in memory of its own."""
        import torch  # here, because importing it costs seconds

        values = torch.empty(self.grid)  # torch turns and converts several times as fast as numpy
        values.copy_(torch.from_numpy(self.stored(row)))
        if self.scale is not None:
            values *= float(self.scale[row])
        return values.numpy()

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Maps of `rows` as float32 (len(rows), x, y, z)."""
        out = np.empty((len(rows), *self.grid), dtype=np.float32)
        for place, row in enumerate(rows):
            out[place] = self.read_one(row)
        return out

    def each(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        """The maps of `rows` as float32 (x, y, z), one after the other."""
        for row in rows:
            yield self.read_one(row)

    def mean_map(self, rows: np.ndarray) -> np.ndarray:
        """Mean map (float32, x, y, z) of `rows`, summed in float64."""
        total = np.zeros(self.grid, dtype=np.float64)
        for density in self.each(rows):
            total += density
        return (total / len(rows)).astype(np.float32)
