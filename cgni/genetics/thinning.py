"""Thinning a chromosome for kinship and components: common, well imputed SNPs in approximate linkage equilibrium."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.samples import read_people
from cgni.genetics.bgen import locate_variants
from cgni.genetics.mfi import read_mfi
from cgni.genetics.plink import NO_VARIANTS, Argument, Plink, read_pvar
from cgni.genetics.settings import ThinSettings
from cgni.genetics.sources import GenotypeFiles, check_people, import_variants
from cgni.genetics.thinned import BED_MAGIC

_WELL_IMPUTED = 0.9  # INFO of the SNPs taken where an mfi file states it
_HARD_CALL = 0.1  # of plink2's --hard-call-threshold
_LEAST_PEOPLE = 50  # plink2 refuses to estimate LD from fewer


def thin_chromosome(plink: Plink, files: GenotypeFiles, wanted: pd.Series, thin: ThinSettings) -> Path:
    """Thinned SNPs of a chromosome (`thin_variants`), of the people among `wanted` (ids).

    Returns
    -------
    Prefix of a .bed, .bim, .fam in the scratch folder; without a SNP where none is left.

    Raises
    ------
    InputError
        Files that do not belong together, or fewer than 50 people.
    """
    ids = read_people(files.people)["participant_id"]
    check_people(files, ids)
    chosen = ids.isin(wanted).to_numpy()
    prefix = thin_variants(plink, files, chosen, thin) or _write_empty_bed(plink.scratch / "thin", chosen)
    logging.info("%d SNPs of %d people", len(Path(f"{prefix}.bim").read_text().splitlines()), chosen.sum())
    return prefix


def thin_variants(plink: Plink, files: GenotypeFiles, people: np.ndarray, thin: ThinSettings) -> Path | None:
    """Common SNPs of a chromosome in approximate linkage equilibrium, among the given people.

    One SNP at most in `spacing_kb`, minor allele frequency above `maf`, less than 5 % missing, then plink2's
    --indep-pairwise with `window_kb` and `r2`.

    Parameters
    ----------
    people
        bool, one per person of the file in its order.

    Returns
    -------
    Prefix of a .bed, .bim, .fam in the scratch folder whose people are r0, r1 ... by their row in the file; None
    when no SNP is left.

    Raises
    ------
    InputError
        Fewer than 50 people, or a file that plink2 cannot read.
    """
    if people.sum() < _LEAST_PEOPLE:
        raise InputError(
            f"{files.people}: {int(people.sum())} people are too few for kinship or components ({_LEAST_PEOPLE}); give "
            "a kinship file (inputs.relatedness), and components as fields (cohort.pcs: field) or cohort.n_pcs: 0"
        )
    found = import_variants(plink, files, people, _spread_positions(files, thin), _HARD_CALL)
    if (found["row"] < 0).all():
        return None
    prefix = plink.scratch / "variants"
    variants = read_pvar(Path(f"{prefix}.pvar"))
    variants["id"] = [f"{files.chrom}v{number}" for number in range(len(variants))]
    named = plink.scratch / "named.pvar"
    text = variants[["chrom", "pos", "id", "ref", "alt"]].to_csv(sep="\t", header=False, index=False)
    named.write_text("#CHROM\tPOS\tID\tREF\tALT\n" + text)
    source: list[Argument] = ["--pgen", f"{prefix}.pgen", "--pvar", named, "--psam", f"{prefix}.psam"]
    filters: list[Argument] = ["--max-alleles", 2, "--snps-only", "just-acgt", "--maf", thin.maf, "--geno", 0.05]
    if (spacing := int(thin.spacing_kb * 1000)) > 0:
        filters += ["--bp-space", spacing]
    pairs: list[Argument] = ["--indep-pairwise", f"{int(thin.window_kb)}kb", 1, thin.r2]
    try:
        spaced = plink.run([*source, *filters, "--make-bed"], "spaced")
        pruned = Path(f"{plink.run(['--bfile', spaced, *pairs], 'pruned')}.prune.in")
    except InputError as error:
        if NO_VARIANTS in str(error):
            return None
        raise
    # of a single SNP there is nothing to prune, and plink2 writes no list
    kept: list[Argument] = ["--extract", pruned] if pruned.is_file() else []
    return plink.run(["--bfile", spaced, *kept, "--make-bed"], "thin")


def _spread_positions(files: GenotypeFiles, thin: ThinSettings) -> list[int] | None:
    """Positions spread over a BGEN file's chromosome, common ones if an mfi file tells; None: all (other formats)."""
    if files.format != "bgen":
        return None
    if files.mfi is not None:
        table = read_mfi(files.mfi, None, thin.maf)
        table = table[table["info"] > _WELL_IMPUTED]
    else:
        table = locate_variants(files.genotypes, files.chrom, None)
    snps = table[(table["ref"].str.len() == 1) & (table["alt"].str.len() == 1)]
    bins = snps["pos"] // max(int(thin.spacing_kb * 1000), 1)
    positions: list[int] = snps.loc[~bins.duplicated(), "pos"].tolist()
    return positions


def _write_empty_bed(prefix: Path, people: np.ndarray) -> Path:
    """A .bed, .bim and .fam without a SNP, of the given people (bool, by row of the file)."""
    Path(f"{prefix}.bed").write_bytes(BED_MAGIC)
    Path(f"{prefix}.bim").write_text("")
    rows = np.flatnonzero(people)
    Path(f"{prefix}.fam").write_text("".join(f"0\tr{row}\t0\t0\t0\t-9\n" for row in rows))
    return prefix
