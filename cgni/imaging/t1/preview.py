"""Three slices of a person's T1 and gray matter on the template: small enough to keep for everybody."""

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
