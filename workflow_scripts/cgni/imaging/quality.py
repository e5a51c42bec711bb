"""Quality of gray-matter maps: correlation with a reference map inside a gray-matter mask."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from nibabel.processing import resample_from_to
from nilearn.datasets import load_mni152_gm_template

from workflow_scripts.cgni.errors import InputError

_CHUNK = 32


@dataclass(frozen=True)
class Quality:
    """r of each map with the reference (float64, NaN without variance), and the reference map (x, y, z)."""

    r: np.ndarray
    reference: np.ndarray


def gray_matter_mask(shape: tuple[int, int, int], affine: np.ndarray, threshold: float) -> np.ndarray:
    """Voxels (bool, `shape`) where the MNI152 gray-matter template exceeds `threshold`.

    The template (probabilities, shipped with nilearn, in its 2 mm form) is interpolated linearly.

    Raises
    ------
    InputError
        No voxel is left: threshold or affine is wrong.
    """
    template = resample_from_to(load_mni152_gm_template(resolution=2), (shape, affine), order=1)
    mask = np.asarray(template.dataobj) > threshold
    if not mask.any():
        raise InputError(
            f"imaging.qc.mask_threshold: no voxel of the template is above {threshold} on the images' grid; "
            "lower it, or check that the images are in MNI space"
        )
    return mask


def correlate_with_reference(maps: np.ndarray, mask: np.ndarray, members: np.ndarray, leave_one_out: bool) -> Quality:
    """Pearson r over the mask of each map with the mean of the members' maps.

    Two passes over the (memory-mapped) maps in chunks, sums in float64.

    Parameters
    ----------
    maps
        Array (people, x, y, z).
    mask
        Bool array (x, y, z).
    members
        Bool array (people): whose mean is the reference.
    leave_one_out
        Compare a member with the mean of the other members, so that no map vouches for itself.

    Raises
    ------
    InputError
        Fewer than two reference people.
    """
    count = int(members.sum())
    if count < 2:
        raise InputError(f"image reference: {count} reference people with a map; at least 2 are needed")
    total = np.zeros(maps.shape[1:], dtype=np.float64)
    for start in range(0, len(maps), _CHUNK):
        stop = start + _CHUNK
        total += maps[start:stop][members[start:stop]].sum(axis=0, dtype=np.float64)
    centred_total = _centred(total[mask][None])[0]
    r = np.empty(len(maps))
    for start in range(0, len(maps), _CHUNK):
        stop = start + _CHUNK
        values = _centred(maps[start:stop][:, mask].astype(np.float64))
        own = members[start:stop, None] & leave_one_out
        r[start:stop] = _row_correlation(values, centred_total - np.where(own, values, 0.0))
    return Quality(r, (total / count).astype(np.float32))


def _centred(values: np.ndarray) -> np.ndarray:
    return values - values.mean(axis=1, keepdims=True)


def _row_correlation(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    scale = np.sqrt((left**2).sum(axis=1) * (right**2).sum(axis=1))
    return np.divide((left * right).sum(axis=1), scale, out=np.full(len(left), np.nan), where=scale > 0)


def quality_table(ids: pd.Index, quality: Quality, members: np.ndarray, threshold: float) -> pd.DataFrame:
    """One row a packed map (`imaging.schemas.QC`); passed is r > `threshold`.

    Raises
    ------
    InputError
        Nobody passes.
    """
    table = pd.DataFrame(
        {
            "participant_id": ids,
            "r": quality.r,
            "passed": quality.r > threshold,  # a missing r does not pass
            "reference_member": members,
        }
    )
    if not table["passed"].any():
        raise InputError(
            f"imaging.qc.correlation: none of {len(table)} images has r above {threshold} with the reference "
            f"(largest {np.nanmax(quality.r, initial=-1):.3f}); check that the images are gray matter in MNI space, "
            "or lower the threshold"
        )
    return table


def attrition_rows(table: pd.DataFrame, listed: int, threshold: float) -> pd.DataFrame:
    """The images that were left out, and why (`cohort.schemas.ATTRITION`)."""
    packed, passed = len(table), int(table["passed"].sum())
    steps = [
        ("listed images", 0, listed, None),
        ("not of a participant", listed - packed, packed, None),
        (f"r with the reference not above {threshold}", packed - passed, passed, "inside the gray-matter mask"),
    ]
    frame = pd.DataFrame(steps, columns=["step", "removed", "left", "note"])
    return frame.assign(stage="imaging", unit="images", chrom=None)
