"""Relatives from the genotypes themselves: KING-robust kinship."""

import logging

import pandas as pd

from cgni.genetics.plink import Argument, Plink
from cgni.genetics.thinned import ThinnedSnps


def estimate_kinship(plink: Plink, snps: ThinnedSnps, kinship: float) -> pd.DataFrame:
    """KING-robust pairs with a coefficient of at least `kinship`. Source: Manichaikul 2010, by plink2.

    Returns
    -------
    ID1, ID2 (ids), HetHet, IBS0, Kinship, in the layout of UK Biobank's relatedness file.

    Raises
    ------
    InputError
        Chromosomes that differ in their people, or no SNP at all.
    """
    arguments: list[Argument] = ["--bfile", snps.join(plink.scratch / "joined")]
    arguments += ["--make-king-table", "cols=id,nsnp,hethet,ibs0,kinship", "--king-table-filter", kinship]
    out = plink.run(arguments, "king")
    table = pd.read_csv(f"{out}.kin0", sep="\t").rename(columns=lambda name: name.lstrip("#"))
    logging.info("%d pairs of relatives", len(table))
    first, second = (snps.ids[table[name].str.removeprefix("r").astype(int)] for name in ("IID1", "IID2"))
    table = table.rename(columns={"HETHET": "HetHet", "KINSHIP": "Kinship"}).assign(ID1=first, ID2=second)
    return table[["ID1", "ID2", "HetHet", "IBS0", "Kinship"]]
