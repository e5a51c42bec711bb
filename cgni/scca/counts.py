"""How many components a study has, from correlations that neither a fit nor its penalties were chosen by."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cgni.scca.sparse import GridPoint

# A component counts when its mean held-out correlation exceeds this many standard errors. What a fit misses of the
# components before leaves the next one a small correlation that is true in unseen people: two errors would count it.
ERRORS = 4.0


def best_point(grid: Sequence[GridPoint], components: int) -> GridPoint:
    """The best penalties for so many components, among those that leave all of them weights if any do."""
    return max(_candidates(grid, components), key=lambda point: point.score)


def nested_r(grid: Sequence[GridPoint], components: int) -> np.ndarray:
    """Held-out r [components] of a fold, each inner fold's at the penalties that are best in the other inner folds.

    The r of the chosen penalties is their own selection's maximum: without any association it lies
    about a standard error above 0. Here an inner fold has no part in choosing the penalties that it judges.
    """
    held_out = np.stack([point.held_out for point in _candidates(grid, components)])
    own = held_out.sum(axis=2)
    chosen = (own.sum(axis=1, keepdims=True) - own).argmax(axis=0)
    r: np.ndarray = held_out[chosen, np.arange(own.shape[1])].mean(axis=0)
    return r


def count_evidence(grids: Sequence[Sequence[GridPoint]], people: Sequence[pd.Index]) -> pd.DataFrame:
    """What the number of components is chosen by, one row for each fold and candidate count.

    Parameters
    ----------
    grids
        Of each fold.
    people
        Ids of those whom sparse CCA is fitted on in each fold.

    Returns
    -------
    fold, components, nested_r (`nested_r` of the last of so many components), nested_error: the standard
    error of its mean over folds without association, 1 / sqrt(people), where folds that share people
    count as the distinct people they are.
    """
    error = 1 / np.sqrt(len(set().union(*people)))
    rows = [
        (fold, count, nested_r(grid, count)[-1], error)
        for count in sorted({point.components for point in grids[0]})
        for fold, grid in enumerate(grids)
    ]
    return pd.DataFrame(rows, columns=["fold", "components", "nested_r", "nested_error"])


def choose_count(grids: Sequence[Sequence[GridPoint]], evidence: pd.DataFrame, rule: str) -> int:
    """How many components, one of the candidates.

    Parameters
    ----------
    rule
        `above_error`: the largest candidate such that it and all smaller ones have a last component
        whose nested r, mean over folds, exceeds `ERRORS` standard errors; the smallest candidate if
        none has (tables then tell that it is nothing). Measured with 5 folds of 100 + 100 nodes that
        share three components of r .5, .45 and .4, some 250 people a fold and 5 inner folds: 3 in 10
        of 10 seeds (the third component 5.3 to 8.2 errors above 0, the fourth at most 3.3); with four
        times the people, 4 of 4 (19.6 and 1.6). Without any association: 1 in 10 of 10 (3 inner folds).
        `largest_sum`: the candidate with the largest mean over folds of summed held-out correlations
        at its best penalties, which nearly always grows with the number of components.
    """
    mean = evidence.groupby("components")[["nested_r", "nested_error"]].mean()
    if rule == "largest_sum":
        scores = {n: np.mean([best_point(grid, n).score for grid in grids]) for n in mean.index}
        return int(max(scores, key=lambda n: (scores[n], -n)))
    passed = (mean["nested_r"] > ERRORS * mean["nested_error"]).cumprod().astype(bool)
    return int(mean.index[passed].max() if passed.any() else mean.index.min())


def _candidates(grid: Sequence[GridPoint], components: int) -> list[GridPoint]:
    points = [point for point in grid if point.components == components]
    return [point for point in points if point.alive >= components] or points
