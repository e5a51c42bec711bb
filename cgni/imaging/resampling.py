"""Images on another grid, through their affines."""

from collections.abc import Sequence

import numpy as np
from nibabel.processing import resample_from_to
from nibabel.spatialimages import SpatialImage


def resampled(image: SpatialImage, shape: Sequence[int], affine: np.ndarray, order: int) -> np.ndarray:
    """Values [x, y, z] of an image on the grid of `shape` and `affine` (4, 4), zero outside its field of view.

    `order` 0 takes the nearest voxel, 1 interpolates linearly.
    """
    return np.asarray(resample_from_to(image, (tuple(shape), affine), order=order).dataobj)  # type: ignore[no-untyped-call]
