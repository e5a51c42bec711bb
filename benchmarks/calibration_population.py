"""Populations at feature level whose truth is known: what cohorts of the calibration are drawn from."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

SITES = ("11025", "11026", "11027")
_REGIONS_A_FEATURE = 6
_FREQUENCIES = (0.1, 0.45)  # of the counted allele, which so is the minor one


@dataclass(frozen=True)
class Genome:
    """Blocks of linked SNPs.

    Attributes
    ----------
    snps : fewest and most SNPs of a block.
    neighbours : correlation of neighbouring alleles of a haplotype before they are cut at their frequencies.
    information : INFO of imputation; below 1 the table holds dosages that explain so much of the true counts.
    missing : share of counts.
    """

    blocks: int = 25
    snps: tuple[int, int] = (4, 4)
    neighbours: float = 0.85
    information: float = 1.0
    missing: float = 0.005


@dataclass(frozen=True)
class Factors:
    """Factors between genes and brain.

    Attributes
    ----------
    causal : causal SNPs of a factor, each in a block of its own.
    snp_share : of a factor's variance by one of them.
    regions, region_share : regions of a factor, and its share of their variance.
    wm_share : of the WM liability's variance by all factors.
    """

    count: int = 0
    causal: int = 5
    snp_share: float = 0.08
    regions: int = 4
    region_share: float = 0.6
    wm_share: float = 0.4


@dataclass(frozen=True)
class Ancestry:
    """What ancestry does.

    Attributes
    ----------
    second : share of people outside the largest ancestry, whose allele frequencies differ by `second_frequency` (SD).
    second_regions : SD over regions of the difference of their regions, in SD of a region.
    cline_snps, cline_regions : mean absolute correlation of a coordinate within the ancestries with SNPs and regions.
    pc_noise : share of a genetic component's variance that is not the coordinate it stands for.
    """

    second: float = 0.06
    second_frequency: float = 0.1
    second_regions: float = 0.0
    cline_snps: float = 0.0
    cline_regions: float = 0.0
    pc_noise: float = 0.03


@dataclass(frozen=True)
class Memory:
    """Working memory and who is in its groups.

    Attributes
    ----------
    age_share : of the liability's variance by age.
    gene_share, genes : of the liability's variance by so many SNPs, in blocks of their own, that do nothing to regions.
    labelled : share of the people with images who are in a group, those of extreme scores.
    imaged : share of people with images, those of extreme scores: the published design takes no others.
    """

    age_share: float = 0.1
    gene_share: float = 0.0
    genes: int = 0
    labelled: float = 0.5
    imaged: float = 1.0


@dataclass(frozen=True)
class CohortKind:
    """Everything that a cohort is drawn from but its seed.

    Attributes
    ----------
    people : with images.
    age_regions : SD over regions of the correlation of a region with age, around -0.3.
    """

    people: int = 1000
    regions: int = 50
    features: int = 64
    age_regions: float = 0.15
    siblings: float = 0.03
    genome: Genome = field(default_factory=Genome)
    factors: Factors = field(default_factory=Factors)
    ancestry: Ancestry = field(default_factory=Ancestry)
    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True, eq=False)
class Truth:
    """What is so in a cohort.

    Attributes
    ----------
    block : int [SNPs], the block of each SNP.
    causal : variant, factor (-1: on WM alone) and block of the causal SNPs.
    planted : bool [regions], those of a factor.
    """

    block: np.ndarray
    causal: pd.DataFrame
    planted: np.ndarray

    def to_brain(self) -> pd.DataFrame:
        """The causal SNPs of factors."""
        return self.causal[self.causal["factor"] >= 0]

    def causal_blocks(self) -> set[int]:
        """Their blocks."""
        return set(self.to_brain()["block"])


@dataclass(frozen=True, eq=False)
class Population:
    """What is so in a population, whoever is drawn from it.

    Attributes
    ----------
    block, frequency, slope, shift : [SNPs]: block, frequency of the counted allele, its change with the cline's
        coordinate and in the second ancestry.
    causal, factor, effect : [causal SNPs]: column, factor (-1: WM alone), effect of the standardised count.
    loadings : [factors, regions].
    confounded : [confounds, regions], in the order of `region_confounds`.
    mixtures : of each fold.
    """

    block: np.ndarray
    frequency: np.ndarray
    slope: np.ndarray
    shift: np.ndarray
    causal: np.ndarray
    factor: np.ndarray
    effect: np.ndarray
    loadings: np.ndarray
    confounded: np.ndarray
    mixtures: list[tuple[np.ndarray, np.ndarray]]

    @classmethod
    def draw(cls, kind: CohortKind, folds: int, rng: np.random.Generator) -> "Population":
        """One population of a kind, seen by the networks of so many folds."""
        genome, own, ancestry, direct = kind.genome, kind.factors, kind.ancestry, kind.memory.genes
        fewest, most = genome.snps
        block = np.repeat(np.arange(genome.blocks), rng.integers(fewest, most + 1, genome.blocks))
        frequency = rng.uniform(*_FREQUENCIES, len(block))
        # a slope of r sqrt(pq / 2) gives a count the correlation r with the coordinate
        slope = rng.normal(0, _sd_of(ancestry.cline_snps), len(block)) * np.sqrt(frequency * (1 - frequency) / 2)
        shift = rng.normal(0, ancestry.second_frequency, len(block))
        factor = np.r_[np.repeat(np.arange(own.count), own.causal), np.full(direct, -1)]
        chosen = rng.permutation(genome.blocks)[: len(factor)]
        causal = np.array([rng.choice(np.flatnonzero(block == number)) for number in chosen], int)
        share = np.where(factor >= 0, own.snp_share, 1 / max(direct, 1))
        effect = np.sqrt(share) * rng.choice([-1.0, 1.0], len(factor))
        loadings = np.zeros((own.count, kind.regions))
        places = rng.permutation(kind.regions)[: own.count * own.regions].reshape(own.count, own.regions)
        for number, regions in enumerate(places):
            loadings[number, regions] = np.sqrt(own.region_share)
        confounded = _draw_confounded(kind, rng)
        mixtures = [_mixture(kind, rng) for _ in range(folds)]
        return cls(block, frequency, slope, shift, causal, factor, effect, loadings, confounded, mixtures)

    @property
    def variants(self) -> list[str]:
        """Ids of the SNPs; every block has a chromosome of its own."""
        return [f"{1 + block}:{1000 * (number + 1)}:A:G" for number, block in enumerate(self.block)]

    @property
    def truth(self) -> Truth:
        """What is to be found."""
        variants = self.variants
        causal = {
            "variant": [variants[column] for column in self.causal],
            "factor": self.factor,
            "block": self.block[self.causal],
        }
        planted = np.asarray((self.loadings != 0).any(axis=0))
        return Truth(self.block, pd.DataFrame(causal), planted)


def _draw_confounded(kind: CohortKind, rng: np.random.Generator) -> np.ndarray:
    """What each of `region_confounds` does to each region."""
    count, ancestry = kind.regions, kind.ancestry
    effects = [
        rng.normal(-0.3, kind.age_regions, count),
        rng.normal(0.3, 0.05, count),
        rng.normal(0.2, 0.1, count),
        *rng.normal(0, 0.15, (len(SITES), count)),
        rng.normal(0, ancestry.second_regions, count),
        rng.normal(0, _sd_of(ancestry.cline_regions), count),
    ]
    return np.stack(effects)


def _mixture(kind: CohortKind, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Weights [regions, features] of some regions a feature, and offsets: what a fold's network looks at."""
    weights = rng.standard_normal((kind.regions, kind.features)) / np.sqrt(_REGIONS_A_FEATURE)
    order = rng.random(weights.shape).argsort(axis=0)
    return weights * (order < _REGIONS_A_FEATURE), rng.normal(0.7, 0.3, kind.features)


def _sd_of(mean_absolute: float) -> float:
    """SD of a normal variable around 0 with this mean absolute value."""
    return float(mean_absolute * np.sqrt(np.pi / 2))
