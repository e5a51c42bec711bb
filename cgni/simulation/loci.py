"""Which genes the simulated genotypes surround."""

import numpy as np
import pandas as pd

from cgni.enrichment.ontology import Ontology
from cgni.base.errors import InputError


def choose_loci(
    positions: pd.DataFrame,
    ppi: pd.DataFrame,
    ontology: Ontology,
    chromosomes: list[int],
    go_terms: list[str],
    genes_per_factor: int,
    ppi_genes: int,
    decoy_genes: int,
    locus_length: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw genes at their true positions: causal ones sharing a GO term, other PPI genes, decoys.

    Returns
    -------
    DataFrame
        gene_id, symbol, chrom, start, end, kind (ppi, decoy), factor (-1: none), begin: first
        base of the locus of `locus_length` bases centred on the gene. Loci do not overlap.

    Raises
    ------
    InputError
        A GO term without enough genes of the network on the chromosomes.
    """
    autosomal = positions[positions["chrom"].isin([str(chrom) for chrom in chromosomes])]
    pool = autosomal.assign(in_ppi=autosomal["gene_id"].isin(ppi["gene_id"])).drop_duplicates("symbol")
    pool = pool.assign(begin=(pool["start"] + pool["end"]) // 2 - locus_length // 2)
    pool = pool[pool["begin"] > 0].iloc[rng.permutation((pool["begin"] > 0).sum())]
    genes_of = ontology.genes_of()
    members = [genes_of.get(term, frozenset()) for term in go_terms]
    taken = _Taken(locus_length)
    chosen = []
    for factor, genes in enumerate(members):
        others = set().union(*(group for index, group in enumerate(members) if index != factor))
        fitting = pool[pool["in_ppi"] & pool["symbol"].isin(genes - others)]
        chosen.append(taken.take(fitting, genes_per_factor, kind="ppi", factor=factor))
        if len(chosen[-1]) < genes_per_factor:
            raise InputError(
                f"simulation.go_terms: {go_terms[factor]} has {len(chosen[-1])} usable genes of the network on "
                f"chromosomes {chromosomes}, {genes_per_factor} are needed; name another term or more chromosomes"
            )
    remaining = max(ppi_genes - sum(map(len, chosen)), 0)
    chosen.append(taken.take(pool[pool["in_ppi"]], remaining, kind="ppi", factor=-1))
    chosen.append(taken.take(pool[~pool["in_ppi"]], decoy_genes, kind="decoy", factor=-1))
    loci = pd.concat(chosen).astype({"chrom": int}).sort_values(["chrom", "begin"]).reset_index(drop=True)
    return loci.drop(columns="in_ppi")


class _Taken:
    """Remembers the loci already drawn, so that none overlaps another."""

    def __init__(self, locus_length: int) -> None:
        self._length = locus_length
        self._begins: dict[str, list[int]] = {}

    def take(self, pool: pd.DataFrame, count: int, kind: str, factor: int) -> pd.DataFrame:
        rows = []
        for row in pool.itertuples():
            begins = self._begins.setdefault(row.chrom, [])
            if len(rows) < count and all(abs(row.begin - begin) > 2 * self._length for begin in begins):
                begins.append(row.begin)
                rows.append(row.Index)
        return pool.loc[rows].assign(kind=kind, factor=factor)
