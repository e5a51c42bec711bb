"""Which genes a study would have found without any effect: those of the strongest SNPs of its null replicates."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cgni.base.views import GENETICS
from cgni.contributions.called import CONSENSUS
from cgni.contributions.null import can_judge, null_arrays, null_scores
from cgni.enrichment.schemas import ALL_COMPONENTS

Draws = Mapping[int, Sequence[frozenset[str]]]


def null_draws(
    null: Sequence[pd.DataFrame], called: Mapping[int, int], snp_genes: pd.DataFrame, rule: str
) -> dict[int, list[frozenset[str]]]:
    """Genes of as many SNPs as are called, the strongest ones of every null replicate.

    A component is drawn once for each component of each replicate, and all of them together once a replicate, by each
    SNP's largest value over the replicate's components. So a draw has the SNPs per gene and the linkage of a real
    result, and knows nothing of the pairing. SNPs are ranked by what the rule goes by: the standardised share, or
    the absolute z of the published rule. Of equal ones the first in alphabetical order.

    Parameters
    ----------
    null
        Batches of `contributions.schemas.NULL_SHARES`; none: no draws.
    called
        Component (or `ALL_COMPONENTS`) to its number of called SNPs; one without any has no draws.
    snp_genes
        variant_id and gene_id of the tested SNPs, one row a pair.
    rule
        `contributions.rule`.

    Returns
    -------
    Component to sets of gene ids; lists are empty where the replicates are too few to rank SNPs by.
    """
    strengths = _strengths(null, sorted(snp_genes["variant_id"].unique()), rule)
    genes = snp_genes.groupby("variant_id")["gene_id"].agg(frozenset)
    of_snp = [genes[snp] for snp in sorted(genes.index)]
    found = {}
    for component, count in called.items():
        ranked = _largest(strengths) if component == ALL_COMPONENTS else strengths.transpose(0, 2, 1)
        draws = ranked.reshape(-1, len(of_snp))
        draws = draws[~np.isnan(draws).all(axis=1)] if count else draws[:0]
        tops = [np.argsort(-own, kind="stable")[:count] for own in np.nan_to_num(draws, nan=-np.inf)]
        found[component] = [frozenset().union(*(of_snp[snp] for snp in top)) for top in tops]
    return found


def _strengths(null: Sequence[pd.DataFrame], snps: Sequence[str], rule: str) -> np.ndarray:
    """What the rule ranks SNPs by, [replicates, SNPs, components]; NaN where a replicate has fewer components."""
    if not null:
        return np.empty((0, len(snps), 0))
    table = pd.concat(null, ignore_index=True)
    table = table[(table["view"] == GENETICS) & (table["fold"] == CONSENSUS) & table["feature"].isin(snps)]
    if table.empty:
        return np.empty((0, len(snps), 0))
    if rule == "sd":
        return null_arrays(table.assign(share=table["z"].abs()), snps)[CONSENSUS]
    shares = null_arrays(table, snps)[CONSENSUS]
    return null_scores(shares) if can_judge(shares) else shares[:0]


def _largest(strengths: np.ndarray) -> np.ndarray:
    """Each SNP's largest value over components, [replicates, SNPs]."""
    filled: np.ndarray = np.where(np.isnan(strengths), -np.inf, strengths).max(axis=2, initial=-np.inf)
    return np.where(np.isinf(filled), np.nan, filled)
