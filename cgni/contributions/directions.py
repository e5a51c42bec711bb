"""Directions of what is called: alleles, regions, variates and the outcome in people whom no fold has seen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.contributions.called import called_features
from cgni.contributions.estimates import (
    Adjustment,
    Slopes,
    false_discovery_rates,
    mean_slope,
    slopes,
    unseen_variates,
)
from cgni.contributions.schemas_claims import DIRECTIONS

# what is estimated; the last two are means over pairs of a called SNP and a region
KINDS = (
    "variate_outcome",
    "allele_outcome",
    "region_outcome",
    "region_variate",
    "allele_region",
    "gene_region",
    "alleles_region",
)
# of them those that look at regions
REGION_KINDS = ("region_outcome", "region_variate", "allele_region", "gene_region", "alleles_region")
WM_SCORE, CALLED_SNPS, CALLED_REGIONS = "outcome", "called SNPs", "called regions"
INCREASE, DECREASE, UNCERTAIN = "increase", "decrease", "uncertain"
_PER_TARGET = ["estimate", "se", "low", "high", "p"]


@dataclass(frozen=True, eq=False)
class Measures:
    """What is measured of people, no model in between.

    Attributes
    ----------
    participants : the participants table.
    counts : minor alleles of the SNPs, index participant ids, columns variant ids, missing where unknown.
    regions : mean gray matter, index participant ids, columns the atlas's regions; or the features of a table.
    genes : variant_id, gene_id, symbol (`genetics.schemas.SNP_GENES`).
    confound_components : `confounds.components`.
    """

    participants: pd.DataFrame
    counts: pd.DataFrame
    regions: pd.DataFrame
    genes: pd.DataFrame
    confound_components: int


@dataclass(frozen=True)
class Called:
    """Names of the SNPs and regions called in any component, and the numbers of the gated components."""

    snps: Sequence[str]
    regions: Sequence[str]
    components: Sequence[int]

    @classmethod
    def of(cls, contributions: pd.DataFrame, gated: Sequence[int]) -> "Called":
        """From `schemas.CONTRIBUTIONS`."""
        snps, regions = (
            sorted(called_features(contributions, view)["feature"].unique()) for view in (GENETICS, IMAGING)
        )
        return cls(snps, regions, gated)


def estimate_directions(variates: pd.DataFrame, called: Called, measures: Measures) -> pd.DataFrame:
    """Partial correlations with 95 % intervals of everything a direction is claimed of (`DIRECTIONS`).

    They are estimated in development people by the one fold that has not seen them, and in the
    holdout; the features were called in the former, so that the latter alone are free of selection.

    Parameters
    ----------
    variates
        `scca.schemas.VARIATES`.
    """
    parts = []
    for people, components in unseen_variates(variates).items():
        if not components:
            continue
        ids = pd.Index(sorted({name for own in components.values() for name in own.index}))
        group = _Group.of(ids, called, measures)
        rows = [*_variate_rows(components, group), *_feature_rows(called, group), *_mean_rows(called, group, measures)]
        rows += _region_variate_rows(components, called, group)
        parts += [table.assign(people=people) for table in rows]
    if not parts:
        return DIRECTIONS.empty_table().to_pandas()
    table = pd.concat(parts, ignore_index=True)
    table["q"] = table.groupby(["kind", "people"])["p"].transform(false_discovery_rates)
    sides = [table["low"] > 0, table["high"] < 0]
    table["direction"] = np.select(sides, [INCREASE, DECREASE], UNCERTAIN)
    table["component"] = table["component"].astype("Int8")
    table["positive"] = table["positive"].astype("Int64")
    table["order"] = table["kind"].map(KINDS.index)
    table = table.sort_values(["order", "people", "component", "feature", "target"], kind="stable")
    return table[DIRECTIONS.names].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class _Group:
    """Unseen people with what is estimated in them: called SNPs, all regions, the score; confounds and families."""

    ids: pd.Index
    snps: pd.DataFrame
    regions: pd.DataFrame
    score: np.ndarray
    adjustment: Adjustment

    @classmethod
    def of(cls, ids: pd.Index, called: Called, measures: Measures) -> "_Group":
        snps = measures.counts.reindex(index=ids, columns=list(called.snps)).astype("float64")
        score = measures.participants.set_index("participant_id").loc[ids, WM_SCORE].astype("float64")
        return cls(
            ids=ids,
            snps=snps.fillna(snps.mean()).fillna(0.0),
            regions=measures.regions.loc[ids],
            score=score.to_numpy(),
            adjustment=Adjustment.of(measures.participants, ids, measures.confound_components),
        )


def _of_score(values: np.ndarray, score: np.ndarray, adjustment: Adjustment) -> tuple[Slopes, int]:
    """Slopes of the score on columns of [people, columns], in those who have one; their number."""
    known = np.flatnonzero(~np.isnan(score))
    return slopes(values[known], score[known], adjustment.of_rows(known)), len(known)


def _variate_rows(components: Mapping[int, pd.DataFrame], group: _Group) -> Iterable[pd.DataFrame]:
    """Score on the variates; a component that some folds lack is estimated in the people of the others."""
    for number, own in components.items():
        rows = group.ids.get_indexer(own.index)
        found = _of_score(own.to_numpy(), group.score[rows], group.adjustment.of_rows(rows))
        yield _table("variate_outcome", list(VIEWS), WM_SCORE, found, number)


def _feature_rows(called: Called, group: _Group) -> Iterable[pd.DataFrame]:
    """Score on called SNPs and regions, called regions on called SNPs."""
    chosen = group.regions[list(called.regions)]
    for kind, features, values in (
        ("allele_outcome", called.snps, group.snps),
        ("region_outcome", called.regions, chosen),
    ):
        yield _table(kind, features, WM_SCORE, _of_score(values.to_numpy(), group.score, group.adjustment))
    for region in called.regions:
        found = slopes(group.snps.to_numpy(), chosen[region].to_numpy(), group.adjustment)
        yield _table("allele_region", called.snps, region, (found, len(group.ids)))


def _region_variate_rows(
    components: Mapping[int, pd.DataFrame], called: Called, group: _Group
) -> Iterable[pd.DataFrame]:
    """Every region against the genetic variate of gated components: an evidence that no strong region disturbs."""
    for number in (number for number in called.components if number in components):
        own = components[number]
        rows = group.ids.get_indexer(own.index)
        found = slopes(group.regions.to_numpy()[rows], own[GENETICS].to_numpy(), group.adjustment.of_rows(rows))
        yield _table("region_variate", list(group.regions.columns), f"{GENETICS} variate", (found, len(rows)), number)


def _mean_rows(called: Called, group: _Group, measures: Measures) -> Iterable[pd.DataFrame]:
    """Means over a gene's called SNPs and all called regions, and over all called SNPs and one region."""
    if not len(called.snps) or not len(called.regions):
        return
    own = measures.genes[measures.genes["variant_id"].isin(called.snps)]
    own = own.assign(name=own["symbol"].fillna(own["gene_id"]))
    pairs = [
        ("gene_region", str(gene), CALLED_REGIONS, sorted(part["variant_id"].unique()), list(called.regions))
        for gene, part in own.groupby("name")
    ]
    pairs += [("alleles_region", CALLED_SNPS, region, list(called.snps), [region]) for region in called.regions]
    for kind, feature, target, snps, regions in pairs:
        x, y = group.snps[snps].to_numpy(), group.regions[regions].to_numpy()
        table = _table(kind, [feature], target, (mean_slope(x, y, group.adjustment), len(group.ids)))
        r = group.adjustment.standardised(x).T @ group.adjustment.standardised(y)
        yield table.assign(pairs=r.size, positive=int((r > 0).sum()))


def _table(
    kind: str, features: Sequence[str], target: str, found: tuple[Slopes, int], component: int | None = None
) -> pd.DataFrame:
    estimates: dict[str, Any] = {name: getattr(found[0], name) for name in _PER_TARGET}
    facts = {"kind": kind, "component": component, "target": target, "n": found[1], "pairs": 1, "positive": None}
    return pd.DataFrame({"feature": pd.Series(list(features), dtype=object), **estimates}).assign(**facts)
