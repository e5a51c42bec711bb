"""Correlation of gray-matter maps with a reference map, inside a mask and over the whole image."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch

from cgni.base.errors import InputError
from cgni.imaging.quality import Quality

_CHUNK = 16  # maps a piece
_BLOCK = 1 << 18  # voxels that stay in a core's cache while they are summed over a piece
_EXACT = 1 << 13  # voxels whose products float32 adds up to six digits
_ROUNDING = 1e-12  # share of its squares below which the variance of a map is rounding


def correlate_with_reference(
    maps: np.ndarray,
    mask: np.ndarray,
    members: np.ndarray,
    leave_one_out: bool,
    scale: np.ndarray | None = None,
    threads: int = 1,
) -> Quality:
    """Pearson r of each map with the mean of the members' maps, over the mask and over the whole image.

    Two passes over the (memory-mapped) maps in the store's order, x fastest: the members' sum, then
    each map's sums. What is kept in memory does not grow with the number of maps. Leaving a member out
    needs no third pass: with x the centred map and t the centred sum of all members,
    cov(x, t - x) = x.t - x.x and var(t - x) = t.t - 2 x.t + x.x. Products over the mask are summed
    in float64, those over the whole image in float32 within a block; the mean map has float32's precision.

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
    inside = torch.from_numpy(np.flatnonzero(mask.ravel("F")))
    total = torch.zeros(mask.size, dtype=torch.float64)
    kept = _Kept(len(inside))
    every = torch.from_numpy(np.moveaxis(maps, 0, -1).reshape(-1, len(maps), order="F").T)  # [maps, voxels], a view

    def flat(row: int) -> torch.Tensor:
        return torch.from_numpy(maps[row].ravel("F"))

    def piece_sum(rows: np.ndarray) -> torch.Tensor:
        part = torch.zeros(mask.size)  # float32 for a few maps; their sums are added in float64
        pieces = [flat(row) for row in rows]
        for start in range(0, mask.size, _BLOCK):
            block = part[start : start + _BLOCK]
            for values, factor in zip(pieces, scale[rows].tolist(), strict=True):
                block.add_(kept.block[: len(block)].copy_(values[start : start + _BLOCK]), alpha=factor)
        return part

    def products(row: int) -> tuple[float, float, float]:
        values = kept.masked.copy_(flat(row).index_select(0, inside))
        return float(values.sum()), float(values @ values), float(values @ reference)

    def image_products(first: int) -> np.ndarray:
        stored, sums = (
            every[first : first + _CHUNK],
            torch.zeros(3, min(_CHUNK, len(every) - first), dtype=torch.float64),
        )
        for start in range(0, mask.size, _EXACT):
            part = stored[:, start : start + _EXACT]
            values = kept.rows[: part.shape[0], : part.shape[1]].copy_(part)
            sums[0] += values.sum(1).double()
            sums[1] += torch.linalg.vecdot(values, values).double()
            sums[2] += torch.mv(values, against[start : start + _EXACT]).double()
        return sums.numpy()

    rows = np.flatnonzero(members)
    with ThreadPoolExecutor(threads) as pool:
        for part in _in_order(pool, piece_sum, [rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK)]):
            total += part
        reference = total.index_select(0, inside)
        reference -= reference.mean()
        whole = total - total.mean()
        against = whole.float()
        inside_products = np.array(list(pool.map(products, range(len(maps))))).T
        all_products = np.concatenate(list(pool.map(image_products, range(0, len(maps), _CHUNK))), axis=1)
    own = members & leave_one_out
    r = _correlation(inside_products, len(inside), float(reference @ reference), own, scale)
    r_image = _correlation(all_products, mask.size, float(whole @ whole), own, scale)
    mean = (total / count).numpy().astype(np.float32).reshape(mask.shape, order="F")
    return Quality(r, r_image, mean)


def _correlation(products: np.ndarray, voxels: int, whole: float, own: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """r (float64, a map) from each map's sum, sum of squares and product with the centred reference.

    `whole` is the reference's sum of squares, `own` tells whose map is a part of it.
    """
    sums, raw_squares, shared = products
    squares = raw_squares - sums**2 / voxels
    constant = squares <= _ROUNDING * raw_squares
    squares, shared = squares * scale**2, shared * scale  # the reference is centred, so the map need not be
    covariance = shared - np.where(own, squares, 0.0)
    variance = whole - np.where(own, 2 * shared - squares, 0.0)
    known = ~constant & (variance > 0)
    r: np.ndarray = np.divide(
        covariance, np.sqrt(squares * np.abs(variance)), out=np.full(len(sums), np.nan), where=known
    )
    return r


class _Kept(threading.local):
    """Memory that each thread keeps: fresh pages would cost more than the sums."""

    def __init__(self, inside: int) -> None:
        self.block = torch.empty(_BLOCK)
        self.rows = torch.empty(_CHUNK, _EXACT)
        self.masked = torch.empty(inside, dtype=torch.float64)


def _in_order(
    pool: ThreadPoolExecutor, function: Callable[[np.ndarray], torch.Tensor], pieces: list[np.ndarray]
) -> Iterator[torch.Tensor]:
    """Results in the order of the pieces, with no more than a few waiting: each is as large as a map."""
    ahead = pool._max_workers + 1
    waiting: deque[Future[torch.Tensor]] = deque()
    for piece in pieces:
        waiting.append(pool.submit(function, piece))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
