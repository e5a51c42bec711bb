"""From the image of a head to a modulated gray-matter map in MNI space: bias, registration, tissues, Jacobian.

Tools: N4 (Tustison 2010), SyN (Avants 2008) and Atropos (Avants 2011) of ANTs by antspyx; templates MNI152 (Fonov
2009). Modulation as in voxel-based morphometry (Good 2001): what the warp compresses counts for more.
"""

import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.ndimage import binary_dilation

from cgni.imaging.likeness import correlation, likeness_of
from cgni.imaging.reading import UnusableImageError
from cgni.imaging.t1.ants_images import load_ants, on_plain_grid, to_ants
from cgni.imaging.t1.brain import brain_mask
from cgni.imaging.t1.head import Head, is_stripped
from cgni.imaging.t1.templates import FWHM_TO_SIGMA, IN_MASK, Templates, smoothed, templates

_BRAIN_ML = (600.0, 2500.0)
_MARGIN = 5  # voxels kept around the brain
_AROUND_MM = 20.0  # tissue next to the brain that a rough removal of the skull leaves
_MOST_CUT = 30.0  # square centimetres of brain on the image's faces
_BIAS_MM = 6.0  # the bias field is fitted on voxels of about this size
_BIAS_SPLINE_MM = 200
_BIAS_ROUNDS = [50] * 4
_LEAST_LIKE_T1 = 0.6  # r with the template's T1 inside the brain
_HIGHEST_RATIO = 0.96  # of gray to white matter's intensity
_SURE = 0.8  # tissue probability of the template, at the least, where tissues' intensities are compared
_FLOOR = 0.01  # prior probability of every tissue everywhere in the brain


@dataclass(frozen=True)
class Registration:
    """Numbers of the registration and of the priors; docs/methods/t1.md has what was tried."""

    grid_mm: float = 3.0
    affine_rounds: tuple[int, int, int] = (500, 250, 50)
    rounds: tuple[int, ...] = (100, 60, 10)
    step: float = 0.2
    flow_sigma: float = 3.0
    total_sigma: float = 0.0
    metric: str = "mattes"
    sampling: int = 32
    prior_weight: float = 0.25


@dataclass(frozen=True)
class Segmented:
    """What one head gave.

    Attributes
    ----------
    gray : float32 (x, y, z) on the templates' grid: modulated and smoothed gray matter, ml a ml of the template.
    unsmoothed, t1 : float32 (x, y, z): the same before smoothing, and the image brought to the template.
    native_gray : float32 (x, y, z), probability of gray matter in the person's own space, where the brain lies.
    native_affine : its affine (4, 4).
    measures : numbers of `imaging.schemas.T1_QUALITY`, by column.
    seconds : processor seconds by step.
    """

    gray: np.ndarray
    unsmoothed: np.ndarray
    t1: np.ndarray
    native_gray: np.ndarray
    native_affine: np.ndarray
    measures: dict[str, float | bool]
    seconds: dict[str, float]


@dataclass
class _Watch:
    """Processor seconds by step."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        start = _processor_seconds()
        yield
        self.seconds[name] = round(_processor_seconds() - start, 2)


def segment(head: Head, on: Templates, smooth_mm: float, numbers: Registration | None = None) -> Segmented:
    """Segment a head, bring its gray matter to the templates, modulate and smooth it.

    Parameters
    ----------
    on
        The templates on the wanted grid.
    smooth_mm
        Full width at half maximum of the smoothing.

    Raises
    ------
    UnusableImageError
        No brain, an implausible one, a cut one, or an image that is not T1-weighted.
    """
    numbers, watch = numbers or Registration(), _Watch()
    with watch.step("mask"):
        mask, measures = find_brain(head)
    with _scratch() as folder:
        head, mask = head.cropped(mask, _MARGIN)
        with watch.step("bias"):
            unbiased, span = _without_bias(head, mask)
            measures |= {"bias_low": span[0], "bias_high": span[1]}
        with watch.step("register"):
            warps = _registered(unbiased, numbers, folder)
            measures["r_t1"] = _checked_likeness(warps["warpedmovout"].numpy(), templates(numbers.grid_mm))
        with watch.step("segment"):
            tissues = _tissues(unbiased, mask, on, warps, numbers.prior_weight, measures)
        measures |= {
            f"{name}_ml": float(part.sum()) * head.voxel_ml
            for name, part in zip(("csf", "gm", "wm"), tissues, strict=True)
        }
        with watch.step("modulate"):
            gray = load_ants().new_image_like(unbiased, tissues[1])
            t1 = _moved(unbiased, on, warps["fwdtransforms"])
            modulated, jacobian = _modulated(gray, on, templates(numbers.grid_mm), warps["fwdtransforms"])
    with watch.step("smooth"):
        voxel_mm = float(on.grid.affine[0, 0])
        final = smoothed(modulated, smooth_mm, voxel_mm)
        measures |= _map_measures(modulated, final, jacobian, on, smooth_mm)
    measures["conservation"] = measures["modulated_ml"] / measures["gm_ml"] - 1
    measures["tiv_ml"] = measures["csf_ml"] + measures["gm_ml"] + measures["wm_ml"]
    return Segmented(final, modulated, t1, tissues[1], head.affine, measures, watch.seconds)


@contextmanager
def _scratch() -> Iterator[str]:
    """A folder that is removed in the end, and that temporary files of libraries go to: ANTs leaves its own behind."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="t1_") as folder:
        tempfile.tempdir = folder
        try:
            yield folder
        finally:
            tempfile.tempdir = before


def find_brain(head: Head) -> tuple[np.ndarray, dict[str, float | bool]]:
    """The voxels of the brain (bool, x, y, z), and what they tell of the image (`imaging.schemas.T1_QUALITY`).

    Raises
    ------
    UnusableImageError
        No brain, one of an implausible size, or a cut one.
    """
    mask = brain_mask(head.values)
    volume = float(mask.sum()) * head.voxel_ml
    if not _BRAIN_ML[0] < volume < _BRAIN_ML[1]:
        raise UnusableImageError(
            f"images with a brain of less than {_BRAIN_ML[0]:.0f} or more than {_BRAIN_ML[1]:.0f} ml"
        )
    edges = np.linalg.norm(head.affine[:3, :3], axis=0)
    faces = [
        mask.take(place, axis).sum() * head.voxel_ml * 1000 / edges[axis] for axis in range(3) for place in (0, -1)
    ]
    cut = float(sum(faces)) / 100
    if cut > _MOST_CUT:
        raise UnusableImageError("images that cut off a part of the brain")
    around = _dilated(mask, edges)
    return mask, {"cut_cm2": cut, "stripped": is_stripped(head, around), "voxel_mm": head.voxel_mm}


def _dilated(mask: np.ndarray, edges: np.ndarray) -> np.ndarray:
    grown: np.ndarray = binary_dilation(mask, iterations=max(1, round(_AROUND_MM / float(edges.mean()))))
    return grown


def _without_bias(head: Head, mask: np.ndarray) -> tuple[Any, tuple[float, float]]:
    """The brain without its bias field (of ANTs, 0 outside); 1st and 99th percentile of the field by its median."""
    ants = load_ants()
    image, brain = to_ants(head.values, head.affine), to_ants(mask, head.affine)
    shrink = max(2, round(_BIAS_MM / (head.voxel_ml * 1000) ** (1 / 3)))
    rounds = {"iters": _BIAS_ROUNDS, "tol": 1e-7}
    corrected = ants.n4_bias_field_correction(
        image, mask=brain, shrink_factor=shrink, spline_param=_BIAS_SPLINE_MM, convergence=rounds
    )
    inside = mask & (corrected.numpy() > 0)
    low, middle, high = np.percentile(head.values[inside] / corrected.numpy()[inside], (1, 50, 99))
    return corrected * brain, (float(low / middle), float(high / middle))


def _registered(image: Any, numbers: Registration, folder: str) -> dict[str, Any]:
    """The image's affine and warp to the template, on a grid of its own: the maps' voxels do not change them.

    The image is brought to the template's resolution first, so that the image's own voxels change little either.
    """
    ants, template = load_ants(), templates(numbers.grid_mm).ants()
    image = _coarsened(image, numbers.grid_mm)
    placed = ants.registration(
        template,
        image,
        type_of_transform="Affine",
        aff_iterations=numbers.affine_rounds,
        aff_shrink_factors=(4, 2, 1),
        aff_smoothing_sigmas=(2, 1, 0),
        outprefix=str(Path(folder) / "affine_"),
    )
    warps: dict[str, Any] = ants.registration(
        template,
        image,
        type_of_transform="SyNOnly",
        initial_transform=placed["fwdtransforms"][0],
        syn_metric=numbers.metric,
        syn_sampling=numbers.sampling,
        reg_iterations=numbers.rounds,
        grad_step=numbers.step,
        flow_sigma=numbers.flow_sigma,
        total_sigma=numbers.total_sigma,
        outprefix=str(Path(folder) / "warp_"),
    )
    return warps


def _coarsened(image: Any, voxel_mm: float) -> Any:
    ants = load_ants()
    sigma = [float(np.sqrt(max(voxel_mm**2 - edge**2, 0)) * FWHM_TO_SIGMA) for edge in image.spacing]
    smooth = ants.smooth_image(image, sigma, sigma_in_physical_coordinates=True)
    return ants.resample_image(smooth, (voxel_mm,) * 3, use_voxels=False, interp_type=0)


def _checked_likeness(moved: np.ndarray, on: Templates) -> float:
    """r of the image, brought to the template, with the template inside the brain."""
    likeness = correlation(moved[on.brain], on.t1[on.brain])
    if not likeness > _LEAST_LIKE_T1:
        raise UnusableImageError(
            "images of no head or of another contrast than T1 (they are not like the template once they lie on it)"
        )
    return likeness


def _tissues(
    image: Any, mask: np.ndarray, on: Templates, warps: dict[str, Any], prior_weight: float, measures: dict[str, Any]
) -> list[np.ndarray]:
    """Probabilities of CSF, gray and white matter (x, y, z each) in the image's own space."""
    ants = load_ants()
    gray, white = (
        ants.apply_transforms(
            image, to_ants(tissue, on.grid.affine), warps["invtransforms"], whichtoinvert=[True, False]
        ).numpy()
        for tissue in (on.gray, on.white)
    )
    measures["gray_to_white"] = _checked_contrast(image.numpy(), mask, gray, white)
    priors = np.stack([np.clip(1 - gray - white, 0, 1), gray, white]).clip(0, 1) + _FLOOR
    priors = priors / priors.sum(axis=0) * mask
    found = ants.atropos(
        on_plain_grid(image.numpy(), image.spacing),
        on_plain_grid(mask, image.spacing),
        [on_plain_grid(prior, image.spacing) for prior in priors],
        "[0.1,1x1x1]",
        "[5,0]",
        priorweight=prior_weight,
        r=0,  # no random seed: ANTS_RANDOM_SEED does not reach Atropos
    )
    return [np.asarray(tissue.numpy(), np.float32) for tissue in found["probabilityimages"]]


def _checked_contrast(values: np.ndarray, mask: np.ndarray, gray: np.ndarray, white: np.ndarray) -> float:
    """Median intensity of gray matter by that of white matter, where the template is sure of them."""
    ratio = float(np.median(values[mask & (gray > _SURE)]) / np.median(values[mask & (white > _SURE)]))
    if not ratio < _HIGHEST_RATIO:
        raise UnusableImageError(
            "images of no head or of another contrast than T1 (gray matter is not darker than white matter)"
        )
    return ratio


def _modulated(gray: Any, on: Templates, warped: Templates, transforms: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Gray matter on the templates' grid times the volume change, and that change (both float32 x, y, z)."""
    ants, (warp, affine) = load_ants(), transforms
    local = ants.create_jacobian_determinant_image(warped.ants(), warp, False, False)
    local = ants.resample_image_to_target(local, on.ants(), interp_type="linear").numpy()
    whole = abs(np.linalg.det(np.reshape(ants.read_transform(affine).parameters[:9], (3, 3))))
    jacobian: np.ndarray = np.asarray(local * whole, np.float32)
    return _moved(gray, on, transforms) * jacobian, jacobian


def _moved(image: Any, on: Templates, transforms: list[str]) -> np.ndarray:
    """An image on the templates' grid (float32 x, y, z)."""
    moved: np.ndarray = load_ants().apply_transforms(on.ants(), image, transforms, interpolator="linear").numpy()
    return moved


def _map_measures(
    modulated: np.ndarray, final: np.ndarray, jacobian: np.ndarray, on: Templates, smooth_mm: float
) -> dict[str, float]:
    voxel_mm = float(on.grid.affine[0, 0])
    reference = smoothed(on.gray, smooth_mm, voxel_mm)
    inside = reference > IN_MASK
    low, middle, high = np.percentile(jacobian[inside], (0.1, 50, 99.9))
    return {
        "modulated_ml": float(modulated.sum()) * voxel_mm**3 / 1000,
        **likeness_of(final, reference, inside),
        "jacobian_low": float(low),
        "jacobian_median": float(middle),
        "jacobian_high": float(high),
        "folded_voxels": int((jacobian <= 0).sum()),
    }


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
