"""From occlusion to called regions and SNPs: the published rule, the permutation null, consensus over folds."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from cgni.base.views import VIEWS
from cgni.contributions.calibration import calibration_rows
from cgni.contributions.called import CONSENSUS, SUBSPACE
from cgni.contributions.components import gated_components
from cgni.contributions.null import can_judge, mean_of_known, null_arrays, null_p, share_array, shares
from cgni.contributions.schemas import CALIBRATION, NULL_SHARES
from cgni.contributions.settings import ContributionSettings
from cgni.contributions.subspace import subspace_null, subspace_rows

# Of a view's features: as many count as the strongest of a fold where none is called.
_STRONGEST = 0.05


@dataclass(frozen=True, eq=False)
class Calls:
    """Contributions with what is called (`schemas.CONTRIBUTIONS`), and what is called of nothing (`CALIBRATION`)."""

    contributions: pd.DataFrame
    calibration: pd.DataFrame


def call_features(
    occlusion: Mapping[str, pd.DataFrame],
    null: Sequence[pd.DataFrame],
    tests: pd.DataFrame,
    settings: ContributionSettings,
) -> Calls:
    """What both rules call among the features of each view.

    Parameters
    ----------
    occlusion
        Each view's contributions of all folds (`occlusion.schemas.OCCLUSION`).
    null
        Batches of `schemas.NULL_SHARES`; none: no p.
    tests
        The components, and which of them are gated (`schemas.COMPONENT_TESTS`).
    """
    together = _together(null)
    return Calls(
        called_table(occlusion, null, tests, settings),
        pd.DataFrame(calibration_rows(together, settings), columns=CALIBRATION.names),
    )


def called_table(
    occlusion: Mapping[str, pd.DataFrame],
    null: Sequence[pd.DataFrame],
    tests: pd.DataFrame,
    settings: ContributionSettings,
) -> pd.DataFrame:
    """What both rules call (`schemas.CONTRIBUTIONS`) among the features of the views that `occlusion` holds.

    The false discovery rate is over these views: of a further atlas over its own regions alone.
    """
    together, gated = _together(null), gated_components(tests)
    logging.info("%d of %d components have a study-wide p of at most %g", len(gated), len(tests), settings.gate)
    if not gated:
        logging.info("features are called in significant components alone: the permutation rule calls nothing")
    tables = []
    for view in (view for view in VIEWS if view in occlusion):
        summary = summarise(occlusion[view], settings.sd[view])
        whole = subspace_rows(summary, gated)
        summary = pd.concat([whole, summary], ignore_index=True) if len(whole) else summary
        tables.append(judge(summary, together[together["view"] == view], len(gated)).assign(view=view))
    return decide(pd.concat(tables, ignore_index=True), gated, settings)


def _together(null: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All batches of null shares as one table."""
    return pd.concat(null, ignore_index=True) if null else pd.DataFrame(columns=NULL_SHARES.names)


def summarise(occlusion: pd.DataFrame, threshold_sd: float) -> pd.DataFrame:
    """Contributions with z over features and the published rule, per fold and as consensus.

    A feature is `called_sd` when its signed contribution lies more than `threshold_sd` SD from the
    mean over features (study A8). Before folds are averaged each fold's contributions are divided
    by their SD over features, because variates of different folds have different scales. The
    direction is the sign of the feature's correlation with the canonical variate among the people
    of the occlusion (B24).

    Parameters
    ----------
    occlusion
        One view's rows of all folds (`occlusion.schemas.OCCLUSION`).

    Returns
    -------
    DataFrame
        component, fold, feature, contribution, absolute, z, share, called_sd, direction; sorted.
    """
    folds = occlusion[["feature", "component", "fold", "contribution", "absolute", "correlation"]].copy()
    groups = folds.groupby(["component", "fold"])
    spread = groups["contribution"].transform(lambda values: values.std(ddof=0)).replace(0.0, np.nan)
    folds["scaled"] = (folds["contribution"] / spread).fillna(0.0)
    folds["z"] = groups["contribution"].transform(_z)
    means = ["contribution", "absolute", "correlation", "scaled"]
    consensus = folds.groupby(["component", "feature"])[means].mean().reset_index()
    consensus["z"] = consensus.groupby("component")["scaled"].transform(_z)
    table = pd.concat([consensus.assign(fold=CONSENSUS), folds])
    table["called_sd"] = table["z"].abs() > threshold_sd
    table["direction"] = np.select(
        [table["correlation"] > 0, table["correlation"] < 0], ["increase", "decrease"], "none"
    )
    keys = ["component", "fold", "feature"]
    table = table.drop(columns=["scaled", "correlation"]).merge(shares(occlusion), on=keys)
    return table.sort_values(keys).reset_index(drop=True)


def judge(summary: pd.DataFrame, null: pd.DataFrame, gated: int) -> pd.DataFrame:
    """Add null_z and p to `summarise`'s table, per fold and as consensus; NaN without a null.

    Parameters
    ----------
    summary
        May hold rows of component 0 (`subspace.subspace_rows`).
    null
        The view's rows of `schemas.NULL_SHARES`.
    gated
        How many components the subspace has.
    """
    features = sorted(summary["feature"].unique())
    arrays = null_arrays(null, features)
    backgrounds = {(fold, False): own for fold, own in arrays.items()}
    backgrounds |= {(fold, True): own for fold, own in _subspace_backgrounds(arrays, gated).items()}
    parts = []
    for (fold, whole), own in summary.groupby(["fold", summary["component"] == SUBSPACE]):
        background = backgrounds.get((fold, whole), np.empty((0, len(features), 0)))
        own = own.assign(null_z=np.nan, p=np.nan)
        if can_judge(background):
            # component 0 is the only one of its table, and stands in the first column of its array
            columns = np.ones(len(own), int) if whole else own["component"].to_numpy(int)
            observed = share_array(own.assign(component=columns), features, int(columns.max()))
            z, p = null_p(observed, background)
            places = pd.Index(features).get_indexer(own["feature"]), columns - 1
            own = own.assign(null_z=z[places], p=p[places])
        parts.append(own)
    return pd.concat(parts).sort_values(["component", "fold", "feature"]).reset_index(drop=True)


def decide(table: pd.DataFrame, gated: Collection[int], settings: ContributionSettings) -> pd.DataFrame:
    """Add q, called_null, called and stability to both views' judged tables, one below the other.

    One Benjamini-Hochberg runs over all pairs of a gated component and a feature, of both views
    together, so that `fdr` is the rate of everything called in components. Component 0 asks another
    question of the same features and has a Benjamini-Hochberg of its own, over both views too. Both
    are of the consensus: fold rows, and components that are not gated, keep p and have no q.

    Stability is the share of folds (of those that have the component) in which a feature is among
    the m strongest of its view, where m features of the view are called in the component, or 5 % of
    them where none is. Strongest is what the rule in force goes by: |z| under `sd`, otherwise null_z.
    A feature drawn at random has m of all features as its chance level; one that is called was drawn
    by the same folds and lies above it even when it is false.
    """
    consensus = (table["fold"] == CONSENSUS) & table["p"].notna()
    q = pd.Series(np.nan, index=table.index)
    for tested in (table["component"].isin(gated), table["component"] == SUBSPACE):
        rows = consensus & tested
        if rows.any():
            q[rows] = false_discovery_control(table.loc[rows, "p"])
    table = table.assign(q=q, called_null=q <= settings.fdr)
    table["called"] = table["called_sd"] if settings.rule == "sd" else table["called_null"]
    by_null = (table["component"] == SUBSPACE) | (settings.rule == "permutation")
    strength = table["null_z"].where(by_null).fillna(table["z"].abs())
    return table.assign(stability=_stability(table, strength))


def _stability(table: pd.DataFrame, strength: pd.Series) -> pd.Series:
    """See `decide`; NaN in rows of folds."""
    in_folds = table["fold"] != CONSENSUS
    keys = ["view", "component"]
    sizes = table[~in_folds].groupby(keys)["called"].agg(["sum", "size"])
    first = sizes["sum"].where(sizes["sum"] > 0, np.ceil(_STRONGEST * sizes["size"])).rename("first")
    folds = table[in_folds].join(first, on=keys)
    rank = strength[in_folds].groupby([folds[key] for key in [*keys, "fold"]]).rank(ascending=False, method="max")
    share = (rank <= folds["first"]).groupby([folds[key] for key in [*keys, "feature"]]).mean().rename("stability")
    found = table[[*keys, "feature"]].join(share, on=[*keys, "feature"])["stability"]
    return found.mask(in_folds)


def _subspace_backgrounds(arrays: Mapping[int, np.ndarray], gated: int) -> dict[int, np.ndarray]:
    """Null arrays [replicates, features, runs] of component 0 by fold; the consensus is the mean over folds."""
    folds = {fold: subspace_null(own, gated) for fold, own in arrays.items() if fold != CONSENSUS}
    folds = {fold: own for fold, own in folds.items() if own.shape[-1]}
    return {CONSENSUS: mean_of_known(list(folds.values())), **folds} if folds else {}


def _z(values: pd.Series) -> pd.Series:
    spread = values.std(ddof=0)
    return (values - values.mean()) / spread if spread > 0 else values * 0.0
