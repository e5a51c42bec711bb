"""The rest of the genome, of which a lab's principal components are made."""

import numpy as np
from scipy.linalg import eigh

from cgni.simulation.people import Pedigree, hand_down

# 2,000 generations of drift in 8,000 people, as between the coalescent's populations: 1 - exp(-2000 / 16000)
_DRIFT = 0.12
# SNPs in memory at a time
_AT_ONCE = 2000


def background_components(pedigree: Pedigree, snps: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Principal components of unlinked SNPs that share nothing but ancestry and families with the tested ones.

    Components of the tested SNPs themselves would hold their linkage, and so the planted effects.

    Parameters
    ----------
    pedigree : whose components.
    snps : number of SNPs.
    count : number of components.

    Returns
    -------
    float [people, count], as `principal_components` scales them.
    """
    gram = np.zeros((len(pedigree.population),) * 2)
    for first in range(0, snps, _AT_ONCE):
        standard = _standardised(background_genotypes(pedigree, min(_AT_ONCE, snps - first), rng))
        gram += standard @ standard.T
    return _scores(gram, count)


def background_genotypes(pedigree: Pedigree, snps: int, rng: np.random.Generator) -> np.ndarray:
    """Allele counts int8 [people, snps]: frequencies drift apart as Balding and Nichols' model has it."""
    ancestral = rng.uniform(0.1, 0.9, snps)
    scale = (1 - _DRIFT) / _DRIFT
    largest, second, source = rng.beta(scale * ancestral, scale * (1 - ancestral), (3, snps))
    founders = pedigree.parents[:, 0] < 0
    own = np.where(pedigree.population[founders, None] == 0, largest, second)
    frequency = own + pedigree.admixture[founders, None] * (source - own)
    haplotypes = rng.random((2 * len(own), snps), dtype=np.float32) < np.repeat(frequency, 2, axis=0)
    return hand_down(haplotypes.T.astype(np.int8), pedigree, np.arange(snps), rng)


def principal_components(genotypes: np.ndarray, count: int) -> np.ndarray:
    """Scores of the first components of standardised allele counts, float [people, count], scaled as UKB's.

    The sign is such that a component's largest score is positive.
    """
    standard = _standardised(genotypes)
    return _scores(standard @ standard.T, count)


def _standardised(genotypes: np.ndarray) -> np.ndarray:
    """Allele counts of common SNPs by their frequencies, float [people, common SNPs]."""
    frequency = genotypes.mean(axis=0) / 2
    common = np.minimum(frequency, 1 - frequency) > 0.05
    kept = frequency[common]
    standard: np.ndarray = (genotypes[:, common] - 2 * kept) / np.sqrt(2 * kept * (1 - kept))
    return standard


def _scores(gram: np.ndarray, count: int) -> np.ndarray:
    """Principal components, from the products of the people's standardised counts."""
    people = len(gram)
    values, vectors = eigh(gram, subset_by_index=(people - count, people - 1))
    scores = (vectors * np.sqrt(np.clip(values, 0, None)))[:, ::-1]
    signed: np.ndarray = scores * np.sign(scores[np.abs(scores).argmax(axis=0), np.arange(count)])
    return signed
