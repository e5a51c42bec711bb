"""Bring the components of different folds into one order and orientation, and test them."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.scca.correlations import cross_correlations, variate_correlations

# Numbers of permuted variates held at once (8 bytes each).
_CHUNK = 20_000_000


def match_components(
    reference: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Which component of `other` is each of `reference`, and with which sign.

    Parameters
    ----------
    reference, other
        Variates [people, components] of each view, by two fold models on the same people.

    Returns
    -------
    order : int [components of the reference], -1 where `other` has none left.
    signs : ±1.
    """
    cross = np.stack([cross_correlations(reference[view], other[view]) for view in VIEWS]).mean(axis=0)
    rows, columns = linear_sum_assignment(-np.abs(cross))
    order, signs = np.full(len(cross), -1), np.ones(len(cross))
    order[rows] = columns
    signs[rows] = np.where(cross[rows, columns] < 0, -1.0, 1.0)
    return order, signs


def orient(variates: Mapping[str, np.ndarray], outcome: np.ndarray) -> dict[str, np.ndarray]:
    """Signs [components] of each view: the two variates correlate positively, and their sum rises with WM.

    Parameters
    ----------
    variates
        [people, components] of each view, of training people whom the encoders have not seen.
    outcome
        Of the same people; NaN where unknown.
    """
    agreement = variate_correlations(variates[IMAGING], variates[GENETICS])
    flip = {IMAGING: np.ones(len(agreement)), GENETICS: np.where(agreement < 0, -1.0, 1.0)}
    known = ~np.isnan(outcome)
    together = np.sum([variates[view] * flip[view] for view in VIEWS], axis=0)
    score = np.repeat(outcome[known, None], together.shape[1], axis=1)
    both = np.where(variate_correlations(together[known], score) < 0, -1.0, 1.0)
    return {view: both * flip[view] for view in VIEWS}


def permutation_test(
    first: np.ndarray, second: np.ndarray, strata: np.ndarray, families: np.ndarray, permutations: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Correlation and family-wise p of each component by permuting the pairing (study B22).

    The correlations are uncentred, as residuals on confounds with an intercept need no centring and
    their pairings must not be centred anew.

    Parameters
    ----------
    first, second
        The views' residuals [people, components] (`residuals.ExchangeableResiduals`) in people unseen by
        encoders and sparse CCA, oriented so that correlation is expected to be positive.
    strata
        Ancestry stratum of each person; pairings are exchanged within strata only.
    families
        Family of each person; whole families are exchanged with families of the same size.

    Returns
    -------
    r, and p = (1 + number of permutations whose largest correlation over components reaches r) / (1 + permutations).
    """
    a, b = (own / np.maximum(np.linalg.norm(own, axis=0), 1e-12) for own in (first, second))
    observed = np.einsum("pc,pc->c", a, b)
    rng, reached = np.random.default_rng(seed), np.zeros(len(observed))
    blocks = exchange_blocks(strata, families)
    chunk = max(1, _CHUNK // a.size)
    for start in range(0, permutations, chunk):
        orders = permuted_orders(blocks, len(a), min(chunk, permutations - start), rng)
        largest = np.einsum("pc,opc->oc", a, b[orders]).max(axis=1)
        reached += (largest[:, None] >= observed - 1e-12).sum(axis=0)
    p: np.ndarray = (1 + reached) / (1 + permutations)
    return observed, p


def permuted_orders(blocks: Sequence[np.ndarray], people: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """`count` random pairings, int [count, people]: whole families trade places within their block."""
    orders = np.tile(np.arange(people), (count, 1))
    for block in blocks:
        shuffled = rng.permuted(np.tile(np.arange(len(block)), (count, 1)), axis=1)
        orders[:, block.ravel()] = block[shuffled].reshape(count, -1)
    return orders


def exchange_blocks(strata: np.ndarray, families: np.ndarray) -> list[np.ndarray]:
    """Arrays [families, members] of row numbers of families that may be exchanged."""
    blocks: dict[tuple[object, ...], list[np.ndarray]] = {}
    for family in np.unique(families):
        rows = np.flatnonzero(families == family)
        rows = rows[np.argsort(strata[rows], kind="stable")]
        blocks.setdefault(tuple(strata[rows]), []).append(rows)
    return [np.stack(rows) for rows in blocks.values()]
