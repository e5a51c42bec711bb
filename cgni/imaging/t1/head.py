"""A T1-weighted image of a head, as it is found: any orientation, any voxel size up to 3 mm."""

from dataclasses import dataclass

import nibabel as nib
import numpy as np
from nibabel.processing import resample_to_output

from cgni.imaging.reading import ReadMap, UnusableImageError

_COARSEST = 3.0  # mm; gray matter is 2 to 4 mm thick
_FINEST, _WORKED_ON = 1.3, 1.5  # mm; finer images are worked on at 1.5 mm: maps are smoothed by four times that
_ROUNDING = 0.02  # mm, of voxel sizes in headers
_SMALLEST_VIEW = 120.0  # mm; a brain is 140 long, 110 wide and 100 high at the least
_STRIPPED = 0.002  # share of voxels well outside the brain that hold anything, in an image without its skull


@dataclass(frozen=True)
class Head:
    """An image with its axes from left to right, from back to front and upwards.

    Attributes
    ----------
    values : float32 (x, y, z), 0 or more.
    affine : float64 (4, 4), voxel to millimetres.
    voxel_mm : the largest edge of the file's voxels.
    """

    values: np.ndarray
    affine: np.ndarray
    voxel_mm: float

    @property
    def voxel_ml(self) -> float:
        """Millilitres of a voxel."""
        return float(abs(np.linalg.det(self.affine[:3, :3]))) / 1000

    def cropped(self, mask: np.ndarray, margin: int) -> tuple["Head", np.ndarray]:
        """The box of `mask` (bool, x, y, z) with `margin` voxels around it, and the mask there."""
        box = tuple(slice(max(0, int(at.min()) - margin), int(at.max()) + margin + 1) for at in np.nonzero(mask))
        affine = self.affine.copy()
        affine[:3, 3] = (self.affine @ [*(part.start for part in box), 1])[:3]
        return Head(np.ascontiguousarray(self.values[box]), affine, self.voxel_mm), mask[box]


def head_of(read: ReadMap) -> Head:
    """The head in an image that was read.

    Raises
    ------
    UnusableImageError
        Voxels of more than 3 mm, or a field of view that holds no head.
    """
    image = nib.Nifti1Image(read.values - min(0.0, read.span[0]), read.affine)  # type: ignore[no-untyped-call]
    image = nib.as_closest_canonical(image)  # type: ignore[no-untyped-call]
    edges = nib.affines.voxel_sizes(image.affine)  # type: ignore[no-untyped-call]
    if edges.max() > _COARSEST + _ROUNDING:
        raise UnusableImageError("images with voxels of more than 3 mm")
    if (edges * image.shape).min() < _SMALLEST_VIEW:
        raise UnusableImageError("images whose field of view holds no whole head (less than 120 mm along an axis)")
    coarsest = float(edges.max())
    if edges.min() < _FINEST:
        image = resample_to_output(image, np.maximum(edges, _WORKED_ON), order=1)  # type: ignore[no-untyped-call]
    values = np.ascontiguousarray(np.asarray(image.dataobj), dtype=np.float32)
    return Head(values, np.asarray(image.affine, dtype=np.float64), coarsest)


def is_stripped(head: Head, around_brain: np.ndarray) -> bool:
    """Whether nothing is left outside the brain and what lies next to it (`around_brain`: bool, x, y, z)."""
    outside = head.values[~around_brain]
    return bool(outside.size and (outside > 0.02 * head.values.max()).mean() < _STRIPPED)
