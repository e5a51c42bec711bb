"""The gray-matter mask of a grid."""

import numpy as np
from nilearn.datasets import load_mni152_gm_template

from cgni.base.errors import InputError
from cgni.imaging.resampling import resampled


def gray_matter_mask(shape: tuple[int, int, int], affine: np.ndarray, threshold: float) -> np.ndarray:
    """Voxels (bool, `shape`) where the MNI152 gray-matter template exceeds `threshold`.

    The template (probabilities, shipped with nilearn, in its 2 mm form) is interpolated linearly.

    Raises
    ------
    InputError
        No voxel is left: threshold or affine is wrong.
    """
    mask: np.ndarray = resampled(load_mni152_gm_template(resolution=2), shape, affine, order=1) > threshold
    if not mask.any():
        raise InputError(
            f"imaging.qc.mask_threshold: no voxel of the template is above {threshold} on the images' grid; "
            "lower it, or check that the images are in MNI space"
        )
    return mask
