"""The permutation null of contributions (study B23): whole analyses of shuffled pairings."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cgni.base.seeds import derive_seed
from cgni.cohort.strata import pc_strata
from cgni.contributions.called import CONSENSUS
from cgni.scca.matching import exchange_blocks

HOLDOUT_FOLD = -1


def shuffled_genotypes(
    ids: pd.Index, participants: pd.DataFrame, splits: pd.DataFrame, seed: int, replicate: int
) -> np.ndarray:
    """Whose genotypes each person gets in a replicate, as row numbers of `ids`.

    One shuffle serves all folds, as one cohort does. Genotypes move between people alike in ancestry
    flag and genetic principal components (`cohort.strata.pc_strata`), within the validation part they
    belong to, so that no fold's fit sees the genotypes of its validation people. Whole families trade
    places with families of their size; a family's first member says where its components lie, and
    where families of a size are few their strata are wider, but never across the ancestry flag.
    People of the holdout keep theirs: nothing of a replicate looks at them.
    """
    people = participants.set_index("participant_id").loc[ids]
    parts = splits.set_index("participant_id").loc[ids]
    fold = parts["fold"].where(parts["role"] == "development", HOLDOUT_FOLD).to_numpy(int)
    flags, families = people["largest_ancestry"].to_numpy(bool), people["family"].to_numpy()
    rng = np.random.default_rng(derive_seed(seed, "null", replicate))
    order = np.arange(len(ids))
    for part in np.unique(fold[fold != HOLDOUT_FOLD]):
        members = np.flatnonzero(fold == part)
        for block in exchange_blocks(flags[members], families[members]):  # [families, people of a family]
            alike = members[block]
            strata = pc_strata(participants, ids[alike[:, 0]])
            for stratum in np.unique(strata):
                exchanged = alike[strata == stratum]
                order[exchanged] = rng.permutation(exchanged)
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
    mean, sd = np.nanmean(null, axis=(0, 2)), np.nanstd(null, axis=(0, 2), ddof=1)
    z = _standardise(observed, mean[:, None], sd[:, None])
    pool = np.sort(null_scores(null).ravel())
    pool = pool[~np.isnan(pool)]
    reached = len(pool) - np.searchsorted(pool, z - 1e-12)
    return z, (1 + reached) / (1 + len(pool))


def can_judge(null: np.ndarray) -> bool:
    """Whether each replicate of a null [replicates, features, components] can be judged by two values of the others."""
    known = (~np.isnan(null)).any(axis=1).sum(axis=1)
    return bool(known.sum() - known.max(initial=0) >= 2)


def null_scores(null: np.ndarray) -> np.ndarray:
    """The null's own standardised shares [replicates, features, components], each by the other replicates."""
    known, centre = ~np.isnan(null), np.nanmean(null, axis=(0, 2))[:, None]
    away = np.where(known, null - centre, 0)
    counts, sums, squares = known.sum(axis=2), away.sum(axis=2), (away**2).sum(axis=2)
    counts, sums, squares = (own.sum(axis=0) - own for own in (counts, sums, squares))  # of the others
    enough = np.where(counts > 1, counts, np.nan)
    mean, sd = centre[:, 0] + sums / enough, np.sqrt((squares - sums**2 / enough) / (enough - 1))
    return _standardise(null, mean[:, :, None], sd[:, :, None])


def calibration(null: np.ndarray, level: float) -> float:
    """Share of null features called at p < `level`, each replicate judged by all others."""
    called = [
        null_p(own, np.delete(null, replicate, axis=0))[1][~np.isnan(own)] < level for replicate, own in enumerate(null)
    ]
    return float(np.concatenate(called).mean())


def null_arrays(null: pd.DataFrame, features: Sequence[str]) -> dict[int, np.ndarray]:
    """Shares of null replicates (rows of one view of `schemas.NULL_SHARES`) by fold, -1 the consensus.

    Returns
    -------
    Arrays [replicates, features, components] of one shape, replicates ascending; NaN where there is no share.
    """
    replicates = pd.Index(sorted(null["replicate"].unique()))
    components = int(null["component"].max()) if len(null) else 0
    arrays = {}
    for fold in null["fold"].unique():
        own = null[null["fold"] == fold]
        array = np.full((len(replicates), len(features), components), np.nan)
        rows, columns = replicates.get_indexer(own["replicate"]), pd.Index(features).get_indexer(own["feature"])
        array[rows, columns, own["component"].to_numpy(int) - 1] = own["share"]
        arrays[int(fold)] = array
    return arrays


def share_array(table: pd.DataFrame, features: Sequence[str], components: int) -> np.ndarray:
    """Shares of one replicate and fold as [features, components], NaN where it has fewer components."""
    wide = table.pivot(index="feature", columns="component", values="share")
    array: np.ndarray = wide.reindex(index=list(features), columns=range(1, components + 1)).to_numpy(float)
    return array


def mean_of_known(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Mean over arrays of one shape of the values that are not NaN; NaN where none is."""
    stacked = np.stack(arrays)
    known = ~np.isnan(stacked)
    counts = known.sum(axis=0)
    mean: np.ndarray = np.where(counts > 0, np.where(known, stacked, 0).sum(axis=0) / np.maximum(counts, 1), np.nan)
    return mean


def _standardise(values: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Of [..., features, components], the median feature at zero; columns of NaN stay so."""
    z = (values - mean) / np.maximum(sd, 1e-9)
    centred: np.ndarray = z - np.median(z, axis=-2, keepdims=True)
    return centred
