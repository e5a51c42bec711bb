"""Which genes the simulated genotypes surround."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.enrichment.ontology import Ontology
from cgni.simulation.settings import SimulatedGenotypesSettings


@dataclass(frozen=True)
class GeneSources:
    """What is known of the genes.

    Attributes
    ----------
    positions : gene_id, symbol, chrom, start, end, strand; one row a gene.
    ppi : gene_id of the genes of the network.
    ontology : genes of the GO terms.
    """

    positions: pd.DataFrame
    ppi: pd.DataFrame
    ontology: Ontology


def choose_loci(
    sources: GeneSources, chromosomes: Sequence[int], settings: SimulatedGenotypesSettings, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw genes at their true positions: causal ones sharing a GO term, other PPI genes, decoys.

    Returns
    -------
    DataFrame
        gene_id, symbol, chrom, start, end, strand, kind (ppi, decoy), factor (-1: none), begin: first
        base of the locus of `locus_length` bases centred on the gene. Loci do not overlap.

    Raises
    ------
    InputError
        A GO term without enough genes of the network on the chromosomes.
    """
    pool = _pool(sources, chromosomes, settings.locus_length, rng)
    network, outside = pool[pool["in_ppi"]], pool[~pool["in_ppi"]]
    genes_of = sources.ontology.genes_of()
    members = [genes_of.get(term, frozenset()) for term in settings.go_terms]
    taken = _Taken(settings.locus_length)
    chosen: list[pd.DataFrame] = []
    for factor, genes in enumerate(members):
        others = frozenset[str]().union(*members[:factor], *members[factor + 1 :])
        fitting = network[network["symbol"].isin(genes - others)]
        chosen.append(taken.take(fitting, settings.genes_per_factor, kind="ppi", factor=factor))
        if len(chosen[-1]) < settings.genes_per_factor:
            raise InputError(
                f"simulation.genotypes.go_terms: {settings.go_terms[factor]} has {len(chosen[-1])} usable genes of "
                f"the network on chromosomes {list(chromosomes)}, {settings.genes_per_factor} are needed; name another "
                "term or more chromosomes"
            )
    remaining = max(settings.ppi_genes - sum(map(len, chosen)), 0)
    chosen.append(taken.take(network, remaining, kind="ppi", factor=-1))
    chosen.append(taken.take(outside, settings.decoy_genes, kind="decoy", factor=-1))
    loci = pd.concat(chosen).astype({"chrom": int}).sort_values(["chrom", "begin"]).reset_index(drop=True)
    return loci.drop(columns="in_ppi")


def _pool(
    sources: GeneSources, chromosomes: Sequence[int], locus_length: int, rng: np.random.Generator
) -> pd.DataFrame:
    """The genes of the chromosomes in random order, with in_ppi and begin."""
    positions = sources.positions
    genes = positions[positions["chrom"].isin([str(chrom) for chrom in chromosomes])]
    genes = genes.assign(in_ppi=genes["gene_id"].isin(sources.ppi["gene_id"])).drop_duplicates("symbol")
    genes = genes.assign(begin=(genes["start"] + genes["end"]) // 2 - locus_length // 2)
    genes = genes[genes["begin"] > 0]
    return genes.iloc[rng.permutation(len(genes))]


class _Taken:
    """Remembers the loci already drawn, so that none overlaps another."""

    def __init__(self, locus_length: int) -> None:
        self._length = locus_length
        self._begins: dict[str, list[int]] = {}

    def take(self, pool: pd.DataFrame, count: int, kind: str, factor: int) -> pd.DataFrame:
        """The first `count` genes of the pool whose loci are free, or fewer."""
        rows: list[int] = []
        for row in pool.itertuples():
            begins = self._begins.setdefault(row.chrom, [])
            if len(rows) < count and all(abs(row.begin - begin) > 2 * self._length for begin in begins):
                begins.append(row.begin)
                rows.append(row.Index)
        return pool.loc[rows].assign(kind=kind, factor=factor)
