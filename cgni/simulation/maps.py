"""Gray-matter maps: the anatomy that all share, and one person's map from the densities of the regions."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from nilearn.datasets import load_mni152_gm_template
from nilearn.image import resample_img, resample_to_img
from scipy.ndimage import gaussian_filter

# The box of SPM/CAT12's 1.5 mm maps (121 x 145 x 121): first voxel and edge lengths in mm.
_ORIGIN = np.array([-90.0, -126.0, -72.0])
_EXTENT = np.array([180.0, 216.0, 180.0])
FWHM_TO_SIGMA = 1 / np.sqrt(8 * np.log(2))


@dataclass(frozen=True)
class Anatomy:
    """What all simulated maps share.

    Attributes
    ----------
    affine : [4, 4].
    template : float32 [x, y, z], gray-matter density of the MNI template.
    labels : int [x, y, z], atlas regions, 0 outside.
    regions : indices of the regions that have voxels on the grid.
    bases : float32 [regions, x, y, z], template density within each region, smoothed by 6 mm.
    """

    affine: np.ndarray
    template: np.ndarray
    labels: np.ndarray
    regions: np.ndarray
    bases: np.ndarray


def spm_box(voxel_mm: float) -> tuple[tuple[int, int, int], np.ndarray]:
    """Numbers of voxels of `voxel_mm` over SPM's box, and their affine [4, 4]."""
    x, y, z = (int(np.floor(length / voxel_mm)) + 1 for length in _EXTENT)
    affine = np.diag([voxel_mm, voxel_mm, voxel_mm, 1.0])
    affine[:3, 3] = _ORIGIN
    return (x, y, z), affine


def labels_on(atlas: str | Path, shape: tuple[int, int, int], affine: np.ndarray) -> np.ndarray:
    """Labels of an atlas on a grid, int [x, y, z]: of each voxel the nearest, 0 outside."""
    grid = _image(np.zeros(shape, np.float32), affine)
    labels = resample_to_img(str(atlas), grid, interpolation="nearest", copy_header=True, force_resample=True)
    nearest: np.ndarray = np.rint(labels.get_fdata()).astype(int)
    return nearest


def build_anatomy(voxel_mm: float, atlas: str | Path, smoothing_mm: float = 6.0) -> Anatomy:
    """Template, atlas and smooth region bases on the grid of `voxel_mm` over SPM's box.

    Parameters
    ----------
    voxel_mm : edge length of a voxel.
    atlas : label image in MNI space.
    smoothing_mm : full width at half maximum of template and bases.
    """
    shape, affine = spm_box(voxel_mm)
    sigma = smoothing_mm * FWHM_TO_SIGMA
    source = load_mni152_gm_template(resolution=1)
    smooth = _image(gaussian_filter(source.get_fdata(), sigma), source.affine)
    template = resample_img(smooth, affine, shape, copy_header=True, force_resample=True).get_fdata()
    labels = labels_on(atlas, shape, affine)
    regions = np.unique(labels[labels > 0])
    bases = np.empty((len(regions), *shape), np.float32)
    for number, region in enumerate(regions):
        bases[number] = template * gaussian_filter((labels == region).astype(float), sigma / voxel_mm)
    return Anatomy(affine, template.astype(np.float32), labels, regions, bases)


def draw_map(
    anatomy: Anatomy,
    multipliers: np.ndarray,
    head_size: float,
    site_gain: float,
    noise: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """One person's map, float32 [x, y, z] >= 0.

    Density outside the atlas follows the template; a larger head scaling factor means a smaller head,
    so less volume.

    Parameters
    ----------
    multipliers : float [regions], relative density of each region.
    head_size : UKB's scaling factor, about 1.3.
    site_gain : factor of the scanner.
    noise : relative size of the smooth anatomical variation that covers the brain.
    """
    relative = np.tensordot((multipliers - 1).astype(np.float32), anatomy.bases, axes=1)
    field = gaussian_filter(rng.standard_normal(anatomy.template.shape), 2.0)
    field *= noise / field.std()
    volume = 1 - 0.5 * (head_size - 1.3)
    density = (anatomy.template * (1 + field) + relative) * volume * site_gain
    clipped: np.ndarray = np.clip(density, 0, None).astype(np.float32)
    return clipped


def spoil_map(density: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    """An outlying map: `shifted` by a failed normalisation, or `noisy` by movement."""
    if kind == "shifted":
        return np.roll(density, (density.shape[0] // 6, density.shape[1] // 6), axis=(0, 1))
    noisy = density.mean() + density.std() * rng.standard_normal(density.shape)
    clipped: np.ndarray = np.clip(noisy, 0, None).astype(np.float32)
    return clipped


def _image(values: np.ndarray, affine: np.ndarray) -> Any:
    return nib.Nifti1Image(values, affine)  # type: ignore[no-untyped-call]
