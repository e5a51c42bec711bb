"""Three slices of a person's T1 and gray matter on the template: small enough to keep for everybody."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from cgni.imaging.grids import Grid

_AT_MM = {"sagittal": 12.0, "coronal": -8.0, "axial": 12.0}
_AXES = {"sagittal": 0, "coronal": 1, "axial": 2}
_LEVELS = 255


def preview(t1: np.ndarray, gray: np.ndarray, grid: Grid) -> dict[str, np.ndarray]:
    """Slices by name, `t1_axial`, `gray_axial` and so on: uint8 (two axes of the template).

    Parameters
    ----------
    t1
        float32 (x, y, z), brought to the template; shown up to its 99.5th percentile.
    gray
        float32 (x, y, z), modulated, not smoothed; shown up to 1.
    """
    inside = t1[t1 > 0]
    bright = float(np.percentile(inside, 99.5)) if len(inside) else 1.0
    slices = {}
    for name, axis in _AXES.items():
        place = int(
            np.clip(round((_AT_MM[name] - grid.affine[axis, 3]) / grid.affine[axis, axis]), 0, grid.shape[axis] - 1)
        )
        slices[f"t1_{name}"] = _levels(t1.take(place, axis) / bright)
        slices[f"gray_{name}"] = _levels(gray.take(place, axis))
    return slices


def _levels(values: np.ndarray) -> np.ndarray:
    levels: np.ndarray = np.rint(np.clip(values, 0, 1) * _LEVELS).astype(np.uint8)
    return levels


def preview_path(map_path: str | Path) -> Path:
    """Where the preview of a map lies that is at `map_path`."""
    path = Path(map_path)
    return path.parent.with_name("previews") / path.name.replace(".nii.gz", ".npz")


def read_previews(maps: Mapping[str, str]) -> dict[str, dict[str, np.ndarray]]:
    """Title to slices of the maps (title to path) that have a preview; those of other engines have none."""
    found = {}
    for title, map_path in maps.items():
        path = preview_path(map_path)
        if path.is_file():
            with np.load(path, allow_pickle=False) as slices:
                found[title] = dict(slices)
    return found
