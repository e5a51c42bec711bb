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
_PARTS = 5  # of the reference people, each left out once to measure the shrinkage
_LEAST_PEOPLE = 63  # four parts of five hold 50 people, fewer than which plink2 estimates no frequencies from


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
    and allele weights, missing calls left out). Projections of people outside a fit are shrunk towards zero (Lee et
    al. 2010, Annals of Statistics), so theirs are divided by what the projections of reference people are shrunk by
    when they are left out of the fit.

    Parameters
    ----------
    prefix
        Of a .bed, .bim, .fam whose people are r0, r1 ... by their row in the genotype file.
    reference
        Rows (of the genotype file) of unrelated reference people.
    seed
        Of the division of the reference people, and of plink2's randomised algorithm, used above 5,000 of them.

    Returns
    -------
    row, pc1 ... pc{count} (float64).

    Raises
    ------
    InputError
        Fewer reference people than 63, or than components.
    """
    if len(reference) < max(_LEAST_PEOPLE, count + 1):
        raise InputError(
            f"cohort.pcs: {len(reference)} reference people are too few for {count} components ({_LEAST_PEOPLE}); give "
            "them as fields (cohort.pcs: field), or do without (cohort.n_pcs: 0)"
        )
    scores = _fit_and_project(plink, prefix, reference, count, seed)
    shrinkage = _shrinkage(plink, prefix, reference, count, seed)
    logging.info("components of people outside the fit divided by %s", ", ".join(f"{part:.3f}" for part in shrinkage))
    scores.loc[~scores.index.isin(reference)] /= shrinkage
    return scores.reset_index()


def _shrinkage(plink: Plink, prefix: Path, reference: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Per component, standard deviation of reference people left out of a fit over that of those in it (count,)."""
    parts = np.array_split(np.random.default_rng(seed).permutation(reference), _PARTS)
    out, fitted = np.zeros(count), np.zeros(count)
    for part in parts:
        rest = np.setdiff1d(reference, part)
        scores = _fit_and_project(plink, prefix, rest, count, seed)
        out += scores.loc[part].var().to_numpy()
        fitted += scores.loc[rest].var().to_numpy()
    ratio: np.ndarray = np.sqrt(out / fitted)
    return ratio


def _fit_and_project(plink: Plink, prefix: Path, reference: np.ndarray, count: int, seed: int) -> pd.DataFrame:
    """Everybody's projections (pc1 ..., by row) on components fitted on the reference people."""
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
    return scores.set_index(table["IID"].str.removeprefix("r").astype(int).rename("row"))


def _rows(prefix: Path) -> np.ndarray:
    """Rows (of the genotype file) of the people of a .fam."""
    lines = Path(f"{prefix}.fam").read_text().splitlines()
    return np.array([int(line.split()[1].removeprefix("r")) for line in lines])
