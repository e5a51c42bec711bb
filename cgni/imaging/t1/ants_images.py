"""ANTs (antspyx), on one thread and with a fixed seed, and images on their way into it."""

import importlib
import os
from typing import Any

import numpy as np

from cgni.base.errors import InputError

# read once, when the library is loaded: with one thread and a seed the bytes do not depend on the machine's load
FIXED = {"ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": "1", "ANTS_RANDOM_SEED": "1"}
_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])  # ITK's axes lead left and backwards


def load_ants() -> Any:
    """The module `ants`, with one thread and a fixed seed.

    Raises
    ------
    InputError
        It is not installed.
    """
    os.environ.update(FIXED)
    try:
        return importlib.import_module("ants")
    except ImportError as error:
        raise InputError(f"imaging.source t1: ANTs cannot be loaded ({error}); run `make setup`") from error


def to_ants(values: np.ndarray, affine: np.ndarray) -> Any:
    """An image of ANTs: `values` (x, y, z) placed by a NIfTI affine (4, 4).

    ITK takes no shear: the direction is the nearest rotation.
    """
    placed = _LPS @ affine
    spacing = np.linalg.norm(placed[:3, :3], axis=0)
    left, _, right = np.linalg.svd(placed[:3, :3] / spacing)
    return load_ants().from_numpy(
        np.asarray(values, np.float32), origin=placed[:3, 3].tolist(), spacing=spacing.tolist(), direction=left @ right
    )


def on_plain_grid(values: np.ndarray, spacing: tuple[float, ...]) -> Any:
    """The same at the origin, unturned: what Atropos writes and reads again must lie where it lay, to the last bit."""
    edges = [float(np.float32(edge)) for edge in spacing]
    return load_ants().from_numpy(np.asarray(values, np.float32), spacing=edges)
