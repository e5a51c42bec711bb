"""Voxel grids: what most images share, and what a study declares."""

import logging
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from cgni.base.errors import InputError
from cgni.imaging.reading import UnusableImageError, read_header, read_map, refuse

_AFFINE_TOLERANCE = 1e-3  # millimetres per voxel step; headers hold float32
# The box of SPM/CAT12's 1.5 mm maps (121 x 145 x 121): first voxel and edge lengths in mm.
_SPM_ORIGIN = np.array([-90.0, -126.0, -72.0])
_SPM_EXTENT = np.array([180.0, 216.0, 180.0])


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
        voxel_mm = nib.affines.voxel_sizes(self.affine)  # type: ignore[no-untyped-call]
        return {"shape": list(self.shape), "affine": self.affine.tolist(), "voxel_mm": voxel_mm.tolist()}


def choose_grid(paths: Sequence[str], declared: str | float, threads: int = 1) -> Grid:
    """The one grid of a study: the images' own, that of a template image, or SPM's box.

    Parameters
    ----------
    paths
        The images; their headers are read whatever is declared, so that bad ones are found first.
    declared
        `common` (the grid that most images share, the first of equals), the path of an image
        that has the wanted grid, or the voxel size in mm over the box of SPM's templates
        (1.5 gives 121 x 145 x 121 voxels).

    Raises
    ------
    InputError
        Images that cannot be used, or an unusable template.
    """
    common = common_grid(paths, threads)
    if declared == "common":
        return common
    if isinstance(declared, str):
        try:
            return Grid(*read_header(declared))
        except UnusableImageError as problem:
            raise InputError(f"imaging.store.grid: {declared} cannot give the grid: {problem.singular}") from problem
    return spm_grid(float(declared))


def spm_grid(voxel_mm: float) -> Grid:
    """The grid of voxels of `voxel_mm` over the box of SPM's templates."""
    affine = np.diag([voxel_mm] * 3 + [1.0])
    affine[:3, 3] = _SPM_ORIGIN
    x, y, z = (int(length / voxel_mm + 1e-6) + 1 for length in _SPM_EXTENT)
    return Grid((x, y, z), affine)


def common_grid(paths: Sequence[str], threads: int = 1) -> Grid:
    """The grid that most images share (the first of equals), from their headers alone.

    Raises
    ------
    InputError
        Images whose header cannot be read, that are not 3D, or are missing; with counts.
    """
    grids: list[Grid] = []
    votes: list[int] = []
    bad = False
    with ThreadPoolExecutor(threads) as pool:
        for grid in pool.map(_grid_or_none, paths):
            if grid is None:
                bad = True
                continue
            place = next((number for number, known in enumerate(grids) if known.same_as(grid)), None)
            if place is None:
                grids.append(grid)
                votes.append(1)
            else:
                votes[place] += 1
        if bad:
            # Read the data of the others too, so that one message names everything that is wrong.
            refuse(Counter(kind for kind in pool.map(_problem_of, paths) if kind), len(paths))
    if not grids:
        raise InputError("inputs.images: no image belongs to a participant of the study; compare the ids of both")
    if len(grids) > 1:
        logging.info("%d different grids; the most common one has %d of %d images", len(grids), max(votes), len(paths))
    return grids[int(np.argmax(votes))]


def _grid_or_none(path: str | Path) -> Grid | None:
    try:
        return Grid(*read_header(path))
    except UnusableImageError:
        return None


def _problem_of(path: str | Path) -> str | None:
    try:
        read_map(path)
    except UnusableImageError as problem:
        return str(problem)
    return None
