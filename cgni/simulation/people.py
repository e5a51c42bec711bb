"""Simulated people: ids, ancestry, families and how haplotypes are handed down."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pedigree:
    """Founders first, then children.

    Attributes
    ----------
    population : int [people], 0 = largest ancestry, 1 = second.
    parents : int [people, 2], rows of the parents, -1 for founders.
    """

    population: np.ndarray
    parents: np.ndarray

    @property
    def founders(self) -> tuple[int, int]:
        """Number of founders of the largest and of the second ancestry."""
        founders = self.parents[:, 0] < 0
        return int((founders & (self.population == 0)).sum()), int((founders & (self.population == 1)).sum())

    def related_pairs(self) -> list[tuple[int, int]]:
        """Pairs of rows of first-degree relatives: parent and child, full siblings."""
        children = np.flatnonzero(self.parents[:, 0] >= 0)
        pairs = [(int(parent), int(child)) for child in children for parent in self.parents[child]]
        pairs += [
            (int(first), int(second))
            for index, first in enumerate(children)
            for second in children[index + 1 :]
            if (self.parents[first] == self.parents[second]).all()
        ]
        return pairs


def draw_pedigree(people: int, second_ancestry: float, children: int, rng: np.random.Generator) -> Pedigree:
    """A cohort in which `children` people are children of two other members, some of them siblings."""
    founders = people - children
    second = round(founders * second_ancestry)
    population = np.r_[np.zeros(founders - second, int), np.ones(second, int)]
    couples = rng.choice(founders - second, size=(children, 2), replace=False)
    with_sibling = rng.random(children) < 0.3
    for child in range(1, children):
        if with_sibling[child]:
            couples[child] = couples[child - 1]
    parents = np.vstack([np.full((founders, 2), -1), couples])
    return Pedigree(np.r_[population, np.zeros(children, int)], parents)


def hand_down(haplotypes: np.ndarray, pedigree: Pedigree, loci: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Genotypes of everybody from founder haplotypes.

    Each parent hands down one of its two haplotypes at each locus (`loci`: locus number of each
    site); loci lie far apart, so they are drawn independently.

    Returns
    -------
    int8 [people, sites], copies of the derived allele.
    """
    founders = haplotypes.shape[1] // 2
    pairs = haplotypes.T.reshape(founders, 2, -1)
    genotypes = [pairs.sum(axis=1, dtype=np.int8)]
    for parents in pedigree.parents[founders:]:
        total = np.zeros(pairs.shape[2], np.int8)
        for parent in parents:
            side = rng.integers(0, 2, loci.max() + 1)[loci]
            total += pairs[parent, side, np.arange(pairs.shape[2])]
        genotypes.append(total[None])
    return np.vstack(genotypes)
