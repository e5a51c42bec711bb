"""Pack gray-matter images once into one memory-mapped array: in parallel, and going on after a kill."""

import logging
import threading
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import torch
from isal import isal_zlib
from nibabel.orientations import inv_ornt_aff, io_orientation, ornt_transform
from nibabel.processing import resample_from_to

from workflow_scripts.cgni.files import digest_value
from workflow_scripts.cgni.imaging.grids import Grid
from workflow_scripts.cgni.imaging.reading import UnusableImageError, read_map, refuse

_RECORD = np.dtype([("row", "<i8"), ("source", "S16"), ("crc32", "<u4"), ("scale", "<f4"), ("resampled", "?")])
_LEVELS = 255  # of uint8

# Decompressed bytes are read-only, and nobody here writes through a tensor over them.
warnings.filterwarnings("ignore", message="The given NumPy array is not writable", category=UserWarning)


@dataclass(frozen=True)
class Packed:
    """What was written, one entry an image.

    Attributes
    ----------
    crc32 : CRC-32 of each map's bytes in the array (uint32).
    scale : what a stored value is multiplied with (float32); 1 unless the array is uint8.
    resampled : whether the image was interpolated onto the grid (bool).
    """

    crc32: np.ndarray
    scale: np.ndarray
    resampled: np.ndarray


def pack_maps(
    paths: Sequence[str],
    grid: Grid,
    target: str | Path,
    dtype: str,
    partial: str | Path,
    code: str = "",
    threads: int = 1,
) -> Packed:
    """Write all images on `grid` as one array (image, x, y, z); whole or not at all.

    Axes are flipped and permuted into the order of `grid` without interpolation. Images whose
    voxels still lie elsewhere are resampled through their affines, linearly (never below zero,
    no ringing at the edge of the brain), with zero outside their field of view. Values are
    intensities (modulated gray matter per voxel of the template) and are not rescaled.

    Parameters
    ----------
    dtype
        `float16` keeps 11 significant bits: a relative error of at most 2**-11 = 4.9e-4.
        `uint8` stores round(255 x / max) with the map's own maximum: an error of at most
        max / 510. `float32` is exact.
    partial
        Stem of the unfinished array and its journal, on the file system of `target`. A later
        call with the same images packs only what is missing, has changed on disk, or does not
        have the checksum that the journal states.
    code
        Digest of the code that packs; an unfinished store of other code is thrown away.
    threads
        Images packed at once; the bytes do not depend on it.

    Raises
    ------
    InputError
        How many images are missing, unreadable or truncated, not 3D, non-finite, empty, or
        cannot be held by `dtype`. `target` is not written then; good images stay packed in
        `partial`.
    """
    names = [str(path) for path in paths]
    digest = digest_value([names, grid.as_json(), dtype, code])
    array, journal = Path(f"{partial}-{digest}.npy"), Path(f"{partial}-{digest}.journal")
    array.parent.mkdir(parents=True, exist_ok=True)
    _remove_others(Path(partial), {array, journal})
    maps = _open_array(array, journal, (len(names), *grid.shape), dtype)
    writer = _Writer(maps)
    torch.set_num_threads(1)  # the images are the parallelism
    problems: Counter[str] = Counter()
    with ThreadPoolExecutor(threads) as pool:
        records = _kept_records(journal, maps, names, pool)
        todo = [row for row in range(len(names)) if records[row]["row"] < 0]
        if len(todo) < len(names):
            logging.info("%d of %d images are already packed", len(names) - len(todo), len(names))
        outcomes = pool.map(lambda row: _pack_one(row, names[row], grid, writer), todo)
        with journal.open("ab", buffering=0) as stream:
            for done, outcome in enumerate(outcomes, start=1):
                if isinstance(outcome, str):
                    problems[outcome] += 1
                    continue
                records[outcome["row"]] = outcome
                stream.write(outcome.tobytes())
                if done % 500 == 0:
                    logging.info("packed %d of %d images", done, len(todo))
    refuse(problems, len(names))
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    array.replace(target)
    journal.unlink()
    return Packed(records["crc32"].copy(), records["scale"].copy(), records["resampled"].copy())


def _pack_one(row: int, path: str, grid: Grid, writer: "_Writer") -> np.ndarray | str:
    """Pack one image; its journal record, or why it cannot be used."""
    try:
        source = _source(path)
        values, affine = read_map(path)
        values, resampled = _on_grid(values, affine, grid)
        crc32, scale = writer.write(row, values)
    except UnusableImageError as problem:
        return str(problem)
    return np.array((row, source, crc32, scale, resampled), dtype=_RECORD)


def _on_grid(values: np.ndarray, affine: np.ndarray, target: Grid) -> tuple[np.ndarray, bool]:
    if Grid(values.shape, affine).same_as(target):
        return values, False
    axes = ornt_transform(io_orientation(affine), io_orientation(target.affine))
    turned = nib.apply_orientation(values, axes)
    affine = affine @ inv_ornt_aff(axes, values.shape)
    if Grid(turned.shape, affine).same_as(target):
        return turned, False
    image = nib.Nifti1Image(np.ascontiguousarray(turned), affine)
    moved = resample_from_to(image, (target.shape, target.affine), order=1)
    values = np.asarray(moved.dataobj, dtype=np.float32)
    if not np.ptp(values):
        raise UnusableImageError("images that do not overlap the common grid")
    return values, True


class _Writer(threading.local):
    """Converts maps in memory that each thread keeps, and writes them into the array's file.

    Fresh or memory-mapped pages would cost more than the conversion: writing to the file is
    three times as fast as writing to its mapping.
    """

    def __init__(self, maps: np.memmap) -> None:
        size = int(np.prod(maps.shape[1:]))
        self._kind = torch.from_numpy(np.empty(0, maps.dtype)).dtype
        self._converted, self._turned, self._out = (torch.empty(size, dtype=self._kind) for _ in range(3))
        self._file, self._offset = str(maps.filename), maps.offset

    def write(self, row: int, values: np.ndarray) -> tuple[int, float]:
        """Write one map (float32, any memory order); CRC-32 of its bytes and the scale of its numbers."""
        scale = self._convert(values)
        self._turn(values)
        stored = self._out.numpy()
        with open(self._file, "r+b", buffering=0) as stream:
            stream.seek(self._offset + row * stored.nbytes)
            stream.write(stored)
        return isal_zlib.crc32(stored), scale

    def _convert(self, values: np.ndarray) -> float:
        low, high = float(values.min()), float(values.max())
        flat = torch.from_numpy(values.ravel(_order(values)))  # torch rounds to float16 ten times as fast as numpy
        if self._kind != torch.uint8:
            if max(-low, high) > torch.finfo(self._kind).max:
                raise UnusableImageError("images with values too large for float16 (use imaging.store.dtype: float32)")
            self._converted.copy_(flat)
            return 1.0
        if low < 0:
            raise UnusableImageError("images with negative values (imaging.store.dtype: uint8 holds none)")
        self._converted.copy_(torch.round(flat * (_LEVELS / high)))
        return high / _LEVELS

    def _turn(self, values: np.ndarray) -> None:
        """From the image's memory order to that of the store, where z runs fastest."""
        x, y, z = values.shape
        if _order(values) == "C":
            self._out.copy_(self._converted)
            return
        # a plain matrix transposition first, which torch does in blocks, then whole runs along z
        self._turned.view(y * x, z).copy_(self._converted.view(z, y * x).t())
        np.copyto(self._out.numpy().reshape(x, y, z), self._turned.numpy().reshape(y, x, z).transpose(1, 0, 2))


def _order(values: np.ndarray) -> str:
    return "C" if values.flags.c_contiguous else "F"


def _source(path: str) -> bytes:
    """What tells whether a file has changed: its path, size and time."""
    try:
        status = Path(path).stat()
    except OSError as error:
        raise UnusableImageError("missing files") from error
    return digest_value([path, status.st_size, status.st_mtime_ns]).encode()


def _open_array(array: Path, journal: Path, shape: tuple[int, ...], dtype: str) -> np.memmap:
    if array.is_file() and journal.is_file():
        try:
            maps = np.lib.format.open_memmap(array, mode="r+")
            if maps.shape == shape and maps.dtype == dtype:
                return maps
        except (OSError, ValueError) as error:
            logging.warning("the unfinished store cannot be used (%s); packing anew", error)
    journal.unlink(missing_ok=True)
    return np.lib.format.open_memmap(array, mode="w+", dtype=dtype, shape=shape)


def _kept_records(journal: Path, maps: np.memmap, names: Sequence[str], pool: ThreadPoolExecutor) -> np.ndarray:
    """One record an image; row -1 where it has to be packed."""
    records = np.zeros(len(names), dtype=_RECORD)
    records["row"] = -1
    written = journal.read_bytes() if journal.is_file() else b""
    found = np.frombuffer(written[: len(written) // _RECORD.itemsize * _RECORD.itemsize], dtype=_RECORD)
    found = {int(record["row"]): record for record in found if 0 <= record["row"] < len(names)}

    def intact(record: np.ndarray) -> bool:
        try:
            same = _source(names[record["row"]]) == record["source"]
        except UnusableImageError:
            return False
        return same and isal_zlib.crc32(maps[record["row"]]) == record["crc32"]

    for record, kept in zip(found.values(), pool.map(intact, found.values()), strict=True):
        if kept:
            records[record["row"]] = record
    if journal.is_file():
        journal.write_bytes(records[records["row"] >= 0].tobytes())
    return records


def _remove_others(partial: Path, mine: set[Path]) -> None:
    """Unfinished stores of earlier settings: they are as large as the finished one."""
    for path in partial.parent.glob(f"{partial.name}-*"):
        if path not in mine:
            path.unlink()
