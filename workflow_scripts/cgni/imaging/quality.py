"""Quality of gray-matter maps: correlation with a reference map inside a gray-matter mask."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from nibabel.processing import resample_from_to
from nilearn.datasets import load_mni152_gm_template
from scipy.stats import kruskal, spearmanr

from workflow_scripts.cgni.errors import InputError

_FEWEST = 10  # people, to report a relation
_CHUNK = 16  # maps a piece
_ROUNDING = 1e-12  # share of its squares below which the variance of a map is rounding


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


def correlate_with_reference(
    maps: np.ndarray,
    mask: np.ndarray,
    members: np.ndarray,
    leave_one_out: bool,
    scale: np.ndarray | None = None,
    threads: int = 1,
) -> Quality:
    """Pearson r over the mask of each map with the mean of the members' maps.

    Two passes over the (memory-mapped) maps, piece by piece: the members' sum, then each map's
    sums. What is kept in memory does not grow with the number of maps. Leaving a member out
    needs no third pass: with x the centred map and t the centred sum of all members,
    cov(x, t - x) = x.t - x.x and var(t - x) = t.t - 2 x.t + x.x. Products are summed in
    float64; the mean map has float32's precision.

    Parameters
    ----------
    maps
        Array (people, x, y, z) of stored numbers.
    mask
        Bool array (x, y, z).
    members
        Bool array (people): whose mean is the reference.
    leave_one_out
        Compare a member with the mean of the other members, so that no map vouches for itself.
    scale
        What the stored numbers of each map are multiplied with; None: 1.
    threads
        Pieces at once; the bytes of the result do not depend on it.

    Raises
    ------
    InputError
        Fewer than two reference people.
    """
    count = int(members.sum())
    if count < 2:
        raise InputError(f"image reference: {count} reference people with a map; at least 2 are needed")
    torch.set_num_threads(1)  # the pieces are the parallelism
    scale = np.ones(len(maps)) if scale is None else scale.astype(np.float64)
    inside = torch.from_numpy(np.flatnonzero(mask))
    total = torch.zeros(mask.size, dtype=torch.float64)

    kept = _Kept(mask.size, len(inside))

    def piece_sum(rows: np.ndarray) -> torch.Tensor:
        part = torch.zeros(mask.size)  # float32 for a few maps; their sums are added in float64
        for row in rows:
            part.add_(kept.whole.copy_(_flat(maps[row])), alpha=float(scale[row]))
        return part

    def products(row: int) -> tuple[float, float, float]:
        values = kept.masked.copy_(_flat(maps[row]).index_select(0, inside))
        return float(values.sum()), float(values @ values), float(values @ reference)

    rows = np.flatnonzero(members)
    with ThreadPoolExecutor(threads) as pool:
        for part in _in_order(pool, piece_sum, [rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK)]):
            total += part
        reference = total.index_select(0, inside)
        reference -= reference.mean()
        sums, raw_squares, shared = np.array(list(pool.map(products, range(len(maps))))).T
    squares = raw_squares - sums**2 / len(inside)
    constant = squares <= _ROUNDING * raw_squares
    squares, shared = squares * scale**2, shared * scale  # the reference is centred, so the map need not be
    whole = float(reference @ reference)
    own = members & leave_one_out
    covariance = shared - np.where(own, squares, 0.0)
    variance = whole - np.where(own, 2 * shared - squares, 0.0)
    known = ~constant & (variance > 0)
    r = np.divide(covariance, np.sqrt(squares * np.abs(variance)), out=np.full(len(maps), np.nan), where=known)
    mean = (total / count).numpy().reshape(mask.shape).astype(np.float32)
    return Quality(r, mean)


class _Kept(threading.local):
    """Memory that each thread keeps: fresh pages would cost more than the sums."""

    def __init__(self, voxels: int, inside: int) -> None:
        self.whole = torch.empty(voxels)
        self.masked = torch.empty(inside, dtype=torch.float64)


def _flat(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(values).view(-1)


def _in_order(
    pool: ThreadPoolExecutor, function: Callable[[np.ndarray], torch.Tensor], pieces: list[np.ndarray]
) -> Iterator[torch.Tensor]:
    """Results in the order of the pieces, with no more than a few waiting: each is as large as a map."""
    ahead = pool._max_workers + 1
    waiting: deque[Future] = deque()
    for piece in pieces:
        waiting.append(pool.submit(function, piece))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


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


def worst_rows(r: np.ndarray, count: int) -> np.ndarray:
    """Rows of the `count` smallest r, those without an r first."""
    return np.argsort(np.where(np.isnan(r), -np.inf, r), kind="stable")[:count]


def relations(table: pd.DataFrame, participants: pd.DataFrame) -> pd.DataFrame:
    """How r goes with site, sex, head size and age (`imaging.schemas.QC_RELATIONS`).

    For groups the share of the variance of r between them (eta squared) with the p-value of a
    Kruskal-Wallis test, for numbers Spearman's correlation. Variables that do not vary, or are
    known for fewer than ten people with an r, are left out.

    Parameters
    ----------
    table
        participant_id and r of every map.
    participants
        participant_id, site, sex, head_size, age.
    """
    merged = table[["participant_id", "r"]].merge(participants, on="participant_id").dropna(subset="r")
    rows = []
    for variable in ("site", "sex", "head_size", "age"):
        known = merged.dropna(subset=variable)
        if len(known) < _FEWEST or known[variable].nunique() < 2 or known["r"].nunique() < 2:
            continue
        if variable in ("site", "sex"):
            groups = [group.to_numpy() for _, group in known.groupby(variable)["r"]]
            between = sum(len(group) * (group.mean() - known["r"].mean()) ** 2 for group in groups)
            value = between / ((known["r"] - known["r"].mean()) ** 2).sum()
            rows.append((variable, "eta_squared", float(value), float(kruskal(*groups).pvalue), len(known)))
        else:
            test = spearmanr(known[variable].astype(float), known["r"])
            rows.append((variable, "spearman", float(test.statistic), float(test.pvalue), len(known)))
    return pd.DataFrame(rows, columns=["variable", "statistic", "value", "p", "n"])


def attrition_rows(table: pd.DataFrame, listed: int, resampled: int, threshold: float) -> pd.DataFrame:
    """The images that were left out, and why (`cohort.schemas.ATTRITION`); and how many were resampled."""
    packed, passed = len(table), int(table["passed"].sum())
    steps = [
        ("listed images", 0, listed, None),
        ("not of a participant", listed - packed, packed, f"{resampled} of them resampled to the common grid"),
        (f"r with the reference not above {threshold}", packed - passed, passed, "inside the gray-matter mask"),
    ]
    frame = pd.DataFrame(steps, columns=["step", "removed", "left", "note"])
    return frame.assign(stage="imaging", unit="images", chrom=None)
