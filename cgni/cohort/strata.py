"""Strata of people of like genetic ancestry, within which genotypes may be exchanged."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cgni.cohort.confounds import centred, genetic_components


def pc_strata(participants: pd.DataFrame, ids: Sequence[str] | pd.Index, smallest: int = 40) -> np.ndarray:
    """A stratum's name (str) for each of `ids`: people alike in ancestry flag and principal components.

    Within the largest ancestry, and within the rest, people are halved again and again at the median of
    the component in which they differ most, as long as both halves hold `smallest` people; so a cline
    along a component is cut into slices of equal size. The components keep their own scale, by which
    the first ones, which carry most of ancestry, are cut most often.

    Parameters
    ----------
    participants
        The participants table: largest_ancestry and pc1, pc2, ... (none: the flag alone decides).
    ids
        People, in the wanted order; each must be in the table.
    smallest
        Fewest people of a half.
    """
    people = participants.set_index("participant_id").loc[list(ids)]
    values = people[genetic_components(people)].to_numpy(np.float64, na_value=np.nan)
    largest = people["largest_ancestry"].to_numpy(bool)
    strata = np.empty(len(people), dtype=object)
    for flag in (True, False):
        rows = np.flatnonzero(largest == flag)
        for number, leaf in enumerate(_leaves(centred(values[rows]), np.arange(len(rows)), smallest)):
            strata[rows[leaf]] = f"{'largest' if flag else 'other'} {number}"
    return strata.astype(str)


def _leaves(values: np.ndarray, rows: np.ndarray, smallest: int) -> list[np.ndarray]:
    if len(rows) < 2 * smallest or values.shape[1] == 0:
        return [rows] if len(rows) else []
    widest = int(np.argmax(values[rows].var(axis=0)))
    order = rows[np.argsort(values[rows, widest], kind="stable")]
    half = len(order) // 2
    return _leaves(values, order[:half], smallest) + _leaves(values, order[half:], smallest)
