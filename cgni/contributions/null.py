"""The permutation null of contributions (study B23): whole analyses of shuffled pairings."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from cgni.base.seeds import derive_seed
from cgni.contributions.called import CONSENSUS
from cgni.scca.matching import exchange_blocks, permuted_orders

HOLDOUT_FOLD = -1


def shuffled_genotypes(
    ids: pd.Index, participants: pd.DataFrame, splits: pd.DataFrame, seed: int, replicate: int
) -> np.ndarray:
    """Whose genotypes each person gets in a replicate, as row numbers of `ids`.

    One shuffle serves all folds, as one cohort does. Genotypes move within ancestry strata and
    within the validation part a person belongs to, whole families at a time, so that no fold's
    fit sees the genotypes of its validation people. People of the holdout keep theirs.
    """
    people = participants.set_index("participant_id").loc[ids]
    parts = splits.set_index("participant_id").loc[ids]
    fold = parts["fold"].where(parts["role"] == "development", HOLDOUT_FOLD).astype(int)
    strata = people["largest_ancestry"].astype(str).to_numpy() + "|" + fold.astype(str).to_numpy()
    development = np.flatnonzero(fold.to_numpy() != HOLDOUT_FOLD)
    blocks = exchange_blocks(strata[development], people["family"].to_numpy()[development])
    rng = np.random.default_rng(derive_seed(seed, "null", replicate))
    order = np.arange(len(ids))
    order[development] = development[permuted_orders(blocks, len(development), 1, rng)[0]]
    return order


def shares(contributions: pd.DataFrame) -> pd.DataFrame:
    """Each feature's absolute contribution over the mean feature's, per component and fold and over folds.

    Returns
    -------
    DataFrame
        component, fold (-1: mean over the folds that have the component), feature, share.
    """
    table = contributions[["component", "fold", "feature", "absolute"]].copy()
    mean = table.groupby(["component", "fold"])["absolute"].transform("mean")
    table["share"] = (table["absolute"] / mean.where(mean > 0)).fillna(1.0)
    consensus = table.groupby(["component", "feature"], as_index=False)["share"].mean().assign(fold=CONSENSUS)
    names = ["component", "fold", "feature", "share"]
    return pd.concat([consensus[names], table[names]], ignore_index=True)


def null_p(observed: np.ndarray, null: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far shares lie above what shuffled pairings give.

    Each feature is standardised by the mean and SD of its own shares over replicates and
    components, and the median feature of each component is put at zero: shares have a fixed mean,
    so strong features push all others below what they have under the null (the location of an
    empirical null, Efron 2004). p is the share of all standardised null values, of all features
    together, that reach it. A null value is standardised by the other replicates, as an observed
    one is.

    Parameters
    ----------
    observed
        [features, components].
    null
        [replicates, features, null components]; NaN where a replicate has fewer components.

    Returns
    -------
    z, p : [features, components].
    """
    z = _standardise(observed, null)
    pool = np.sort(null_scores(null).ravel())
    pool = pool[~np.isnan(pool)]
    reached = len(pool) - np.searchsorted(pool, z - 1e-12)
    return z, (1 + reached) / (1 + len(pool))


def null_scores(null: np.ndarray) -> np.ndarray:
    """The null's own standardised shares [replicates, features, components], each by the other replicates."""
    others = [np.delete(null, replicate, axis=0) for replicate in range(len(null))]
    return np.stack([_standardise(own, rest) for own, rest in zip(null, others, strict=True)])


def calibration(null: np.ndarray, level: float) -> float:
    """Share of null features called at p < `level`, each replicate judged by all others."""
    called = [
        null_p(own, np.delete(null, replicate, axis=0))[1][~np.isnan(own)] < level for replicate, own in enumerate(null)
    ]
    return float(np.concatenate(called).mean())


def adjusted(p: np.ndarray) -> np.ndarray:
    """Benjamini-Hochberg q of each component's features, [features, components]."""
    return np.stack([false_discovery_control(column) for column in p.T], axis=1)


def share_array(table: pd.DataFrame, features: Sequence[str], components: int) -> np.ndarray:
    """Shares of one replicate and fold as [features, components], NaN where it has fewer components."""
    wide = table.pivot(index="feature", columns="component", values="share")
    array: np.ndarray = wide.reindex(index=list(features), columns=range(1, components + 1)).to_numpy(float)
    return array


def _standardise(values: np.ndarray, null: np.ndarray) -> np.ndarray:
    mean = np.nanmean(null, axis=(0, 2))[:, None]
    sd = np.nanstd(null, axis=(0, 2), ddof=1)[:, None]
    z: np.ndarray = (values - mean) / np.maximum(sd, 1e-9)
    there = ~np.isnan(z).all(axis=0)  # a replicate may have fewer components
    z[:, there] -= np.nanmedian(z[:, there], axis=0)
    return z
