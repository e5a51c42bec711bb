"""Whether claims of one study hold in another cohort: direction, size, and what both say together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from cgni.application.archive import Archive
from cgni.application.claim_estimates import ClaimPeople, estimate_claims
from cgni.application.claims import with_p
from cgni.application.schemas import MEAN, REPLICATION
from cgni.contributions.estimates import false_discovery_rates, holdout_variates

LEVEL = 0.05
_KEY = ["kind", "component", "name", "target"]
_ESTIMATES = ["n", "estimate", "se", "low", "high", "p"]


def replication_table(study: pd.DataFrame, cohort: pd.DataFrame) -> pd.DataFrame:
    """Both estimates of every claim, and whether it replicates (`schemas.REPLICATION`).

    A claim replicates when the cohort's estimate has the study's direction and its one-sided p, after
    Benjamini and Hochberg within the kind, is at most .05. Beside it the power that the cohort had, were the study's
    estimate the truth, the p of equal sizes, and the random-effects estimate of both.

    Parameters
    ----------
    study, cohort
        `schemas.CLAIMS`, the same claims in the same order.
    """
    table = study[_KEY].reset_index(drop=True)
    for name in _ESTIMATES:
        table[f"{name}_study"], table[name] = study[name].to_numpy(), cohort[name].to_numpy()
    nothing = study["nothing"].to_numpy(float)
    before, here = table["estimate_study"].to_numpy(float), table["estimate"].to_numpy(float)
    se_before, se_here = (_positive(table[name].to_numpy(float)) for name in ("se_study", "se"))
    side = np.sign(before - nothing)
    known = ~np.isnan(before) & ~np.isnan(here)
    p = norm.sf(side * (here - nothing) / se_here)
    table["same_direction"] = pd.array(side * (here - nothing) > 0, dtype="boolean")
    table["same_direction"] = table["same_direction"].mask(~known)
    table["p_replication"] = np.where(known, p, np.nan)
    table["q"] = table.groupby("kind")["p_replication"].transform(false_discovery_rates)
    table["replicated"] = (table["q"] <= LEVEL) & table["same_direction"].fillna(False).astype(bool)
    table["power"] = norm.sf(norm.isf(LEVEL) - np.abs(before - nothing) / se_here)
    table["p_size"] = 2 * norm.sf(np.abs(before - here) / np.hypot(se_before, se_here))
    pooled = random_effects(np.stack([before, here]), np.stack([se_before, se_here]))
    half = norm.isf(0.025) * pooled.se
    table["pooled"], table["tau2"] = pooled.estimate, pooled.tau2
    table["pooled_low"], table["pooled_high"] = pooled.estimate - half, pooled.estimate + half
    table["pooled_p"] = 2 * norm.sf(np.abs(pooled.estimate - nothing) / pooled.se)
    return table[REPLICATION.names]


def replicate_claims(bundle: Archive, tables: Mapping[str, pd.DataFrame], regions: pd.DataFrame) -> pd.DataFrame:
    """The claims of a bundle's study against their estimates in another cohort (`schemas.REPLICATION`).

    Parameters
    ----------
    tables
        Of the cohort: participants, genotypes, variates (`schemas.APPLIED_VARIATES`), scores
        (`schemas.APPLIED_SCORES`).
    regions
        Mean gray matter of its people (`maps.cohort_regions`).
    """
    study = bundle.table("claims.parquet")
    of_folds = tables["variates"][tables["variates"]["fold"] != MEAN]
    people = ClaimPeople(
        participants=tables["participants"],
        variates=holdout_variates(of_folds.assign(part="holdout")),
        counts=tables["genotypes"].set_index("participant_id"),
        regions=regions,
        confound_components=bundle.json("config.json")["confounds"]["components"],
    )
    claims, scores = study[study["kind"] != "score"], study[study["kind"] == "score"]
    own = tables["scores"].set_index("metric").reindex(scores["name"]).reset_index()
    here = scores.assign(
        n=own["people"].fillna(0).astype("int64").to_numpy(),
        estimate=own["value"].to_numpy(),
        **{name: own[name].to_numpy() for name in ("se", "low", "high")},
    )
    return replication_table(study, pd.concat([estimate_claims(claims, people), with_p(here)]).loc[study.index])


@dataclass(frozen=True, eq=False)
class Pooled:
    """Random-effects estimates, their standard errors and the variance between cohorts, float [estimates]."""

    estimate: np.ndarray
    se: np.ndarray
    tau2: np.ndarray


def random_effects(estimates: np.ndarray, se: np.ndarray) -> Pooled:
    """Estimates of several cohorts together, by DerSimonian and Laird (1986).

    statsmodels' `combine_effects` lets the variance between cohorts fall below 0, and two cohorts often do.

    Parameters
    ----------
    estimates, se
        float [cohorts, estimates]; an estimate that some cohort lacks is unknown.
    """
    weights = 1 / se**2
    total = weights.sum(axis=0)
    fixed = (weights * estimates).sum(axis=0) / total
    heterogeneity = (weights * (estimates - fixed) ** 2).sum(axis=0)
    scale = total - (weights**2).sum(axis=0) / total
    tau2 = np.maximum((heterogeneity - (len(estimates) - 1)) / scale, 0.0)
    mixed = 1 / (se**2 + tau2)
    return Pooled((mixed * estimates).sum(axis=0) / mixed.sum(axis=0), np.sqrt(1 / mixed.sum(axis=0)), tau2)


def replication_summary(table: pd.DataFrame) -> pd.DataFrame:
    """By kind: claims, those that could be estimated, of one direction, replicated, and expected by their power."""
    rows = []
    for kind, own in table.groupby("kind", sort=False):
        known = own[own["p_replication"].notna()]
        same = int(known["same_direction"].sum())
        rows.append((kind, len(own), len(known), same, int(known["replicated"].sum()), float(known["power"].sum())))
    return pd.DataFrame(rows, columns=["kind", "claims", "estimated", "same_direction", "replicated", "expected"])


def _positive(se: np.ndarray) -> np.ndarray:
    """Standard errors; what is none is unknown."""
    return np.where(se > 0, se, np.nan)
