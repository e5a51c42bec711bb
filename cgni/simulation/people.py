"""Simulated people: ids, ancestry, families and how haplotypes are handed down."""

from dataclasses import dataclass

import numpy as np

from cgni.simulation.settings import SimulatedPeopleSettings


@dataclass(frozen=True)
class Pedigree:
    """Founders first, then children.

    Attributes
    ----------
    population : int [people], 0 = largest ancestry, 1 = second.
    parents : int [people, 2], rows of the parents, -1 for founders.
    admixture : float [people], share of haplotypes from the cline's other source; expected one of a child.
    """

    population: np.ndarray
    parents: np.ndarray
    admixture: np.ndarray

    @property
    def cline(self) -> np.ndarray:
        """Coordinate on the cline, float [people]: standardised within the largest ancestry, 0 elsewhere."""
        largest = self.population == 0
        mean, spread = self.admixture[largest].mean(), self.admixture[largest].std()
        coordinate: np.ndarray = np.where(largest & (spread > 0), self.admixture - mean, 0.0) / (spread or 1.0)
        return coordinate

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


def draw_pedigree(
    people: int, second_ancestry: float, children: int, rng: np.random.Generator, cline: float = 0.0
) -> Pedigree:
    """A cohort in which `children` people are children of two other members, some of them siblings.

    Parameters
    ----------
    people : all of them.
    second_ancestry : share of the founders.
    children : of members of the largest ancestry.
    cline : SD of the founders' share of the other source in the largest ancestry, from a symmetrical beta
        distribution; 0: nobody has any.
    """
    founders = people - children
    second = round(founders * second_ancestry)
    population = np.r_[np.zeros(founders - second, int), np.ones(second, int)]
    couples = rng.choice(founders - second, size=(children, 2), replace=False)
    with_sibling = rng.random(children) < 0.3
    for child in range(1, children):
        if with_sibling[child]:
            couples[child] = couples[child - 1]
    parents = np.vstack([np.full((founders, 2), -1), couples])
    admixture = np.zeros(people)
    if cline > 0:
        shape = (1 / (4 * cline**2) - 1) / 2
        admixture[: founders - second] = rng.beta(shape, shape, founders - second)
        admixture[founders:] = admixture[couples].mean(axis=1)
    return Pedigree(np.r_[population, np.zeros(children, int)], parents, admixture)


def draw_population(settings: SimulatedPeopleSettings, rng: np.random.Generator) -> tuple[Pedigree, np.ndarray]:
    """The pedigrees of all cohorts of a population as one; no family is in two of them.

    Returns
    -------
    pedigree : of `count` people a cohort.
    members : bool [people], those of the cohort that the study is of.
    """
    drawn = [
        draw_pedigree(settings.count, settings.second_ancestry, settings.children, rng, settings.cline)
        for _ in range(settings.cohorts)
    ]
    founders = settings.count - settings.children
    cohort = np.repeat(np.arange(settings.cohorts), founders), np.repeat(np.arange(settings.cohorts), settings.children)
    parents = [
        np.where(own.parents[founders:] < 0, -1, own.parents[founders:] + number * founders)
        for number, own in enumerate(drawn)
    ]
    return (
        Pedigree(
            _founders_first([own.population for own in drawn], founders),
            np.vstack([np.full((founders * len(drawn), 2), -1), *parents]),
            _founders_first([own.admixture for own in drawn], founders),
        ),
        np.concatenate(cohort) == settings.cohort - 1,
    )


def _founders_first(parts: list[np.ndarray], founders: int) -> np.ndarray:
    return np.concatenate([*(part[:founders] for part in parts), *(part[founders:] for part in parts)])


def draw_sources(pedigree: Pedigree, loci: int, rng: np.random.Generator) -> np.ndarray:
    """From which population the founders have their haplotypes at each locus.

    Returns
    -------
    int8 [loci, 2 * founders]: 0 the largest ancestry's own, 1 the second ancestry's, 2 the cline's other source;
    a founder's two haplotypes are neighbours.
    """
    founders = pedigree.parents[:, 0] < 0
    own = np.repeat(pedigree.population[founders], 2)
    mixed = rng.random((loci, len(own))) < np.repeat(pedigree.admixture[founders], 2)
    return np.where(mixed & (own == 0), 2, own).astype(np.int8)


def deal_haplotypes(
    haplotypes: np.ndarray, pool: np.ndarray, sources: np.ndarray, loci: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Hand the haplotypes of a sequence to the founders, locus by locus, in an order drawn for each locus.

    Haplotypes of one population are exchangeable, so a locus keeps its linkage, and two loci have none however
    near they lie: within a population r² has the expectation 1 / (haplotypes - 1) of a permutation.

    Parameters
    ----------
    haplotypes : int8 [sites, pool].
    pool : int [pool], the population of each haplotype.
    sources : int8 [loci, 2 * founders], what `draw_sources` returned.
    loci : int [sites], the locus of each site.

    Returns
    -------
    int8 [sites, 2 * founders].
    """
    dealt = np.empty((len(haplotypes), sources.shape[1]), np.int8)
    for locus, wanted in enumerate(sources):
        order = np.empty(len(wanted), int)
        for source in np.unique(wanted):
            places = np.flatnonzero(wanted == source)
            order[places] = rng.permutation(np.flatnonzero(pool == source))[: len(places)]
        sites = np.flatnonzero(loci == locus)
        dealt[sites] = haplotypes[sites][:, order]
    return dealt


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
