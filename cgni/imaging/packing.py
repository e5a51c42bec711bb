"""Pack gray-matter images once into one memory-mapped array: in parallel, and going on after a kill."""

import logging
import threading
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

import nibabel as nib
import numpy as np
import torch
from isal import isal_zlib
from nibabel.orientations import inv_ornt_aff, io_orientation, ornt_transform

from cgni.base.files import digest_value, write_all
from cgni.imaging.grids import Grid
from cgni.imaging.reading import UnusableImageError, read_map, refuse, value_range
from cgni.imaging.resampling import resampled
from cgni.imaging.store import map_checksum

_RECORD = np.dtype(
    [
        *(("row", "<i8"), ("source", "S16"), ("crc32", "<u4"), ("scale", "<f4"), ("resampled", "?"), ("blank", "?")),
        *(("total", "<f8"), ("low", "<f4"), ("high", "<f4")),
    ]
)
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
    blank : whether the image held NaN as its background (bool).
    total, low, high : sum (float64), smallest and largest (float32) of the map's values on the grid.
    """

    crc32: np.ndarray
    scale: np.ndarray
    resampled: np.ndarray
    blank: np.ndarray
    total: np.ndarray
    low: np.ndarray
    high: np.ndarray


def pack_maps(
    paths: Sequence[str],
    grid: Grid,
    target: str | Path,
    dtype: str,
    partial: str | Path,
    code: str = "",
    threads: int = 1,
) -> Packed:
    """Write all images on `grid` as one array (x, y, z, image) in Fortran order; whole or not at all.

    That is a NIfTI file's own order of voxels (x fastest), so that nothing has to be turned.

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
    maps = _open_array(array, journal, (*grid.shape, len(names)), dtype)
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
                write_all(outcome.tobytes(), stream)
                if done % 500 == 0:
                    logging.info("packed %d of %d images", done, len(todo))
    refuse(problems, len(names))
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    array.replace(target)
    journal.unlink()
    return Packed(**{field.name: records[field.name].copy() for field in fields(Packed)})


def _pack_one(row: int, path: str, grid: Grid, writer: "_Writer") -> np.ndarray | str:
    """Pack one image; its journal record, or why it cannot be used."""
    try:
        source = _source(path)
        read = read_map(path)
        values, resampled = _on_grid(read.values, read.affine, grid)
        span = value_range(values) if resampled else read.span
        crc32, scale, total = writer.write(row, values, span)
    except UnusableImageError as problem:
        return str(problem)
    return np.array((row, source, crc32, scale, resampled, read.blank > 0, total, *span), dtype=_RECORD)


def _on_grid(values: np.ndarray, affine: np.ndarray, target: Grid) -> tuple[np.ndarray, bool]:
    if Grid(values.shape, affine).same_as(target):
        return values, False
    turned, affine = _turned(values, affine, target.affine)
    if Grid(turned.shape, affine).same_as(target):
        return turned, False
    image = nib.Nifti1Image(np.ascontiguousarray(turned), affine)  # type: ignore[no-untyped-call]
    moved = resampled(image, target.shape, target.affine, order=1).astype(np.float32, copy=False)
    if not np.ptp(moved):
        raise UnusableImageError("images that do not overlap the common grid")
    return moved, True


def _turned(values: np.ndarray, affine: np.ndarray, like: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values and affine with the axes flipped and permuted into the order of the affine `like`."""
    axes = ornt_transform(io_orientation(affine), io_orientation(like))  # type: ignore[no-untyped-call]
    turned = nib.apply_orientation(values, axes)  # type: ignore[no-untyped-call]
    return turned, affine @ inv_ornt_aff(axes, values.shape)  # type: ignore[no-untyped-call]


class _Writer(threading.local):
    """Converts maps in memory that each thread keeps, and writes them into the array's file.

    Fresh or memory-mapped pages would cost more than the conversion: writing to the file is
    three times as fast as writing to its mapping.
    """

    def __init__(self, maps: np.memmap) -> None:
        self._stored = torch.from_numpy(np.empty(int(np.prod(maps.shape[:3])), maps.dtype))
        self._file, self._offset = str(maps.filename), maps.offset

    def write(self, row: int, values: np.ndarray, span: tuple[float, float]) -> tuple[int, float, float]:
        """Write one map (float32, any memory order; smallest and largest value `span`).

        Returns the CRC-32 of its bytes, the scale of its numbers, and their sum.
        """
        # torch rounds to float16, and adds up, ten times as fast as numpy
        flat = torch.from_numpy(values.ravel("F"))
        scale, total = self._convert(flat, *span), float(flat.sum())
        stored = self._stored.numpy()
        with open(self._file, "r+b", buffering=0) as stream:
            stream.seek(self._offset + row * stored.nbytes)
            write_all(stored.data, stream)
        return isal_zlib.crc32(stored), scale, total

    def _convert(self, values: torch.Tensor, low: float, high: float) -> float:
        kind = self._stored.dtype
        if kind != torch.uint8:
            if max(-low, high) > torch.finfo(kind).max:
                raise UnusableImageError("images with values too large for float16 (use imaging.store.dtype: float32)")
            self._stored.copy_(values)
            return 1.0
        if low < 0:
            raise UnusableImageError("images with negative values (imaging.store.dtype: uint8 holds none)")
        self._stored.copy_(torch.round(values * (_LEVELS / high)))
        return high / _LEVELS


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
            if maps.shape == shape and maps.dtype == dtype and maps.flags.f_contiguous:
                return maps
        except (OSError, ValueError) as error:
            logging.warning("the unfinished store cannot be used (%s); packing anew", error)
    journal.unlink(missing_ok=True)
    return np.lib.format.open_memmap(array, mode="w+", dtype=dtype, shape=shape, fortran_order=True)


def _kept_records(journal: Path, maps: np.memmap, names: Sequence[str], pool: ThreadPoolExecutor) -> np.ndarray:
    """One record an image; row -1 where it has to be packed."""
    records = np.zeros(len(names), dtype=_RECORD)
    records["row"] = -1
    written = journal.read_bytes() if journal.is_file() else b""
    whole = np.frombuffer(written[: len(written) // _RECORD.itemsize * _RECORD.itemsize], dtype=_RECORD)
    found = {int(record["row"]): record for record in whole if 0 <= record["row"] < len(names)}

    def intact(record: np.ndarray) -> bool:
        row = int(record["row"])
        try:
            same = _source(names[row]) == record["source"]
        except UnusableImageError:
            return False
        return bool(same and map_checksum(maps[..., row]) == record["crc32"])

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
