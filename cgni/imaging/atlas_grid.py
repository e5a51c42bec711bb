"""An atlas on the grid of its own image, for pictures of it."""

from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.funcs import squeeze_image

from cgni.base.errors import InputError
from cgni.imaging.atlas import Atlas, read_atlas
from cgni.imaging.unreadable import UNREADABLE


def read_atlas_as_it_is(image: str | Path, table: str | Path) -> tuple[Atlas, np.ndarray]:
    """An atlas that is not resampled, and its affine (float64 [4, 4], voxel to millimetres).

    Raises
    ------
    InputError
        What `atlas.read_atlas` refuses.
    """
    try:
        source = squeeze_image(nib.load(image))  # type: ignore[no-untyped-call]
        grid, affine = source.shape, np.asarray(source.affine, np.float64)
    except UNREADABLE as error:
        raise InputError(f"{image}: not a readable label image; check inputs.atlas") from error
    return read_atlas(image, table, grid, affine), affine
