"""Relatives and ancestry from the genotypes themselves: thinned SNPs, KING kinship, projected principal components."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.genetics.bgen import locate_variants
from cgni.genetics.plink import Plink, read_pvar, write_rows
from cgni.genetics.qc import read_mfi
from cgni.genetics.sources import GenotypeFiles, import_variants

_MAGIC = b"\x6c\x1b\x01"
_WELL_IMPUTED = 0.9  # INFO of the SNPs taken where an mfi file states it
_EXACT_PCA = 5000  # people above whom plink2's randomised algorithm computes the components
_LEAST_PEOPLE = 50  # plink2 refuses to estimate LD and frequencies from fewer


def thin_variants(plink: Plink, files: GenotypeFiles, people: np.ndarray, thin: Mapping[str, Any]) -> Path | None:
    """Common SNPs of a chromosome in approximate linkage equilibrium, among the given people.

    One SNP at most in `spacing_kb`, minor allele frequency above `maf`, less than 5 % missing, then plink2's
    --indep-pairwise with `window_kb` and `r2`.

    Parameters
    ----------
    people
        bool, one per person of the file in its order.
    thin
        The config section `genetics.thin`.

    Returns
    -------
    Prefix of a .bed, .bim, .fam in the scratch folder whose people are r0, r1 ... by their row in the file; None
    when no SNP is left.
    """
    if people.sum() < _LEAST_PEOPLE:
        raise InputError(f"{files.people}: {int(people.sum())} people are too few for kinship or components (50)")
    found = import_variants(plink, files, people, _spread_positions(files, thin), 0.1)
    if (found["row"] < 0).all():
        return None
    prefix = plink.scratch / "variants"
    variants = read_pvar(Path(f"{prefix}.pvar"))
    variants["id"] = [f"{files.chrom}v{number}" for number in range(len(variants))]
    named = plink.scratch / "named.pvar"
    text = variants[["chrom", "pos", "id", "ref", "alt"]].to_csv(sep="\t", header=False, index=False)
    named.write_text("#CHROM\tPOS\tID\tREF\tALT\n" + text)
    source = ["--pgen", f"{prefix}.pgen", "--pvar", named, "--psam", f"{prefix}.psam"]
    filters = ["--max-alleles", "2", "--snps-only", "just-acgt", "--maf", thin["maf"], "--geno", "0.05"]
    spaced = [*filters, "--bp-space", int(thin["spacing_kb"] * 1000)]
    pairs = ["--indep-pairwise", f"{int(thin['window_kb'])}kb", "1", thin["r2"]]
    try:
        plink.run([*source, *spaced, "--make-bed"], "spaced")
        plink.run(["--bfile", plink.scratch / "spaced", *pairs], "pruned")
    except InputError as error:
        if "No variants remaining" in str(error):
            return None
        raise
    return plink.run(
        ["--bfile", plink.scratch / "spaced", "--extract", plink.scratch / "pruned.prune.in", "--make-bed"], "thin"
    )


def _spread_positions(files: GenotypeFiles, thin: Mapping[str, Any]) -> list[int] | None:
    """Positions spread over a BGEN file's chromosome, common ones if an mfi file tells; None: all (other formats)."""
    if files.format != "bgen":
        return None
    if files.mfi is not None:
        table = read_mfi(files.mfi, None, thin["maf"])
        table = table[table["info"] > _WELL_IMPUTED]
    else:
        table = locate_variants(files.genotypes, files.chrom, None)
    snps = table[(table["ref"].str.len() == 1) & (table["alt"].str.len() == 1)]
    bins = snps["pos"] // max(int(thin["spacing_kb"] * 1000), 1)
    return snps.loc[~bins.duplicated(), "pos"].tolist()


def write_empty_bed(prefix: Path, people: np.ndarray) -> Path:
    """A .bed, .bim and .fam without a SNP, of the given people (bool, by row of the file)."""
    Path(f"{prefix}.bed").write_bytes(_MAGIC)
    Path(f"{prefix}.bim").write_text("")
    rows = np.flatnonzero(people)
    Path(f"{prefix}.fam").write_text("".join(f"0\tr{row}\t0\t0\t0\t-9\n" for row in rows))
    return prefix


def genotyped_rows(prefix: Path) -> np.ndarray:
    """Rows (of the genotype file) of the people of a thinned .fam."""
    lines = Path(f"{prefix}.fam").read_text().splitlines()
    return np.array([int(line.split()[1].removeprefix("r")) for line in lines])


def join_beds(prefixes: Sequence[Path], target: Path) -> None:
    """One .bed, .bim and .fam of the chromosomes' ones, which list the same people in the same order.

    Raises
    ------
    InputError
        Different people or orders, or no SNP at all.
    """
    people = {Path(f"{prefix}.fam").read_text() for prefix in prefixes}
    if len(people) > 1:
        raise InputError(
            "inputs.genotypes: the chromosomes list their people in different orders; kinship and components cannot "
            "be computed from them; give inputs.relatedness, and cohort.pcs: field"
        )
    with Path(f"{target}.bed").open("wb") as joined:
        joined.write(_MAGIC)
        for prefix in prefixes:
            content = Path(f"{prefix}.bed").read_bytes()
            joined.write(content[len(_MAGIC) :])
    Path(f"{target}.bim").write_text("".join(Path(f"{prefix}.bim").read_text() for prefix in prefixes))
    Path(f"{target}.fam").write_text(people.pop())
    if Path(f"{target}.bed").stat().st_size == len(_MAGIC):
        raise InputError("inputs.genotypes: no common SNP is left to compute kinship or components from")


def kinship_pairs(plink: Plink, prefix: Path, kinship: float) -> pd.DataFrame:
    """KING-robust pairs with a coefficient of at least `kinship`.

    Returns
    -------
    first, second (rows of the genotype file), HetHet, IBS0, Kinship. Source: Manichaikul 2010, by plink2.
    """
    arguments = ["--bfile", prefix, "--make-king-table", "cols=id,nsnp,hethet,ibs0,kinship"]
    out = plink.run([*arguments, "--king-table-filter", kinship], "king")
    table = pd.read_csv(f"{out}.kin0", sep="\t").rename(columns=lambda name: name.lstrip("#"))
    table = table.rename(columns={"HETHET": "HetHet", "KINSHIP": "Kinship"})
    rows = {name: table[column].str.removeprefix("r").astype(int) for name, column in
            (("first", "IID1"), ("second", "IID2"))}  # fmt: skip
    return table.assign(**rows)[["first", "second", "HetHet", "IBS0", "Kinship"]]


def projected_components(plink: Plink, prefix: Path, reference: np.ndarray, count: int, seed: int) -> pd.DataFrame:
    """Principal components fitted on the `reference` people alone, onto which everybody is projected.

    Everybody, reference people included, gets the projection (plink2 --score with the reference's frequencies
    and allele weights, missing calls left out), so that all scores are on one scale.

    Parameters
    ----------
    reference
        Rows (of the genotype file) of unrelated reference people.
    seed
        Of plink2's randomised algorithm, used above 5,000 reference people.

    Returns
    -------
    row, pc1 ... pc{count} (float64).
    """
    if len(reference) < max(_LEAST_PEOPLE, count + 1):
        raise InputError(f"cohort.pcs: {len(reference)} reference people are too few for {count} components (50)")
    keep = write_rows(plink, "reference", reference)
    method = ["approx", "--seed", seed % 2**31] if len(reference) > _EXACT_PCA else []
    fit = [
        "--bfile",
        prefix,
        "--keep",
        keep,
        "--nonfounders",
        "--freq",
        "counts",
        "--pca",
        "allele-wts",
        count,
        *method,
    ]
    fitted = plink.run(fit, "components")
    weights = ["--score", f"{fitted}.eigenvec.allele", "2", "5", "header-read", "no-mean-imputation"]
    columns = ["--score-col-nums", f"6-{5 + count}"]
    score = ["--bfile", prefix, "--read-freq", f"{fitted}.acount", *weights, "variance-standardize", *columns]
    table = pd.read_csv(f"{plink.run(score, 'projected')}.sscore", sep="\t").rename(columns={"#IID": "IID"})
    scores = table[[f"PC{number}_AVG" for number in range(1, count + 1)]].astype("float64")
    scores.columns = [f"pc{number}" for number in range(1, count + 1)]
    return scores.assign(row=table["IID"].str.removeprefix("r").astype(int))
