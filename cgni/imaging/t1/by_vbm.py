"""Maps of UK Biobank's own pipeline, out of its archives: smoothed, on their own grid."""

import nibabel as nib
import numpy as np
from nilearn.datasets import load_mni152_gm_template

from cgni.imaging.reading import UnusableImageError
from cgni.imaging.resampling import resampled
from cgni.imaging.t1.archives import read_source
from cgni.imaging.t1.batch import Places
from cgni.imaging.t1.templates import smoothed
from cgni.imaging.t1.worker import Answer
from cgni.imaging.writing import MNI, write_map

_IN_MASK = 0.1


class VbmMaker:
    """Smooths the maps of the archives by `smooth_mm`."""

    def __init__(self, smooth_mm: float) -> None:
        self._smooth_mm = smooth_mm

    def make(self, path: str, places: Places) -> Answer:
        """Write the smoothed map of the archive at `path`, or say why there is none."""
        try:
            read = read_source(path, "ukb_vbm")
        except UnusableImageError as problem:
            return Answer(reason=str(problem))
        values, measures = smoothed_map(read.values, read.affine, self._smooth_mm)
        write_map(values, read.affine, places.map, MNI)
        return Answer(measures=measures)


def smoothed_map(values: np.ndarray, affine: np.ndarray, smooth_mm: float) -> tuple[np.ndarray, dict[str, float]]:
    """A map (x, y, z) in MNI space smoothed by `smooth_mm`, and its measures (`imaging.schemas.T1_QUALITY`)."""
    edges = nib.affines.voxel_sizes(affine)  # type: ignore[no-untyped-call]
    voxel_ml = float(abs(np.linalg.det(affine[:3, :3]))) / 1000
    final = smoothed(np.asarray(values, np.float32), smooth_mm, edges)
    return final, {"modulated_ml": float(values.sum(dtype=np.float64)) * voxel_ml} | likeness(final, affine, smooth_mm)


def likeness(values: np.ndarray, affine: np.ndarray, smooth_mm: float) -> dict[str, float]:
    """r of a smoothed map with the template's gray matter, smoothed alike: everywhere, and inside the mask."""
    placed = resampled(load_mni152_gm_template(resolution=1), values.shape, affine, order=1)
    reference = smoothed(placed.astype(np.float32), smooth_mm, nib.affines.voxel_sizes(affine))  # type: ignore[no-untyped-call]
    inside = reference > _IN_MASK
    return {
        "r_template": correlation(values, reference),
        "r_template_in_mask": correlation(values[inside], reference[inside]),
    }


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's r of two arrays of one shape; NaN where one does not vary."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
