"""Maps that another program made: smoothed, on their own grid, and how like the template they are."""

import functools

import nibabel as nib
import numpy as np
from nilearn.datasets import load_mni152_gm_template

from cgni.imaging.likeness import likeness_of
from cgni.imaging.resampling import resampled
from cgni.imaging.t1.templates import IN_MASK, smoothed


def smoothed_map(values: np.ndarray, affine: np.ndarray, smooth_mm: float) -> tuple[np.ndarray, dict[str, float]]:
    """A map (x, y, z) in MNI space smoothed by `smooth_mm`, and its measures (`imaging.schemas.T1_QUALITY`)."""
    edges = nib.affines.voxel_sizes(affine)  # type: ignore[no-untyped-call]
    voxel_ml = float(abs(np.linalg.det(affine[:3, :3]))) / 1000
    final = smoothed(np.asarray(values, np.float32), smooth_mm, edges)
    return final, {"modulated_ml": float(values.sum(dtype=np.float64)) * voxel_ml} | likeness(final, affine, smooth_mm)


def likeness(values: np.ndarray, affine: np.ndarray, smooth_mm: float) -> dict[str, float]:
    """r of a smoothed map with the template's gray matter, smoothed alike: everywhere, and inside the mask."""
    reference = _reference(values.shape, tuple(affine.ravel().tolist()), smooth_mm)
    return likeness_of(values, reference, reference > IN_MASK)


@functools.lru_cache(maxsize=4)  # maps of a study share a few grids
def _reference(shape: tuple[int, ...], numbers: tuple[float, ...], smooth_mm: float) -> np.ndarray:
    """The template's gray matter on a grid (`numbers`: its affine, row by row), smoothed."""
    affine = np.reshape(numbers, (4, 4))
    placed = resampled(load_mni152_gm_template(resolution=1), shape, affine, order=1)
    return smoothed(placed.astype(np.float32), smooth_mm, nib.affines.voxel_sizes(affine))  # type: ignore[no-untyped-call]
