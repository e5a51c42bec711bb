"""Atlas regions on the grid of the maps."""

from collections.abc import Iterable
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
from nibabel.processing import resample_from_to

from cgni.base.errors import InputError


def atlas_on_grid(image: str | Path, grid: tuple[int, ...], affine: np.ndarray) -> np.ndarray:
    """Labels int32 [x, y, z] of an atlas, resampled by nearest neighbour through the affines."""
    labels = resample_from_to(nib.load(image), (grid, affine), order=0)
    return np.rint(np.asarray(labels.dataobj)).astype(np.int32)


def region_names(table: str | Path) -> pd.Series:
    """Region names by label, from lines `index name ...`; InputError names a file without them."""
    lines = [line.split() for line in Path(table).read_text().splitlines() if line.strip()]
    try:
        names = {int(parts[0]): parts[1] for parts in lines}
    except (ValueError, IndexError) as error:
        raise InputError(f"{table}: expected lines `index name`; check inputs.atlas_labels") from error
    return pd.Series(names).sort_index()


def region_means(maps: Iterable[np.ndarray], labels: np.ndarray, regions: np.ndarray) -> np.ndarray:
    """Mean gray matter float64 [people, regions] of maps [x, y, z], taken one after the other."""
    flat = labels.ravel()
    sizes = np.maximum(np.bincount(flat, minlength=regions.max() + 1)[regions], 1)
    sums = [np.bincount(flat, weights=density.ravel(), minlength=regions.max() + 1)[regions] for density in maps]
    return np.stack(sums) / sizes
