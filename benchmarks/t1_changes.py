"""The same head once more: mirrored, moved, with noise, with another bias field. What maps should not see."""

from collections.abc import Callable

import numpy as np
from scipy.ndimage import affine_transform

from cgni.imaging.reading import ReadMap

_SHIFT_MM, _DEGREES = 1.5, 5.0
_NOISE = 0.05  # SD, of the image's 99th percentile
_BIAS = 0.2  # up and down, of a field that runs through the head once


def mirrored(read: ReadMap) -> ReadMap:
    """The head with left and right exchanged."""
    return ReadMap(read.values, np.diag([-1.0, 1, 1, 1]) @ read.affine, read.span)


def turned(read: ReadMap) -> ReadMap:
    """The head 1.5 mm along each axis and turned by 5 degrees about the vertical one, by its affine alone."""
    return ReadMap(read.values, _motion(read) @ read.affine, read.span)


def moved(read: ReadMap) -> ReadMap:
    """The head as `turned`, but on the voxels it had: interpolated, as if it had lain so in the scanner."""
    to_source = np.linalg.inv(read.affine) @ np.linalg.inv(_motion(read)) @ read.affine
    values = affine_transform(read.values, to_source[:3, :3], to_source[:3, 3], order=3)
    return _like(read, np.clip(values, 0, None))


def noisy(read: ReadMap) -> ReadMap:
    """With Gaussian noise, as magnitudes have it."""
    spread = _NOISE * np.percentile(read.values, 99)
    rng = np.random.default_rng(1)
    real, other = (spread * rng.standard_normal(read.values.shape) for _ in range(2))
    return _like(read, np.hypot(read.values + real, other))


def biased(read: ReadMap) -> ReadMap:
    """Times a field that falls from 1.2 at the back to 0.8 in front, and as much from one side to the other."""
    x, y, _ = np.meshgrid(*(np.linspace(-1, 1, size) for size in read.values.shape), indexing="ij", sparse=True)
    return _like(read, read.values * (1 - _BIAS * np.sin(np.pi / 2 * y)) * (1 + _BIAS * np.sin(np.pi / 2 * x)))


CHANGES: dict[str, Callable[[ReadMap], ReadMap]] = {
    "mirrored": mirrored,
    "turned": turned,
    "moved": moved,
    "noisy": noisy,
    "biased": biased,
}


def compared(name: str, first: np.ndarray, again: np.ndarray) -> float:
    """r over the whole image of the maps (x, y, z, on a grid that is symmetric about the middle) of a head."""
    if name == "mirrored":
        again = again[::-1]
    return float(np.corrcoef(first.ravel(), again.ravel())[0, 1])


def _motion(read: ReadMap) -> np.ndarray:
    """From the world's millimetres to where the head is moved to; [4, 4]."""
    angle = np.deg2rad(_DEGREES)
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    centre = (read.affine @ [*(np.array(read.values.shape) / 2), 1])[:3]
    turn[:3, 3] = centre - turn[:3, :3] @ centre + _SHIFT_MM
    return turn


def _like(read: ReadMap, values: np.ndarray) -> ReadMap:
    values = np.asarray(values, np.float32)
    return ReadMap(values, read.affine, (float(values.min()), float(values.max())))
