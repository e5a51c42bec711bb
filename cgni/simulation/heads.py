"""The head that all simulated T1 images share, and how a person's regions, head size and position change it."""

from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
from nilearn.datasets import load_mni152_brain_mask, load_mni152_gm_template, load_mni152_wm_template
from nilearn.image import resample_img
from scipy.fft import irfftn, rfftn
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates
from scipy.spatial.transform import Rotation

from cgni.simulation.maps import FWHM_TO_SIGMA, labels_on, spm_box

_CSF, _WHITE, _BONE, _SCALP = 0.25, 1.0, 0.06, 0.85  # intensities; that of gray matter is the scanner's
_CSF_MM, _BONE_MM, _SCALP_MM = 3.0, 9.0, 16.0  # where they end, from the brain outwards
_PADDING_MM = 28  # around the templates, for these layers
_CHANGE_MM = 3.0  # voxels of the changes, which are smooth
_SMOOTHING_MM = 6.0  # full width at half maximum, of regions at their borders
_VARIATION_MM = 6.0  # SD of the kernel of the variation that belongs to no region
# How much of a relative change goes into the volume of tissue, and into the share of gray matter in it. Together more
# than one: voxel-based morphometry shows a part of a local change, so the maps vary about as the simulated maps do.
_BY_VOLUME, _BY_SHARE = 0.5, 4.0
_STEPS = 5  # of the inversion of the displacements
_MIDDLE = np.array([0.0, -18.0, 0.0])  # mm, of the brain in the templates
_TURN, _SHIFT_MM = 3.0, 3.0  # SD of a head's rotation about each axis in degrees, and of its position


@dataclass(frozen=True)
class HeadAnatomy:
    """What all simulated heads share, in the templates' space.

    Attributes
    ----------
    gray, white, fluid : float32 [x, y, z], shares of gray matter, white matter and CSF.
    around : float32 [x, y, z], intensity of bone and scalp.
    affine : [4, 4], of these.
    labels : int [x, y, z], atlas regions on the coarser voxels of the changes, 0 outside.
    regions : indices of the regions, in the order of the multipliers.
    yielding : float [x, y, z], share of CSF on those voxels: it takes and gives the room that the brain changes by.
    changes_affine : [4, 4], of labels and yielding.
    """

    gray: np.ndarray
    white: np.ndarray
    fluid: np.ndarray
    around: np.ndarray
    affine: np.ndarray
    labels: np.ndarray
    regions: np.ndarray
    yielding: np.ndarray
    changes_affine: np.ndarray


def build_head(atlas: str | Path, regions: np.ndarray, voxel_mm: float) -> HeadAnatomy:
    """The templates' gray and white matter in CSF, bone and scalp, as voxels of `voxel_mm` show them.

    Parameters
    ----------
    atlas : label image in MNI space.
    regions : its indices that have multipliers.
    """
    edge = 2 if voxel_mm >= 2 else 1
    images = [load(edge) for load in (load_mni152_gm_template, load_mni152_wm_template, load_mni152_brain_mask)]
    padding = _PADDING_MM // edge
    gray, white, brain = (np.pad(image.get_fdata(dtype=np.float32), padding) for image in images)
    affine = images[0].affine.copy()
    affine[:3, 3] -= padding * edge
    outside = distance_transform_edt(brain < 0.5) * edge
    fluid = np.where(outside < _CSF_MM, np.clip(1 - gray - white, 0, 1), 0)
    bone = (outside >= _CSF_MM) & (outside < _BONE_MM)
    scalp = (outside >= _BONE_MM) & (outside < _SCALP_MM)
    sigma = np.sqrt(voxel_mm**2 - edge**2) / edge * FWHM_TO_SIGMA
    gray, white, fluid, around = (
        gaussian_filter(layer.astype(np.float32), sigma)
        for layer in (gray, white, fluid, _BONE * bone + _SCALP * scalp)
    )
    shape, changes_affine = spm_box(_CHANGE_MM)
    placed = nib.Nifti1Image(fluid, affine)  # type: ignore[no-untyped-call]
    yielding = resample_img(placed, changes_affine, shape, copy_header=True, force_resample=True).get_fdata()
    return HeadAnatomy(
        gray=gray,
        white=white,
        fluid=fluid,
        around=around,
        affine=affine,
        labels=labels_on(atlas, shape, changes_affine),
        regions=regions,
        yielding=np.clip(yielding, 0, 1),
        changes_affine=changes_affine,
    )


def draw_changes(head: HeadAnatomy, multipliers: np.ndarray, variation: float, rng: np.random.Generator) -> np.ndarray:
    """Relative change of gray matter, float [x, y, z] on the voxels of `head.labels`.

    Parameters
    ----------
    multipliers : float [regions], relative gray matter of each.
    variation : relative size of the smooth variation over the brain.
    """
    of_label = np.zeros(int(max(head.labels.max(), head.regions.max())) + 1)
    of_label[head.regions] = multipliers - 1
    sigma = _SMOOTHING_MM * FWHM_TO_SIGMA / _CHANGE_MM
    field = gaussian_filter(rng.standard_normal(head.labels.shape), _VARIATION_MM / _CHANGE_MM)
    field *= variation / field.std() * gaussian_filter((head.labels > 0).astype(float), sigma)
    change: np.ndarray = gaussian_filter(of_label[head.labels], sigma) + field
    return change


def displacements(head: HeadAnatomy, change: np.ndarray) -> np.ndarray:
    """Voxels by which tissue moves when its volume changes, float [3, x, y, z].

    It is the gradient of a potential, whose divergence is the change; CSF makes room, so that the skull stays.
    """
    balanced = change - head.yielding * (change.sum() / head.yielding.sum())
    *two, last = change.shape
    along = [*(2 * np.pi * np.fft.fftfreq(size) for size in two), 2 * np.pi * np.fft.rfftfreq(last)]
    waves = np.meshgrid(*along, indexing="ij")
    square = sum(wave**2 for wave in waves)
    square[0, 0, 0] = 1.0
    potential = rfftn(balanced) / square
    return np.stack([irfftn(-1j * wave * potential, change.shape) for wave in waves])


@dataclass(frozen=True)
class Position:
    """How a head lies in the scanner, and how large it is.

    Attributes
    ----------
    turn : [3, 3], its rotation.
    shift : [3], millimetres.
    scale : its edge length by the template's.
    """

    turn: np.ndarray
    shift: np.ndarray
    scale: float

    @classmethod
    def draw(cls, head_size: float, rng: np.random.Generator) -> "Position":
        """Some degrees and millimetres from straight; `head_size` is the factor to the template's volume."""
        turn = Rotation.from_euler("xyz", rng.normal(0, _TURN, 3), degrees=True).as_matrix()
        return cls(turn, rng.normal(0, _SHIFT_MM, 3), float(head_size ** (-1 / 3)))

    def in_template(self, points: np.ndarray) -> np.ndarray:
        """Where points of the scanner (mm, [3, points]) lie in a head of the template's size and position."""
        turned: np.ndarray = self.turn.T @ (points - self.shift[:, None]) / self.scale + _MIDDLE[:, None]
        return turned


def seen_head(head: HeadAnatomy, change: np.ndarray, position: Position, gray: float, points: np.ndarray) -> np.ndarray:
    """Intensities of a person's head at points of the scanner (mm, [3, points]), float32, without bias and noise.

    Parameters
    ----------
    change : what `draw_changes` returned.
    gray : intensity of gray matter; white matter's is 1.
    """
    moved = displacements(head, _BY_VOLUME * change)
    target = _apply(np.linalg.inv(head.changes_affine), position.in_template(points))
    source = target
    for _ in range(_STEPS):
        source = target - np.stack([map_coordinates(part, source, order=1, mode="nearest") for part in moved])
    share = 1 + _BY_SHARE * map_coordinates(change, source, order=1)
    voxels = _apply(np.linalg.inv(head.affine) @ head.changes_affine, source)
    layers = (head.gray, head.white, head.fluid, head.around)
    old, white, fluid, around = (map_coordinates(layer, voxels, order=1) for layer in layers)
    new = np.clip(old * share, 0, old + white + fluid)
    # what gray matter takes is CSF first, then white matter; what it gives becomes CSF
    fluid_now = np.clip(fluid + old - new, 0, None)
    white_now = old + white + fluid - new - fluid_now
    seen: np.ndarray = gray * new + _WHITE * white_now + _CSF * fluid_now + around
    return seen.astype(np.float32)


def _apply(affine: np.ndarray, points: np.ndarray) -> np.ndarray:
    moved: np.ndarray = affine[:3, :3] @ points + affine[:3, 3:]
    return moved
