"""Whether maps are gray matter where and on the scale that it is expected: one off map must not spoil the others."""

from collections.abc import Iterator

import nibabel as nib
import numpy as np
import pandas as pd
from nilearn.datasets import load_mni152_gm_template

from cgni.base.errors import InputError
from cgni.imaging.likeness import correlation
from cgni.imaging.resampling import resampled

_TOTALS = 3.0  # times the median, up or down; healthy brains differ by 1.6 at most
_LARGEST = 5.0  # times the median's largest value
_MOST_OFF = 0.1  # share of maps; more are two kinds of maps in one study
_PER_VOXEL = (0.05, 20.0)  # largest value of the median map of gray matter per voxel
_SHIFTS = (-24, -18, -12, -6, 6, 12, 18, 24)  # millimetres
_DEGREES, _STRETCH = 15.0, 1.15
_GAIN, _LEAST = 0.03, 0.4  # of the correlation with the template
_EDGES = (0.1, 40.0)  # of voxels, in millimetres


def off_scale(index: pd.DataFrame, reference: np.ndarray) -> np.ndarray:
    """Maps (bool) on another scale than the others (`other_scale`), where they are few.

    Raises
    ------
    InputError
        As of `other_scale`, or more than a tenth of the maps are off.
    """
    off = other_scale(index, reference)
    if off.mean() > _MOST_OFF:
        totals = index["total"]
        raise InputError(
            f"inputs.images: {int(off.sum())} of {len(index)} maps are on another scale than the others (totals from "
            f"{totals.min():.3g} to {totals.max():.3g}); bring all to one scale"
        )
    return off


def other_scale(index: pd.DataFrame, reference: np.ndarray) -> np.ndarray:
    """Maps (bool) whose total or range is not that of the others, beside the median of the reference people's.

    Parameters
    ----------
    index
        total, low and high of every packed map (`imaging.schemas.INDEX`).
    reference
        bool by map: whose medians count; holdout people are judged, and set no limit.

    Raises
    ------
    InputError
        The median map is no gray matter per voxel.
    """
    totals, highs, lows = (index[name].to_numpy(np.float64) for name in ("total", "high", "low"))
    high, total, low = (float(np.median(values[reference])) for values in (highs, totals, lows))
    if not _PER_VOXEL[0] <= high <= _PER_VOXEL[1] or low < -high:
        raise InputError(
            f"inputs.images: values run from {low:.3g} to {high:.3g} in the median of {int(reference.sum())} maps; "
            "expected modulated gray matter per voxel, from 0 to about 1: check units and scale factors"
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.abs(np.log(totals / total)) > np.log(_TOTALS)
        off: np.ndarray = ~np.isfinite(totals) | (totals <= 0) | far | (highs > _LARGEST * high) | (lows < -high / 2)
    return off


def refuse_doubled(index: pd.DataFrame) -> None:
    """Refuse a study in which two people have one map, by a copied file or a line of the list.

    Parameters
    ----------
    index
        crc32, total, low and high of every packed map (`imaging.schemas.INDEX`): checksums alone meet by chance.

    Raises
    ------
    InputError
        How many maps are somebody else's too.
    """
    doubled = int(index.duplicated(["crc32", "total", "low", "high"], keep=False).sum())
    if doubled:
        raise InputError(
            f"inputs.images: {doubled} of {len(index)} people have a map that another one has too, value for value; "
            "give each person their own, or take them off the list"
        )


def check_placement(mean: np.ndarray, affine: np.ndarray) -> None:
    """Refuse maps whose mean does not lie on the MNI152 gray-matter template.

    Parameters
    ----------
    mean
        Mean map [x, y, z] of the reference people.
    affine
        Of the maps' grid (4, 4).

    Raises
    ------
    InputError
        Voxels of impossible edges; or the mean correlates by less than .4 with the template, or by .03 more when it is
        shifted by 6 mm or more, turned by 15 degrees or stretched by 15 %.
    """
    edges = np.linalg.norm(affine[:3, :3], axis=0)
    if edges.min() < _EDGES[0] or edges.max() > _EDGES[1]:
        raise InputError(
            f"inputs.images: voxels of {' x '.join(f'{edge:.3g}' for edge in edges)} mm; the headers' units are "
            "others: write affines in millimetres"
        )
    template = resampled(load_mni152_gm_template(resolution=2), mean.shape, affine, order=1)
    here = correlation(mean, template)
    best, axis, shift = max(
        (correlation(np.roll(mean, steps, axis), template), axis, steps * edges[axis])
        for axis in range(3)
        for steps in {round(shift / edges[axis]) for shift in _SHIFTS} - {0}
    )
    if best > here + _GAIN and best >= _LEAST:
        raise InputError(
            f"inputs.images: the mean map lies on the MNI template with r = {here:.2f}, and with r = {best:.2f} when "
            f"shifted by {shift:+.0f} mm along voxel axis {axis + 1}; the headers place the maps wrongly: check origin "
            "and affine"
        )
    best, told = max((correlation(moved, template), told) for told, moved in _turned_and_stretched(mean, affine))
    if best > here + _GAIN and best >= _LEAST:
        raise InputError(
            f"inputs.images: the mean map lies on the MNI template with r = {here:.2f}, and with r = {best:.2f} when "
            f"{told}; the headers place the maps wrongly, or they were not brought to MNI space"
        )
    if not here >= _LEAST:
        raise InputError(
            f"inputs.images: the mean map correlates by r = {here:.2f} with the MNI gray-matter template; expected "
            "gray matter in MNI space: check that the images are gray matter, and their headers"
        )


def _turned_and_stretched(mean: np.ndarray, affine: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """What was done, and the mean map (x, y, z) turned about the middle of its box or stretched from there."""
    middle = (affine @ [*((np.array(mean.shape) - 1) / 2), 1])[:3]
    angle = np.deg2rad(_DEGREES)
    for axis, name in enumerate(("left-right", "front-back", "vertical")):
        others = [other for other in range(3) if other != axis]
        for sign in (-1, 1):
            turn = np.eye(3)
            turn[np.ix_(others, others)] = [
                [np.cos(angle), -sign * np.sin(angle)],
                [sign * np.sin(angle), np.cos(angle)],
            ]
            yield f"turned by {_DEGREES:.0f} degrees about the {name} axis", _moved(mean, affine, turn, middle)
    for factor in (1 / _STRETCH, _STRETCH):
        yield f"made {factor:.2f} times as large", _moved(mean, affine, factor * np.eye(3), middle)


def _moved(mean: np.ndarray, affine: np.ndarray, linear: np.ndarray, middle: np.ndarray) -> np.ndarray:
    whole = np.eye(4)
    whole[:3, :3], whole[:3, 3] = linear, middle - linear @ middle
    image = nib.Nifti1Image(np.asarray(mean, np.float32), whole @ affine)  # type: ignore[no-untyped-call]
    return resampled(image, mean.shape, affine, order=1)
