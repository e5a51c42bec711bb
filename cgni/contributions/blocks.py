"""SNP claims at the level that linkage allows: blocks of linked SNPs, tested in people whom no model has seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from cgni.base.views import GENETICS, IMAGING
from cgni.contributions.called import called_features
from cgni.contributions.credible import credible_rows, credible_sets, fit_single_effects
from cgni.contributions.estimates import Adjustment, slopes
from cgni.contributions.schemas_claims import BLOCKS, CREDIBLE
from cgni.contributions.settings import BlockSettings
from cgni.genetics.counts import AlleleCounts
from cgni.genetics.ld import block_numbers, linked_pairs

_SMALLEST = np.finfo(float).tiny  # a p below this counts as this


@dataclass(frozen=True, eq=False)
class LinkedSnps:
    """The SNPs of a study in their blocks, in people whom no model has seen.

    Attributes
    ----------
    counts : float64, minor alleles, missing ones at the mean; index participant ids, columns variant ids.
    places : chrom, pos and block of each SNP, indexed by variant id, in the order of the columns.
    """

    counts: pd.DataFrame
    places: pd.DataFrame

    @classmethod
    def of(
        cls, genotypes: pd.DataFrame, variants: pd.DataFrame, ids: pd.Index, settings: BlockSettings
    ) -> "LinkedSnps":
        """Counts of `ids`, and blocks by linkage among them.

        Two SNPs of a chromosome share a block when a chain of SNPs with r² >= `contributions.blocks.r2`, each at most
        `window_kb` from the next, joins them.

        Parameters
        ----------
        genotypes, variants
            `genetics/genotypes.parquet`; chromosome and position of its columns (`genetics.schemas.VARIANTS`).
        ids
            Development people; those without genotypes are left out.
        """
        wide = genotypes.set_index("participant_id")
        counts = wide.loc[wide.index.intersection(ids).sort_values()].astype("float64")
        places = variants.set_index("variant_id").loc[counts.columns, ["chrom", "pos"]].sort_values(["chrom", "pos"])
        counts = counts[places.index].fillna(counts.mean()).fillna(0.0)
        blocks = []
        for chrom, own in places.groupby("chrom", sort=False):
            alleles = AlleleCounts(counts.index, own.index, counts[own.index].to_numpy(np.float32))
            window = int(settings.window_kb * 1000)
            pairs = linked_pairs(alleles, own["pos"].to_numpy(np.int64), window, settings.r2)
            blocks += [f"{chrom}_{number + 1}" for number in block_numbers(pairs, len(own))]
        return cls(counts, places.assign(block=blocks))

    def among(self, ids: pd.Index) -> "LinkedSnps":
        """The same SNPs and blocks in other people, each of whom must be there."""
        return replace(self, counts=self.counts.loc[ids])

    def members(self) -> dict[str, np.ndarray]:
        """Column numbers of each block's SNPs, in the order of the blocks."""
        codes, names = pd.factorize(self.places["block"])
        return {str(name): np.flatnonzero(codes == number) for number, name in enumerate(names)}


@dataclass(frozen=True, eq=False)
class LocatedSignals:
    """Blocks (`schemas_claims.BLOCKS`), and SNPs of the called ones (`schemas_claims.CREDIBLE`)."""

    blocks: pd.DataFrame
    credible: pd.DataFrame


@dataclass(frozen=True)
class Gated:
    """Where signals are looked for, and what is called there.

    Attributes
    ----------
    components : numbers of the significant components.
    fdr : false discovery rate of blocks over components.
    confound_components : `confounds.components`, of what the tests are partial on.
    """

    components: Sequence[int]
    fdr: float
    confound_components: int


def locate_signals(
    variates: Mapping[int, pd.DataFrame],
    contributions: pd.DataFrame,
    snps: LinkedSnps,
    genes: pd.DataFrame,
    participants: pd.DataFrame,
    gated: Gated,
    settings: BlockSettings,
) -> LocatedSignals:
    """Blocks that hold a called SNP and go with the imaging variate of unseen people, and where in them the effect is.

    In people whom a fold has not seen, the imaging variate is independent of every SNP that is not
    linked to one with an effect, however strong other SNPs are; an occlusion's p does not have
    that. Both together make a claim.

    Parameters
    ----------
    variates
        `estimates.out_of_fold_variates`.
    contributions
        Calls (`schemas.CONTRIBUTIONS`).
    snps
        SNPs in blocks, with counts of at least the people of the variates who have genotypes.
    genes
        variant_id, gene_id and symbol (`genetics.schemas.SNP_GENES`).
    """
    calls, tables, credible = called_features(contributions, GENETICS), [], []
    people = {
        number: _people(variates[number], snps, participants, gated.confound_components)
        for number in gated.components
        if number in variates
    }
    for number, (own, target, adjustment) in people.items():
        called = set(calls.loc[calls["component"] == number, "feature"])
        table = block_table(own, target, adjustment, called, genes)
        tables.append(table.assign(component=number))
    if not tables:
        return LocatedSignals(BLOCKS.empty_table().to_pandas(), CREDIBLE.empty_table().to_pandas())
    blocks = pd.concat(tables, ignore_index=True)
    blocks["q"] = false_discovery_control(blocks["p"])
    blocks = blocks.assign(p_conditional=np.nan, called=False)
    threshold = blocks.loc[blocks["q"] <= gated.fdr, "p"].max()
    for number, (own, target, adjustment) in people.items():
        table = blocks[(blocks["component"] == number) & (blocks["called_snps"] != "") & (blocks["q"] <= gated.fdr)]
        conditional = conditional_p(table, own, target, adjustment, threshold)
        blocks.loc[conditional.index, "p_conditional"] = conditional
        claimed = conditional.index[conditional <= threshold]
        blocks.loc[claimed, "called"] = True
        credible.append(_credible(blocks.loc[claimed], own, target, adjustment, settings).assign(component=number))
    found = [table for table in credible if len(table)]
    empty = CREDIBLE.empty_table().to_pandas()
    return LocatedSignals(blocks[BLOCKS.names], pd.concat(found, ignore_index=True)[CREDIBLE.names] if found else empty)


def block_table(
    snps: LinkedSnps, target: np.ndarray, adjustment: Adjustment, called: set[str], genes: pd.DataFrame
) -> pd.DataFrame:
    """Every block's test in one component, with its called SNPs and genes (`schemas_claims.BLOCKS` up to p)."""
    found = slopes(snps.counts.to_numpy(), target, adjustment)
    names = genes.assign(name=genes["symbol"].fillna(genes["gene_id"])).groupby("variant_id")["name"].agg(set)
    variants, rows = snps.places.index, []
    for block, columns in snps.members().items():
        p, lead = simes(found.p[columns]), columns[np.argmin(np.nan_to_num(found.p[columns], nan=2.0))]
        members = variants[columns]
        hits = [name for name in members if name in called]
        own = [names.get(name, set()) for name in hits or members]
        row = {
            "block": block,
            "chrom": snps.places["chrom"].iloc[lead],
            "start": snps.places["pos"].iloc[columns].min(),
            "end": snps.places["pos"].iloc[columns].max(),
            "lead": variants[lead],
            "snps": len(columns),
            "members": ";".join(members),
            "called_snps": ";".join(hits),
            "genes": ";".join(sorted(set().union(*own))),
            "shared": any(len(symbols) > 1 for symbols in own),
            "r": found.estimate[lead],
            "p": p,
        }
        rows.append(row)
    return pd.DataFrame(rows)


def simes(p: np.ndarray) -> float:
    """Simes' p of the hypothesis that none of several linked SNPs is associated; those without a p are passed over."""
    known = np.sort(p[~np.isnan(p)])
    if not len(known):
        return 1.0
    return float(np.clip((known * len(known) / np.arange(1, len(known) + 1)).min(), _SMALLEST, 1.0))


def conditional_p(
    candidates: pd.DataFrame, snps: LinkedSnps, target: np.ndarray, adjustment: Adjustment, threshold: float
) -> pd.Series:
    """Each candidate block's p given the leads of the stronger candidates that stay: what is linked to them goes.

    Parameters
    ----------
    candidates
        Rows of one component; the smallest p comes first and keeps it.
    threshold
        A block stays when its p is at most this.
    """
    members, counts = snps.members(), snps.counts.to_numpy()
    found, leads = pd.Series(np.nan, index=candidates.index, dtype=float), list[int]()
    for index, row in candidates.sort_values(["p", "block"], kind="stable").iterrows():
        columns = members[row["block"]]
        beside = adjustment.beside(counts[:, leads]) if leads else adjustment
        found[index] = simes(slopes(counts[:, columns], target, beside).p) if leads else row["p"]
        if found[index] <= threshold:
            leads.append(snps.places.index.get_loc(row["lead"]))
    return found


def _people(
    variates: pd.DataFrame, snps: LinkedSnps, participants: pd.DataFrame, components: int
) -> tuple[LinkedSnps, np.ndarray, Adjustment]:
    """SNPs, imaging variate and confounds of the unseen people with genotypes."""
    ids = variates.index.intersection(snps.counts.index).sort_values()
    return snps.among(ids), variates.loc[ids, IMAGING].to_numpy(), Adjustment.of(participants, ids, components)


def _credible(
    claimed: pd.DataFrame, snps: LinkedSnps, target: np.ndarray, adjustment: Adjustment, settings: BlockSettings
) -> pd.DataFrame:
    """Credible sets of one component's claimed blocks, each beside the others' leads, in one person a family."""
    first = np.sort(np.unique(adjustment.families, return_index=True)[1])
    own, members = adjustment.of_rows(first), snps.members()
    counts, parts = snps.counts.to_numpy()[first], []
    for _, row in claimed.iterrows():
        others = snps.places.index.get_indexer(claimed.loc[claimed["block"] != row["block"], "lead"])
        beside = own.beside(counts[:, others])
        x = beside.standardised(counts[:, members[row["block"]]])
        fit = fit_single_effects(x, beside.standardised(target[first])[:, 0], settings.effects)
        sets = credible_sets(fit, x.T @ x / len(x), settings.coverage, settings.purity)
        parts.append(credible_rows(fit, sets, row["members"].split(";")).assign(block=row["block"]))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=CREDIBLE.names)
