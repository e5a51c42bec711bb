"""Images of heads for the tests: a made-up one, archives of UK Biobank's kind, and where the real ones lie."""

import gzip
import zipfile
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from cgni.imaging.reading import ReadMap

REAL = Path(__file__).resolve().parents[5] / "shared" / "real" / "t1"
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the real T1 images (../shared/real/t1) are not here")
EDGES = (2.0, 2.5, 3.0)
SHAPE = (80, 76, 60)


def made_head(shape: tuple[int, ...] = SHAPE, edges: tuple[float, ...] = EDGES) -> np.ndarray:
    """An egg (float32, x, y, z; lengths of `edges` mm) that is another on each side: no turn leaves it as it is."""
    x, y, z = (
        (np.arange(size) - size / 2).reshape([-1 if at == axis else 1 for at in range(3)]) * edges[axis]
        for axis, size in enumerate(shape)
    )
    bulge = 1 + 0.002 * x - 0.003 * y + 0.001 * z
    inside = np.exp(-(((x / 60) ** 2 + (y / 75) ** 2 + (z / 65) ** 2) ** 2) * bulge)
    return (100 * inside * bulge).astype(np.float32)


def as_read(values: np.ndarray, affine: np.ndarray) -> ReadMap:
    """What the reader gives of such a file."""
    values = np.asarray(values, np.float32)
    return ReadMap(values, np.asarray(affine, float), (float(values.min()), float(values.max())))


def placed(edges: tuple[float, ...] = EDGES, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    """An affine (4, 4) of these voxels with the image's centre at the origin."""
    affine = np.diag([*edges, 1.0])
    affine[:3, 3] = -np.array(edges) * np.array(shape) / 2
    return affine


def image_bytes(values: np.ndarray, affine: np.ndarray) -> bytes:
    """A .nii.gz."""
    return gzip.compress(nib.Nifti1Image(np.asarray(values, np.float32), affine).to_bytes(), compresslevel=1, mtime=0)


def zipped(path: Path, **members: bytes) -> Path:
    """An archive at `path` of these members; `__` in a name stands for `/`, and `.nii.gz` is added to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name.replace('__', '/')}.nii.gz", content)
    return path
