"""Write a map as NIfTI."""

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np

from cgni.base.files import atomic_path

MNI = 4  # NIfTI's code for MNI152 space


def write_map(values: np.ndarray, affine: np.ndarray, path: str | Path, space: int | None = None) -> None:
    """Write float32 `.nii.gz`; the same array gives the same bytes (no time stamp).

    `space` is NIfTI's code of the space that `affine` (4, 4) leads to; None: the library's default.
    """
    image = nib.Nifti1Image(values.astype(np.float32), affine)  # type: ignore[no-untyped-call]
    image.header.set_xyzt_units("mm")  # type: ignore[no-untyped-call]
    if space is not None:
        image.set_sform(affine, space)  # type: ignore[no-untyped-call]
        image.set_qform(affine, space)  # type: ignore[no-untyped-call]
    with atomic_path(path) as temporary:
        temporary.write_bytes(gzip.compress(image.to_bytes(), compresslevel=1, mtime=0))
