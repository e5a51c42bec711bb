"""Linkage disequilibrium among the kept variants: blocks to report; clumping and caps per gene by switch."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cgni.genetics.counts import AlleleCounts
from cgni.genetics.qc import CAPPED, CLUMPED
from cgni.genetics.settings import LinkageSettings

_CHUNK = 128  # variants against their neighbours in one matrix product
_MOST_NEIGHBOURS = 500  # following variants that one is compared with, however dense they lie
_MOST_PEOPLE = 2000  # enough for a standard error of r below 0.023


def linked_pairs(counts: AlleleCounts, positions: np.ndarray, window: int, least_r2: float) -> pd.DataFrame:
    """Pairs of a chromosome's variants with r² >= `least_r2`, at most `window` bases apart.

    r² is the squared correlation of allele counts, missing ones at the mean, among at most 2,000 people (evenly
    spaced rows); a variant is compared with at most 500 following ones.

    Parameters
    ----------
    counts
        Reference people; variants in the order of their `positions`.
    positions
        int (variants,), ascending.

    Returns
    -------
    first, second (column numbers, first < second), r2.
    """
    rows = np.linspace(0, len(counts.ids) - 1, min(len(counts.ids), _MOST_PEOPLE)).astype(int)
    people = AlleleCounts(counts.ids[rows], counts.variants, counts.values[rows])
    standard = people.filled()
    standard -= standard.mean(axis=0)
    length = np.linalg.norm(standard, axis=0)
    standard = np.divide(standard, length, out=np.zeros_like(standard), where=length > 0)
    last = np.searchsorted(positions, positions + window, side="right")
    last = np.minimum(last, np.arange(len(positions)) + 1 + _MOST_NEIGHBOURS)
    found = []
    for start in range(0, len(positions), _CHUNK):
        stop = min(start + _CHUNK, len(positions))
        end = last[start:stop].max()
        r2 = (standard[:, start:stop].T @ standard[:, start:end]) ** 2
        first, second = np.nonzero(r2 >= least_r2)
        near = (second > first) & (start + second < last[start + first])
        found.append((start + first[near], start + second[near], r2[first[near], second[near]]))
    columns = [np.concatenate(part) for part in zip(*found, strict=True)] or [np.empty(0)] * 3
    return pd.DataFrame(dict(zip(("first", "second", "r2"), columns, strict=True)))


def block_numbers(pairs: pd.DataFrame, variants: int) -> np.ndarray:
    """Number of each variant's block (int, by first member): connected components of the pairs."""
    links = (np.ones(len(pairs)), (pairs["first"].to_numpy(int), pairs["second"].to_numpy(int)))
    _, component = connected_components(coo_array(links, shape=(variants, variants)), directed=False)
    numbers: np.ndarray = pd.factorize(component)[0]
    return numbers


def clumped(pairs: pd.DataFrame, p: np.ndarray) -> np.ndarray:
    """bool: variants that go because a kept one of smaller p is linked with them (ties: the first stays)."""
    first, second = pairs["first"].to_numpy(int), pairs["second"].to_numpy(int)
    both_ways = np.r_[first, second], np.r_[second, first]
    links = coo_array((np.ones(2 * len(pairs), bool), both_ways), shape=(len(p), len(p))).tocsr()
    gone, kept = np.zeros(len(p), bool), np.zeros(len(p), bool)
    for index in np.argsort(np.nan_to_num(p, nan=np.inf), kind="stable"):
        if not gone[index]:
            kept[index] = True
            neighbours = links.indices[links.indptr[index] : links.indptr[index + 1]]
            gone[neighbours] = ~kept[neighbours]
    return gone


def over_cap(genes: pd.DataFrame, most: int) -> set[str]:
    """Variants that are among the `most` of smallest p of none of their genes (variant_id, gene_id, eqtl_p)."""
    ranked = genes.sort_values(["eqtl_p", "variant_id"], na_position="last", kind="stable")
    best = ranked.groupby("gene_id", sort=False).head(most)
    return set(genes["variant_id"]) - set(best["variant_id"])


def apply_linkage(
    qc: pd.DataFrame, reference: AlleleCounts, candidates: pd.DataFrame, ld: LinkageSettings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Clump and cap the variants that passed, if asked to, and group those left into LD blocks.

    Parameters
    ----------
    qc
        Rows of `schemas.QC` of all chromosomes.
    reference
        Counts of the reference people, a column for each variant that passed.
    candidates
        Rows of `schemas.CANDIDATE_VARIANTS`: p-values and genes.
    ld
        Window and bounds of r².

    Returns
    -------
    `qc` with the new reasons of removal and a column ld_block (missing for those removed); table of the blocks
    in the columns of `schemas.LD_BLOCKS`.
    """
    table, window = qc.copy(), int(ld.window_kb * 1000)
    genes = candidates.rename(columns={"variant_id": "candidate_id"})[["candidate_id", "gene_id", "eqtl_p"]]
    genes = table.loc[table["passed"], ["candidate_id", "variant_id"]].merge(genes, on="candidate_id")
    lowest = genes.groupby("variant_id")["eqtl_p"].min()
    if ld.clump_r2 is not None:
        for part, pairs in _by_chromosome(table, reference, window, ld.clump_r2):
            table.loc[part.index[clumped(pairs, lowest.reindex(part["variant_id"]).to_numpy())], "reason"] = CLUMPED
        table["passed"] = table["reason"].isna()
    if ld.per_gene is not None:
        left = genes[genes["variant_id"].isin(table.loc[table["passed"], "variant_id"])]
        table.loc[table["passed"] & table["variant_id"].isin(over_cap(left, ld.per_gene)), "reason"] = CAPPED
        table["passed"] = table["reason"].isna()
    table["ld_block"] = pd.Series(pd.NA, index=table.index, dtype="string")
    for part, pairs in _by_chromosome(table, reference, window, ld.block_r2):
        numbers = block_numbers(pairs, len(part))
        table.loc[part.index, "ld_block"] = part["chrom"] + "_" + pd.Series(numbers + 1, part.index).astype(str)
    return table, _blocks(table, genes)


def _by_chromosome(
    table: pd.DataFrame, reference: AlleleCounts, window: int, least_r2: float
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """(rows that passed in order of position, their linked pairs) of each chromosome."""
    for _, part in table[table["passed"]].groupby("chrom", sort=False):
        part = part.sort_values("pos", kind="stable")
        columns = reference.variants.get_indexer(part["variant_id"])
        yield part, linked_pairs(reference.select(columns), part["pos"].to_numpy(np.int64), window, least_r2)


def _blocks(table: pd.DataFrame, genes: pd.DataFrame) -> pd.DataFrame:
    kept = table[table["passed"]]
    grouped = kept.groupby("ld_block", sort=False)
    blocks = grouped.agg(chrom=("chrom", "first"), start=("pos", "min"), end=("pos", "max"), variants=("pos", "size"))
    counted = kept[["variant_id", "ld_block"]].merge(genes, on="variant_id").groupby("ld_block")["gene_id"].nunique()
    return blocks.assign(genes=counted.reindex(blocks.index).fillna(0).astype(int)).reset_index()
