"""Bring gray-matter images to one grid and write the packed store."""

import hashlib
import logging
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.orientations import io_orientation, ornt_transform
from nibabel.processing import resample_from_to

from workflow_scripts.cgni.errors import InputError
from workflow_scripts.cgni.files import atomic_path

_AFFINE_TOLERANCE = 1e-3  # millimetres per voxel step; headers hold float32
_SMALLEST_VOXEL = 1e-6  # cubic millimetres
_PIECE = 4 * 1024 * 1024
_UNREADABLE = (ImageFileError, nib.spatialimages.HeaderDataError, EOFError, OSError, ValueError, zlib.error)


@dataclass(frozen=True)
class Grid:
    """Voxels along the axes and the affine (4, 4) to MNI millimetres."""

    shape: tuple[int, int, int]
    affine: np.ndarray

    def same_as(self, other: "Grid") -> bool:
        """Whether voxels of both grids coincide without resampling."""
        return self.shape == other.shape and np.allclose(self.affine, other.affine, atol=_AFFINE_TOLERANCE)

    def as_json(self) -> dict[str, Any]:
        """Plain values for grid.json."""
        return {
            "shape": list(self.shape),
            "affine": self.affine.tolist(),
            "voxel_mm": nib.affines.voxel_sizes(self.affine).tolist(),
        }


class _UnusableImageError(Exception):
    """Why one image cannot be used, in the words of the final message."""


def common_grid(paths: Sequence[str]) -> Grid:
    """The grid that most images share (the first of equals), from their headers alone.

    Raises
    ------
    InputError
        Images whose header cannot be read, that are not 3D, or are missing; with counts.
    """
    grids: list[Grid] = []
    votes: list[int] = []
    problems: Counter[str] = Counter()
    for path in paths:
        try:
            grid = _grid_of(_open(path))
        except _UnusableImageError as problem:
            problems[str(problem)] += 1
            continue
        place = next((number for number, known in enumerate(grids) if known.same_as(grid)), None)
        if place is None:
            grids.append(grid)
            votes.append(1)
        else:
            votes[place] += 1
    if problems:
        # Read the data of the others too, so that one message names everything that is wrong.
        _check_all(paths, problems)
    if not grids:
        raise InputError("inputs.images: no image belongs to a participant of the study; compare the ids of both")
    if len(grids) > 1:
        logging.info("%d different grids; the most common one (%d images) is taken", len(grids), max(votes))
    return grids[int(np.argmax(votes))]


def pack_maps(paths: Sequence[str], grid: Grid, target: str | Path, dtype: str) -> tuple[str, int]:
    """Write all images on `grid` as one array (image, x, y, z); whole or not at all.

    Axes are flipped and permuted into the order of `grid` without interpolation. Images whose
    voxels still lie elsewhere are resampled through their affines, linearly (never below zero,
    no ringing at the edge of the brain), with zero outside their field of view. Values are
    intensities (modulated gray matter per voxel of the template) and are not rescaled.
    float16 keeps 11 significant bits: a relative error of at most 4.9e-4.

    Returns
    -------
    SHA-256 of the written file, and the number of resampled images.

    Raises
    ------
    InputError
        How many images are missing, unreadable or truncated, not 3D, non-finite, empty, or
        too large for `dtype`; nothing is written then.
    """
    problems: Counter[str] = Counter()
    resampled = 0
    with atomic_path(target) as temporary:
        maps = np.lib.format.open_memmap(temporary, mode="w+", dtype=dtype, shape=(len(paths), *grid.shape))
        for row, path in enumerate(paths):
            try:
                values, moved = _on_grid(path, grid)
                maps[row] = _fitting(values, maps.dtype)
                resampled += moved
            except _UnusableImageError as problem:
                problems[str(problem)] += 1
            if (row + 1) % 500 == 0:
                logging.info("packed %d of %d images", row + 1, len(paths))
        maps.flush()
        del maps
        _refuse(problems, len(paths))
        checksum = _sha256(temporary)
    return checksum, resampled


def _open(path: str) -> nib.spatialimages.SpatialImage:
    if not Path(path).is_file():
        raise _UnusableImageError("missing files")
    try:
        return nib.load(path)
    except _UNREADABLE as error:
        raise _UnusableImageError("unreadable or truncated files") from error


def _grid_of(image: nib.spatialimages.SpatialImage) -> Grid:
    shape = image.shape
    while len(shape) > 3 and shape[-1] == 1:  # one volume stored as a series of one
        shape = shape[:-1]
    if len(shape) != 3:
        raise _UnusableImageError("images that are not 3D")
    if not np.isfinite(image.affine).all() or abs(np.linalg.det(image.affine[:3, :3])) < _SMALLEST_VOXEL:
        raise _UnusableImageError("images whose affine does not place the voxels")
    return Grid(tuple(int(size) for size in shape), np.asarray(image.affine, dtype=np.float64))


def _read(path: str) -> tuple[np.ndarray, Grid]:
    image = _open(path)
    grid = _grid_of(image)
    try:
        values = np.asarray(image.dataobj, dtype=np.float32).reshape(grid.shape)
    except _UNREADABLE as error:
        raise _UnusableImageError("unreadable or truncated files") from error
    if not np.isfinite(values).all():
        raise _UnusableImageError("images with non-finite values")
    if not np.ptp(values):
        raise _UnusableImageError("empty images (a single value throughout)")
    return values, grid


def _on_grid(path: str, target: Grid) -> tuple[np.ndarray, bool]:
    values, grid = _read(path)
    image = nib.Nifti1Image(values, grid.affine)
    axes = ornt_transform(io_orientation(grid.affine), io_orientation(target.affine))
    image = image.as_reoriented(axes)
    if Grid(image.shape, image.affine).same_as(target):
        return np.asarray(image.dataobj), False
    moved = resample_from_to(image, (target.shape, target.affine), order=1)
    values = np.asarray(moved.dataobj, dtype=np.float32)
    if not np.ptp(values):
        raise _UnusableImageError("images that do not overlap the common grid")
    return values, True


def _fitting(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    if np.abs(values).max() > np.finfo(dtype).max:
        raise _UnusableImageError(f"images with values too large for {dtype} (use imaging.store.dtype: float32)")
    return values.astype(dtype)


def _check_all(paths: Sequence[str], problems: Counter[str]) -> None:
    problems.clear()
    for path in paths:
        try:
            _read(path)
        except _UnusableImageError as problem:
            problems[str(problem)] += 1
    _refuse(problems, len(paths))


def _refuse(problems: Counter[str], total: int) -> None:
    if problems:
        counts = "; ".join(f"{number} {kind}" for kind, number in sorted(problems.items()))
        raise InputError(
            f"inputs.images: {sum(problems.values())} of {total} gray-matter images cannot be used: {counts}. "
            "Expected one finite 3D NIfTI map a person; repair them, or take them off the list"
        )


def _sha256(path: Path) -> str:
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            state.update(piece)
    return state.hexdigest()
