"""From occlusion to called regions and SNPs: the published rule, the permutation null, consensus over folds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.views import GENETICS, VIEWS
from cgni.contributions.called import CONSENSUS
from cgni.contributions.null import adjusted, calibration, null_p, share_array, shares
from cgni.contributions.schemas import CALIBRATION, NULL_SHARES
from cgni.contributions.settings import ContributionSettings


@dataclass(frozen=True, eq=False)
class Calls:
    """Contributions with what is called (`schemas.CONTRIBUTIONS`), and what is called of nothing (`CALIBRATION`)."""

    contributions: pd.DataFrame
    calibration: pd.DataFrame


def call_features(
    occlusion: Mapping[str, pd.DataFrame],
    null: Sequence[pd.DataFrame],
    genotypes: pd.DataFrame,
    settings: ContributionSettings,
) -> Calls:
    """What both rules call among the features of each view, per fold and as consensus.

    Parameters
    ----------
    occlusion
        Each view's contributions of all folds (`occlusion.schemas.OCCLUSION`).
    null
        Batches of `schemas.NULL_SHARES`; none: no p.
    genotypes
        participant_id and the SNPs' counts of the allele, for linkage.
    """
    together = pd.concat(null, ignore_index=True) if null else pd.DataFrame(columns=NULL_SHARES.names)
    tables, checks = [], []
    for view in VIEWS:
        background = together[together["view"] == view]
        summary = summarise(occlusion[view], settings.sd[view])
        table = judge(summary, background, settings.rule, settings.fdr)
        lead = _leads(table, genotypes, settings.ld_r2) if view == GENETICS else table["called"]
        tables.append(table.assign(view=view, lead=lead))
        checks += calibration_rows(background, view, settings.sd[view], settings.fdr)
    return Calls(pd.concat(tables, ignore_index=True), pd.DataFrame(checks, columns=CALIBRATION.names))


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


def judge(summary: pd.DataFrame, null: pd.DataFrame, rule: str, fdr: float) -> pd.DataFrame:
    """Add null_z, p, q, called_null, called and selection_frequency to `summarise`'s table.

    Parameters
    ----------
    null
        The view's rows of `schemas.NULL_SHARES`; empty: no p, and the published rule alone.
    rule
        `sd` or `permutation`: which of the two calls decides `called`.
    """
    parts = []
    for fold, own in summary.groupby("fold"):
        features, components = sorted(own["feature"].unique()), int(own["component"].max())
        background = null_array(null[null["fold"] == fold], features)
        own = own.assign(null_z=np.nan, p=np.nan, q=np.nan)
        if len(background):
            z, p = null_p(share_array(own, features, components), background)
            places = pd.Index(features).get_indexer(own["feature"]), own["component"].to_numpy() - 1
            own = own.assign(null_z=z[places], p=p[places], q=adjusted(p)[places])
        parts.append(own)
    table = pd.concat(parts)
    table["called_null"] = table["q"] <= fdr
    table["called"] = table["called_sd"] if rule == "sd" else table["called_null"]
    frequency = table[table["fold"] != CONSENSUS].groupby(["component", "feature"])["called"].mean()
    table = table.join(frequency.rename("selection_frequency"), on=["component", "feature"])
    table.loc[table["fold"] != CONSENSUS, "selection_frequency"] = np.nan
    return table.sort_values(["component", "fold", "feature"]).reset_index(drop=True)


def null_array(null: pd.DataFrame, features: Sequence[str]) -> np.ndarray:
    """Shares [replicates, features, components] of one fold's null rows, NaN where a component is missing."""
    if null.empty:
        return np.empty((0, len(features), 0))
    components = int(null["component"].max())
    return np.stack([share_array(own, features, components) for _, own in null.groupby("replicate")])


def calibration_rows(
    null: pd.DataFrame, view: str, threshold_sd: float, fdr: float
) -> list[tuple[str, str, float, str]]:
    """What both rules call where nothing is to be found (`schemas.CALIBRATION`).

    Each null replicate's consensus stands in for the study and is judged by all other replicates.
    Features are counted once over components.

    Parameters
    ----------
    null
        The view's rows of `schemas.NULL_SHARES`; fewer than three replicates: no rows.
    """
    own = null[null["fold"] == CONSENSUS]
    background = null_array(own, sorted(own["feature"].unique()))
    if len(background) < 3:
        return []
    by_null = []
    for replicate in range(len(background)):
        observed = background[replicate][:, ~np.isnan(background[replicate]).all(axis=0)]
        q = adjusted(null_p(observed, np.delete(background, replicate, axis=0))[1])
        by_null.append((q <= fdr).any(axis=1).sum())
    by_sd = own[own["z"].abs() > threshold_sd].groupby("replicate")["feature"].nunique()
    any_call = float(np.mean(np.array(by_null) > 0))
    quantities = [
        ("share of null features with p < .05", calibration(background, 0.05), "0.03 to 0.07"),
        ("features called in a null replicate by permutation, mean", float(np.mean(by_null)), "near 0"),
        ("null replicates with any call by permutation", any_call, f"{fdr:g} a component"),
        ("features called in a null replicate by the SD rule, mean", by_sd.sum() / len(background), "0"),
    ]
    return [(view, *quantity) for quantity in quantities]


def lead_snps(called: pd.DataFrame, counts: np.ndarray, variants: Sequence[str], r2: float) -> set[str]:
    """Of called SNPs those not linked to a stronger one: linkage counts once.

    Parameters
    ----------
    called
        feature and share of called SNPs; the largest share leads.
    counts
        float [people, SNPs], no missing values.
    r2
        Squared correlation from which on two SNPs are linked.
    """
    ordered = called.sort_values("share", ascending=False)["feature"].drop_duplicates().tolist()
    if not ordered:
        return set()
    index = {variant: column for column, variant in enumerate(variants)}
    values = counts[:, [index[snp] for snp in ordered]]
    linked = np.nan_to_num(np.atleast_2d(np.corrcoef(values, rowvar=False)) ** 2) >= r2
    leads: list[int] = []
    for number in range(len(ordered)):
        if not any(linked[number, lead] for lead in leads):
            leads.append(number)
    return {ordered[number] for number in leads}


def _leads(table: pd.DataFrame, genotypes: pd.DataFrame, r2: float) -> pd.Series:
    """Whether each row of SNPs is called and not linked to a stronger call of its component and fold."""
    counts = genotypes.set_index("participant_id").astype("float64")
    values, variants = counts.fillna(counts.mean()).to_numpy(), list(counts.columns)
    lead = table["called"].copy()
    for _, rows in table[table["called"]].groupby(["component", "fold"]):
        lead.loc[rows.index] = rows["feature"].isin(lead_snps(rows, values, variants, r2))
    return lead


def _z(values: pd.Series) -> pd.Series:
    spread = values.std(ddof=0)
    return (values - values.mean()) / spread if spread > 0 else values * 0.0
