"""An atlas on the grid of the maps: its label image, the names of its regions, and their mean gray matter."""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pandas as pd
from nibabel.filebasedimages import ImageFileError
from nibabel.funcs import squeeze_image
from nibabel.spatialimages import SpatialImage

from cgni.base.errors import InputError
from cgni.imaging.atlas_names import read_names
from cgni.imaging.resampling import resampled
from cgni.imaging.unreadable import UNREADABLE

_LARGEST = np.iinfo(np.int32).max
_KEYS = "inputs.atlas, or the entry of inputs.more_atlases"


@dataclass(frozen=True, eq=False)
class Atlas:
    """Regions of a study.

    Attributes
    ----------
    labels : int32 [x, y, z] on the grid of the maps; 0 is outside of all regions.
    names : region name (str) by label (int), in the order of the labels.
    """

    labels: np.ndarray
    names: pd.Series

    @functools.cached_property
    def present(self) -> np.ndarray:
        """Labels (int64) of the regions that have a voxel on the grid, in their order."""
        known: np.ndarray = self.names.index.to_numpy(np.int64)
        return known[np.isin(known, self.labels)]

    @property
    def lost(self) -> list[str]:
        """Names of the regions without a voxel on the grid."""
        return list(self.names[~self.names.index.isin(self.present)])


def read_atlas(image: str | Path, table: str | Path, grid: Sequence[int], affine: np.ndarray) -> Atlas:
    """An atlas, resampled by nearest neighbour onto the maps' voxels.

    Parameters
    ----------
    image
        3D label image in the maps' space; 0 is the background.
    table
        Names of its labels (`atlas_names.read_names`).
    grid, affine
        Voxels along x, y and z of the maps, and their affine (4, 4) to millimetres.

    Raises
    ------
    InputError
        An image that cannot be read, is not 3D, does not say where it lies, has values that are no labels, labels that
        the table lacks, or no region where the maps are; a table that cannot be used.
    """
    names = pd.Series(read_names(table))
    source, values = _read_labels(image)
    unnamed = int((~np.isin(values[values > 0], names.index)).sum())
    if unnamed:
        raise InputError(
            f"{image}: {unnamed} of {int((values > 0).sum())} labels have no line in {table}; check that the "
            f"image and the table of {_KEYS} belong together"
        )
    if not (values > 0).any():
        raise InputError(f"{image}: holds no label, 0 throughout; check {_KEYS}")
    atlas = Atlas(np.rint(resampled(source, grid, affine, order=0)).astype(np.int32), names)
    if not len(atlas.present):
        raise InputError(
            f"{image}: none of its {len(values)} labels has a voxel where the gray-matter maps are; it lies in another "
            "space"
        )
    return atlas


def region_means(maps: Iterable[np.ndarray], labels: np.ndarray, regions: np.ndarray) -> np.ndarray:
    """Mean gray matter float64 [people, regions] of maps [x, y, z], taken one after the other."""
    # by place, because labels may be as large as the Allen atlas's
    known, flat = np.unique(labels, return_inverse=True)
    flat, places = flat.ravel(), np.searchsorted(known, regions)
    sizes = np.maximum(np.bincount(flat)[places], 1)
    sums = [np.bincount(flat, weights=density.ravel())[places] for density in maps]
    means: np.ndarray = np.stack(sums) / sizes
    return means


def _read_labels(path: str | Path) -> tuple[SpatialImage, np.ndarray]:
    """A label image, and the values that occur in it."""
    try:
        image = nib.load(path)
        if not isinstance(image, SpatialImage):
            raise ImageFileError("no voxels in space")
        image = squeeze_image(image)  # type: ignore[no-untyped-call]
        values = np.asarray(image.dataobj)
    except UNREADABLE as error:
        told = " ".join(str(error).split())
        raise InputError(f"{path}: not a readable label image ({told}); check {_KEYS}") from error
    if values.ndim != 3:
        raise InputError(
            f"{path}: {values.ndim} dimensions; expected one 3D image of labels, not maps of probabilities"
        )
    if values.dtype.kind not in "fiu":
        raise InputError(f"{path}: its voxels are colours or other things than numbers; check {_KEYS}")
    _refuse_unplaced(path, image)
    odd = int((~np.isfinite(values) | (values < 0) | (values != np.rint(values)) | (values > _LARGEST)).sum())
    if odd:
        raise InputError(f"{path}: {odd} voxels are no labels (0 or whole numbers above it); check {_KEYS}")
    return image, np.unique(values)


def _refuse_unplaced(path: str | Path, image: SpatialImage) -> None:
    """InputError for an image whose header does not say where its voxels lie."""
    header: Any = image.header
    codes = [int(header[name]) for name in ("sform_code", "qform_code") if name in header]
    analyze = isinstance(image, nib.AnalyzeImage) and not isinstance(image, nib.Nifti1Pair)
    if analyze or (codes and not any(codes)) or np.array_equal(image.affine, np.eye(4)):
        raise InputError(
            f"{path}: its header does not say where the voxels lie (Analyze, sform_code and qform_code 0, or an "
            "identity affine); give the atlas as NIfTI in the maps' space"
        )
