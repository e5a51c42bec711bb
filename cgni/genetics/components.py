"""Genetic principal components of unrelated reference people, onto which everybody is projected."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.base.seeds import derive_seed
from cgni.cohort.roles import development_people
from cgni.genetics.plink import Argument, Plink, write_rows
from cgni.genetics.thinned import ThinnedSnps

_EXACT_PCA = 5000  # people above whom plink2's randomised algorithm computes the components
_LEAST_PEOPLE = 50  # plink2 refuses to estimate frequencies from fewer


def with_components(
    plink: Plink, snps: ThinnedSnps, participants: pd.DataFrame, splits: pd.DataFrame, count: int, seed: int
) -> pd.DataFrame:
    """The participants table with components of the genotypes in the columns pc1 ... pc{count}.

    The reference people are the unrelated development people who are among the thinned SNPs' people; participants
    who are not among them have no components.

    Parameters
    ----------
    count
        Number of components.
    seed
        The study's seed.

    Raises
    ------
    InputError
        Too few reference people, chromosomes that differ in their people, or no SNP at all.
    """
    people = participants.set_index("participant_id")
    chosen = people.index[people["unrelated"]].intersection(development_people(splits))
    joined = snps.join(plink.scratch / "joined")
    reference = np.intersect1d(_rows(joined), np.flatnonzero(np.isin(snps.ids, chosen)))
    scores = projected_components(plink, joined, reference, count, derive_seed(seed, "components"))
    scores = scores.assign(participant_id=snps.ids[scores["row"]]).set_index("participant_id").drop(columns="row")
    people[list(scores.columns)] = scores.reindex(people.index)
    logging.info("%d components of %d reference people", count, len(reference))
    return people.reset_index()


def projected_components(plink: Plink, prefix: Path, reference: np.ndarray, count: int, seed: int) -> pd.DataFrame:
    """Principal components fitted on the `reference` people alone, onto which everybody is projected.

    Everybody, reference people included, gets the projection (plink2 --score with the reference's frequencies
    and allele weights, missing calls left out), so that all scores are on one scale.

    Parameters
    ----------
    prefix
        Of a .bed, .bim, .fam whose people are r0, r1 ... by their row in the genotype file.
    reference
        Rows (of the genotype file) of unrelated reference people.
    seed
        Of plink2's randomised algorithm, used above 5,000 reference people.

    Returns
    -------
    row, pc1 ... pc{count} (float64).

    Raises
    ------
    InputError
        Fewer reference people than 50, or than components.
    """
    if len(reference) < max(_LEAST_PEOPLE, count + 1):
        raise InputError(f"cohort.pcs: {len(reference)} reference people are too few for {count} components (50)")
    source: list[Argument] = ["--bfile", prefix]
    method: list[Argument] = ["approx", "--seed", seed % 2**31] if len(reference) > _EXACT_PCA else []
    fit: list[Argument] = ["--keep", write_rows(plink, "reference", reference), "--nonfounders", "--freq", "counts"]
    # a SNP that does not vary among the reference people has no weight; later plink2 would add a column
    fit += ["--mac", 1, "--pca", "allele-wts", count, *method, "vcols=chrom,ref,alt"]
    fitted = plink.run([*source, *fit], "components")
    weights = ["--score", f"{fitted}.eigenvec.allele", "2", "5", "header-read", "no-mean-imputation"]
    weights += ["variance-standardize", "--score-col-nums", f"6-{5 + count}"]
    scored = plink.run([*source, "--read-freq", f"{fitted}.acount", *weights], "projected")
    table = pd.read_csv(f"{scored}.sscore", sep="\t").rename(columns={"#IID": "IID"})
    scores = table[[f"PC{number}_AVG" for number in range(1, count + 1)]].astype("float64")
    scores.columns = [f"pc{number}" for number in range(1, count + 1)]
    return scores.assign(row=table["IID"].str.removeprefix("r").astype(int))


def _rows(prefix: Path) -> np.ndarray:
    """Rows (of the genotype file) of the people of a .fam."""
    lines = Path(f"{prefix}.fam").read_text().splitlines()
    return np.array([int(line.split()[1].removeprefix("r")) for line in lines])
