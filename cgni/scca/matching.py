"""Bring the components of different folds into one order and orientation, and test them."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from cgni.scca.sparse import variate_correlations

# Numbers of permuted variates held at once (8 bytes each).
_CHUNK = 20_000_000


def match_components(reference: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which component of `other` is each of `reference`, and with which sign.

    Parameters
    ----------
    reference, other
        [2, people, components]: imaging and genetic variates of two fold models on the same people.

    Returns
    -------
    order : int [components of the reference], -1 where `other` has none left.
    signs : ±1.
    """
    cross = np.stack([_cross_correlation(a, b) for a, b in zip(reference, other, strict=True)]).mean(axis=0)
    rows, columns = linear_sum_assignment(-np.abs(cross))
    order, signs = np.full(reference.shape[2], -1), np.ones(reference.shape[2])
    order[rows] = columns
    signs[rows] = np.where(cross[rows, columns] < 0, -1.0, 1.0)
    return order, signs


def orient(imaging: np.ndarray, genetics: np.ndarray, wm_score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Signs of both variates of each component: cross-modal correlation positive, variate rising with WM.

    `wm_score` holds NaN where unknown; rows are training people.
    """
    flip_genetics = np.where(variate_correlations(imaging, genetics) < 0, -1.0, 1.0)
    known = ~np.isnan(wm_score)
    score = np.repeat(wm_score[known, None], imaging.shape[1], axis=1)
    rises = variate_correlations((imaging + genetics * flip_genetics)[known], score)
    both = np.where(rises < 0, -1.0, 1.0)
    return both, both * flip_genetics


def permutation_p(
    imaging: np.ndarray, genetics: np.ndarray, strata: np.ndarray, families: np.ndarray, permutations: int, seed: int
) -> np.ndarray:
    """Family-wise p of each component's correlation by permuting the pairing (study B22).

    Parameters
    ----------
    imaging, genetics
        [people, components] variates of people unseen by encoders and sparse CCA, already
        residualised on confounds, and oriented so that correlation is expected to be positive.
    strata
        Ancestry stratum of each person; pairings are exchanged within strata only.
    families
        Family of each person; whole families are exchanged with families of the same size.

    Returns
    -------
    (1 + number of permutations whose largest correlation over components reaches r) / (1 + permutations).
    """
    first, second = _standardised(imaging), _standardised(genetics)
    observed = np.einsum("pc,pc->c", first, second) / len(first)
    rng, reached = np.random.default_rng(seed), np.zeros(len(observed))
    blocks = exchange_blocks(strata, families)
    chunk = max(1, _CHUNK // first.size)
    for start in range(0, permutations, chunk):
        orders = permuted_orders(blocks, len(first), min(chunk, permutations - start), rng)
        # a pairing's correlations: means and SDs do not depend on the pairing
        largest = (np.einsum("pc,opc->oc", first, second[orders]) / len(first)).max(axis=1)
        reached += (largest[:, None] >= observed - 1e-12).sum(axis=0)
    return (1 + reached) / (1 + permutations)


def permuted_orders(blocks: list[np.ndarray], people: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """`count` random pairings, int [count, people]: whole families trade places within their block."""
    orders = np.tile(np.arange(people), (count, 1))
    for block in blocks:
        shuffled = rng.permuted(np.tile(np.arange(len(block)), (count, 1)), axis=1)
        orders[:, block.ravel()] = block[shuffled].reshape(count, -1)
    return orders


def exchange_blocks(strata: np.ndarray, families: np.ndarray) -> list[np.ndarray]:
    """Arrays [families, members] of row numbers of families that may be exchanged."""
    blocks: dict[tuple, list[np.ndarray]] = {}
    for family in np.unique(families):
        rows = np.flatnonzero(families == family)
        rows = rows[np.argsort(strata[rows], kind="stable")]
        blocks.setdefault(tuple(strata[rows]), []).append(rows)
    return [np.stack(rows) for rows in blocks.values()]


def _cross_correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return _standardised(first).T @ _standardised(second) / len(first)


def _standardised(values: np.ndarray) -> np.ndarray:
    centred = values - values.mean(axis=0)
    return centred / np.maximum(centred.std(axis=0), 1e-12)
