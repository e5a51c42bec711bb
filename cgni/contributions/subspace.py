"""Contributions to the significant subspace as a whole.

Components of near-equal correlation are not identifiable: another sample, or another fold, rotates
them among each other. A feature that contributes to two of them is then strong in neither. The length
of its shares over the components does not change under a rotation.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from cgni.contributions.called import CONSENSUS, SUBSPACE


def subspace_rows(summary: pd.DataFrame, gated: Collection[int]) -> pd.DataFrame:
    """Rows of component 0 for `calls.summarise`'s table: the root mean square of a feature's shares over components.

    It is taken within each fold that has all of the components, and then averaged over folds, so
    that folds may rotate them differently. A signed contribution has no such sum: `contribution`,
    `absolute` and `z` are NaN.

    Parameters
    ----------
    gated
        Numbers of the significant components; none: no rows.
    """
    own = summary[summary["component"].isin(gated) & (summary["fold"] != CONSENSUS)]
    squares = own.assign(square=own["share"] ** 2).groupby(["fold", "feature"])["square"].agg(["mean", "size"])
    folds = np.sqrt(squares.loc[squares["size"] == max(len(gated), 1), "mean"]).rename("share").reset_index()
    together = folds.groupby("feature", as_index=False)["share"].mean().assign(fold=CONSENSUS)
    rows = pd.concat([together, folds], ignore_index=True)
    undefined = dict.fromkeys(("contribution", "absolute", "z"), np.nan)
    return rows.assign(component=SUBSPACE, called_sd=False, direction="none", **undefined)


def subspace_null(shares: np.ndarray, components: int) -> np.ndarray:
    """The same statistic of as many components under the null.

    Components of shuffled pairings differ by chance alone, so every run of `components` of them
    (after the last comes the first) is a null of the subspace.

    Parameters
    ----------
    shares
        [..., features, null components], NaN where a replicate has fewer components.

    Returns
    -------
    [..., features, runs]; no run where there are fewer null components.
    """
    total = shares.shape[-1]
    if not 0 < components <= total:
        return np.empty((*shares.shape[:-1], 0))
    runs = sorted({tuple(sorted((start + step) % total for step in range(components))) for start in range(total)})
    return np.stack([np.sqrt((shares[..., list(run)] ** 2).mean(axis=-1)) for run in runs], axis=-1)
