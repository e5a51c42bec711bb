"""Relatives from the genotypes themselves: KING-robust kinship."""

import logging
import math
from pathlib import Path

import pandas as pd
from scipy.stats import norm

from cgni.base.errors import InputError
from cgni.genetics.plink import Argument, Plink
from cgni.genetics.thinned import ThinnedSnps

_STRANGERS = 0.01  # pairs of strangers a person that may pass for relatives
_INDEPENDENT = 0.5  # of thinned SNPs: the error of real people's coefficients is that of half as many
_FIRST_DEGREE = 0.25
_UNIT_ERROR = math.sqrt(3) / 2  # of one SNP, whatever its frequency


def estimate_kinship(plink: Plink, snps: ThinnedSnps, kinship: float) -> pd.DataFrame:
    """KING-robust pairs with a coefficient of at least `kinship`. Source: Manichaikul 2010, by plink2.

    Returns
    -------
    ID1, ID2 (ids), HetHet, IBS0, Kinship, in the layout of UK Biobank's relatedness file.

    Raises
    ------
    InputError
        Chromosomes that differ in their people, no SNP at all, or too few to tell relatives from strangers.
    """
    joined = snps.join(plink.scratch / "joined")
    check_snps(_lines(f"{joined}.bim"), _lines(f"{joined}.fam"), kinship)
    arguments: list[Argument] = ["--bfile", joined]
    arguments += ["--make-king-table", "cols=id,nsnp,hethet,ibs0,kinship", "--king-table-filter", kinship]
    out = plink.run(arguments, "king")
    table = pd.read_csv(f"{out}.kin0", sep="\t").rename(columns=lambda name: name.lstrip("#"))
    logging.info("%d pairs of relatives", len(table))
    first, second = (snps.ids[table[name].str.removeprefix("r").astype(int)] for name in ("IID1", "IID2"))
    table = table.rename(columns={"HETHET": "HetHet", "KINSHIP": "Kinship"}).assign(ID1=first, ID2=second)
    return table[["ID1", "ID2", "HetHet", "IBS0", "Kinship"]]


def smallest_kinship(snps: int, people: int) -> float:
    """Kinship from which on so few strangers pass for relatives that families are not chained together by chance.

    The standard error of a stranger's KING-robust coefficient is sqrt(3) / (2 sqrt(m)) over m independent SNPs: a SNP
    of frequency p adds 1 where both are heterozygous (4 p² q²) and -2 where they are opposite homozygotes (2 p² q²),
    which is divided by twice the heterozygotes of one person, 4 p q. One pair in a hundred people may pass.
    """
    pairs = people * (people - 1) / 2
    error = _UNIT_ERROR / math.sqrt(max(snps * _INDEPENDENT, 1))
    return float(error * norm.isf(min(max(1.0, _STRANGERS * people) / max(pairs, 1.0), 0.5)))


def check_snps(snps: int, people: int, kinship: float) -> None:
    """Refuse to look for relatives of coefficient `kinship` with too few SNPs.

    Raises
    ------
    InputError
        Strangers would pass for relatives and chain people to one large family.
    """
    smallest = smallest_kinship(snps, people)
    if kinship < smallest:
        needed = math.ceil(snps * (smallest / kinship) ** 2)
        raise InputError(
            f"inputs.relatedness: {snps:,} SNPs are too few to tell relatives (splits.kinship: {kinship:g}) from "
            f"strangers among {people:,} people: some {needed:,} are needed. Give a kinship file, the files of more "
            f"chromosomes, or denser SNPs (genetics.thin){_closer(smallest)}"
        )


def _closer(smallest: float) -> str:
    """The way out by closer relatives alone, where there are any so close: twins have 0.5, other first degrees 0.25."""
    return f", or set splits.kinship to {math.ceil(smallest * 1000) / 1000:g}" if smallest < _FIRST_DEGREE else ""


def _lines(path: str) -> int:
    with Path(path).open("rb") as file:
        return sum(1 for _ in file)
