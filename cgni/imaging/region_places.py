"""Where the regions of an atlas lie, and how large they are, in the atlas's own resolution."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
from nibabel.funcs import squeeze_image
from scipy import ndimage

from cgni.imaging.atlas_names import read_names


def region_places(image: str | Path, table: str | Path) -> pd.DataFrame:
    """Centre of mass x, y, z in millimetres of the image's space, and volume in ml, by region name.

    Regions without a voxel are left out.

    Parameters
    ----------
    image, table
        A label image and the names of its labels (`atlas.read_atlas` has looked at them).
    """
    loaded = squeeze_image(nib.load(image))  # type: ignore[no-untyped-call]
    labels = np.rint(np.asarray(loaded.dataobj)).astype(np.int64)
    names = {label: name for label, name in read_names(table).items() if (labels == label).any()}
    numbers = np.array(list(names))
    centres = np.array(ndimage.center_of_mass(np.ones_like(labels), labels, numbers)).reshape(-1, 3)
    placed = centres @ loaded.affine[:3, :3].T + loaded.affine[:3, 3]
    known, counts = np.unique(labels, return_counts=True)
    voxels = counts[np.searchsorted(known, numbers)]
    volume = abs(np.linalg.det(loaded.affine[:3, :3])) / 1000
    columns = {name: placed[:, axis] for axis, name in enumerate("xyz")}
    return pd.DataFrame({**columns, "ml": voxels * volume}, index=pd.Index(list(names.values()), name="region"))
