"""T1-weighted images of simulated heads: a scanner's contrast, bias field and noise, and scans that failed."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cgni.simulation.heads import HeadAnatomy, Position, build_head, draw_changes, seen_head

SCANNER_SPACE = 1  # NIfTI's code
_FIRST_VOXEL = np.array([-99.0, -135.0, -105.0])  # mm from the middle of a straight head
_VIEW = np.array([198.0, 234.0, 216.0])  # mm
_CUT_AT = 25.0  # mm above that middle, where the view of a failed scan ends
_GRAY = 0.65  # intensity of gray matter, by white matter's
_UNITS = 1000  # white matter's intensity in the file
_NOISE, _HEAVY_NOISE = 0.02, 1.0  # SD of either channel, by white matter's intensity
_BIAS = 0.10  # SD over voxels of the bias field's logarithm


class Subject(NamedTuple):
    """Who lies in the scanner.

    Attributes
    ----------
    multipliers : float [regions], relative gray matter of each region.
    head_size : UKB's scaling factor, about 1.3.
    site_gain : factor of the scanner, on the contrast of gray matter.
    variation : relative size of the smooth anatomical variation that covers the brain.
    defect : `shifted`, the view ends inside the brain; `noisy`, the person moved; None.
    """

    multipliers: np.ndarray
    head_size: float
    site_gain: float
    variation: float
    defect: str | None


@dataclass(frozen=True)
class Scanner:
    """What takes images of voxels of `voxel_mm` of heads of one anatomy."""

    head: HeadAnatomy
    voxel_mm: float

    @classmethod
    def of(cls, atlas: str | Path, regions: np.ndarray, voxel_mm: float) -> "Scanner":
        """For people whose multipliers are those of `regions` (labels) of an atlas (label image in MNI space)."""
        return cls(build_head(atlas, regions, voxel_mm), voxel_mm)

    @property
    def affine(self) -> np.ndarray:
        """Of every image, [4, 4]: axes lead right, forwards and up."""
        affine = np.diag([self.voxel_mm] * 3 + [1.0])
        affine[:3, 3] = _FIRST_VOXEL
        return affine

    def image(self, subject: Subject, rng: np.random.Generator) -> np.ndarray:
        """A person's image, float32 [x, y, z], of whole numbers."""
        shape = tuple(int(length / self.voxel_mm + 1e-6) + 1 for length in _VIEW)
        change = draw_changes(self.head, subject.multipliers, subject.variation, rng)
        position = Position.draw(subject.head_size, rng)
        places = self.voxel_mm * np.indices(shape).reshape(3, -1) + _FIRST_VOXEL[:, None]
        seen = seen_head(self.head, change, position, _GRAY * subject.site_gain, places).reshape(shape)
        values = _with_noise(seen * _bias(shape, rng), _HEAVY_NOISE if subject.defect == "noisy" else _NOISE, rng)
        if subject.defect == "shifted":
            values = values[..., : round((_CUT_AT - _FIRST_VOXEL[2]) / self.voxel_mm)]
        whole: np.ndarray = np.rint(values * _UNITS).astype(np.float32)
        return whole


def _bias(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """A bias field, float32 [x, y, z] about 1: the exponential of a polynomial of second degree."""
    x, y, z = np.meshgrid(*[np.linspace(-1, 1, size, dtype=np.float32) for size in shape], indexing="ij", sparse=True)
    logarithm = np.zeros(shape, np.float32)
    for term in (x, y, z, x * y, x * z, y * z, x**2, y**2, z**2):
        logarithm += np.float32(rng.standard_normal()) * term
    logarithm -= logarithm.mean()
    field: np.ndarray = np.exp(_BIAS / logarithm.std() * logarithm)
    return field


def _with_noise(values: np.ndarray, sd: float, rng: np.random.Generator) -> np.ndarray:
    """The magnitude of a signal with noise in both of its channels."""
    real, imaginary = sd * rng.standard_normal((2, *values.shape), dtype=np.float32)
    magnitude: np.ndarray = np.hypot(values + real, imaginary)
    return magnitude
