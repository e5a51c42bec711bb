"""The templates that T1 images are brought to: MNI152 (2009a, symmetric), which nilearn ships."""

import functools
from dataclasses import dataclass
from typing import Any

import nibabel as nib
import numpy as np
from nilearn.datasets import load_mni152_gm_template, load_mni152_template, load_mni152_wm_template
from scipy.ndimage import gaussian_filter

from cgni.imaging.grids import Grid, spm_grid
from cgni.imaging.resampling import resampled
from cgni.imaging.t1.ants_images import to_ants

FWHM_TO_SIGMA = 1 / np.sqrt(8 * np.log(2))
IN_MASK = 0.1  # smoothed gray matter of the template, where a map's likeness inside the mask is measured
_TEMPLATE_MM = 1.0


@dataclass(frozen=True)
class Templates:
    """Templates on one grid.

    Attributes
    ----------
    grid : voxels and affine.
    t1 : float32 (x, y, z), T1-weighted brain without its skull, 0 to 1.
    gray, white : float32 (x, y, z), tissue probabilities.
    """

    grid: Grid
    t1: np.ndarray
    gray: np.ndarray
    white: np.ndarray

    @property
    def brain(self) -> np.ndarray:
        """Voxels (bool) of the brain."""
        inside: np.ndarray = self.t1 > 0.05
        return inside

    def ants(self) -> Any:
        """The brain as an image of ANTs."""
        return to_ants(self.t1, self.grid.affine)


@functools.cache
def templates(voxel_mm: float) -> Templates:
    """The templates over SPM's box with voxels of `voxel_mm`; on coarser grids smoothed to the voxel size first."""
    grid = spm_grid(voxel_mm)
    sigma = np.sqrt(max(voxel_mm**2 - _TEMPLATE_MM**2, 0)) * FWHM_TO_SIGMA
    found = []
    for load in (load_mni152_template, load_mni152_gm_template, load_mni152_wm_template):
        image = load(resolution=1)
        values = gaussian_filter(image.get_fdata(dtype=np.float32), sigma)
        placed = nib.Nifti1Image(values, image.affine)  # type: ignore[no-untyped-call]
        found.append(resampled(placed, grid.shape, grid.affine, order=1).astype(np.float32))
    return Templates(grid, *found)


def smoothed(values: np.ndarray, fwhm_mm: float, voxel_mm: float | np.ndarray) -> np.ndarray:
    """A map (x, y, z) smoothed by a Gaussian of full width `fwhm_mm` at half maximum, 0 outside its field of view."""
    sigma = fwhm_mm * FWHM_TO_SIGMA / np.broadcast_to(np.asarray(voxel_mm, float), 3)
    out: np.ndarray = gaussian_filter(values, tuple(sigma), mode="constant")
    return out
