"""Cohorts at feature level whose truth is known: no image, no file, a second instead of hours.

Regions follow confounds, planted factors and noise; the features of a fold's "network" are a random ReLU mixture of
them, another one in every fold, because two networks share no space. Without a region its value is the training
people's mean, and the features follow exactly. Genotypes have linkage within blocks and none between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from benchmarks.calibration_population import SITES, CohortKind, Population, Truth
from cgni.base.seeds import derive_seed
from cgni.base.tables import number_columns
from cgni.cohort.roles import fold_people
from cgni.cohort.settings import SplitSettings
from cgni.cohort.splits import make_splits

SPLITS = SplitSettings(holdout=0.1, folds=5, monitor=0.2, age_bands=4, kinship=0.0442)


@dataclass(frozen=True, eq=False)
class Cohort:
    """A cohort as the chain's tables have it, with its truth.

    Attributes
    ----------
    participants, splits, genotypes : tables of the study; everybody has both modalities.
    regions : float64 [people, regions] in the order of `participants`.
    mixtures : of each fold, weights [regions, features] and offsets [features].
    coordinate : float64 [people], the cline's.
    """

    kind: CohortKind
    participants: pd.DataFrame
    splits: pd.DataFrame
    genotypes: pd.DataFrame
    regions: np.ndarray
    mixtures: Sequence[tuple[np.ndarray, np.ndarray]]
    coordinate: np.ndarray
    truth: Truth

    @property
    def region_names(self) -> list[str]:
        """Names of the regions."""
        return [f"region{number:02d}" for number in range(self.regions.shape[1])]

    @property
    def variants(self) -> list[str]:
        """Ids of the SNPs."""
        return list(self.genotypes.columns[1:])

    def features(self, fold: int) -> pd.DataFrame:
        """participant_id, h_0 ... of a fold."""
        weights, offsets = self.mixtures[fold]
        values = np.maximum(self.regions @ weights + offsets, 0).astype(np.float32)
        table = pd.DataFrame(values, columns=number_columns("h", values.shape[1]))
        table.insert(0, "participant_id", self.participants["participant_id"].to_numpy())
        return table

    def fill(self, fold: int) -> pd.DataFrame:
        """Fill values of a fold: mean counts of its training people."""
        training = self.genotypes["participant_id"].isin(fold_people(self.splits, fold).training)
        means = self.genotypes.loc[training, self.variants].astype("float64").mean()
        return pd.DataFrame({"variant_id": means.index, "fill": means.to_numpy()})

    def occluded(self, fold: int, rows: np.ndarray, training: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Features of the people `rows`, float32 [people, features], and [people, regions, features] without a region.

        A region is replaced by its mean in the people `training` (row numbers).
        """
        weights, offsets = self.mixtures[fold]
        own = self.regions[rows]
        before = own @ weights + offsets
        change = (self.regions[training].mean(axis=0) - own)[:, :, None] * weights[None]
        occluded = np.maximum(before[:, None] + change, 0).astype(np.float32)
        return np.maximum(before, 0).astype(np.float32), occluded


@dataclass(frozen=True, eq=False)
class DrawnPeople:
    """People with images.

    Attributes
    ----------
    participants : the participants table.
    counts : int8 [people, SNPs], true ones.
    regions : float64 [people, regions].
    coordinate : float64 [people], the cline's.
    """

    participants: pd.DataFrame
    counts: np.ndarray
    regions: np.ndarray
    coordinate: np.ndarray


def draw_cohort(kind: CohortKind, seed: int) -> Cohort:
    """One cohort; the same seed gives the same bytes."""
    own = _population(kind, seed)
    drawn = draw_people(kind, seed)
    rng = np.random.default_rng(derive_seed(seed, "genotypes"))
    ids = drawn.participants["participant_id"]
    return Cohort(
        kind=kind,
        participants=drawn.participants,
        splits=make_splits(drawn.participants, SPLITS, derive_seed(seed, "splits")),
        genotypes=_genotype_table(ids, drawn.counts, own.variants, kind, rng),
        regions=drawn.regions,
        mixtures=own.mixtures,
        coordinate=drawn.coordinate,
        truth=own.truth,
    )


def draw_people(kind: CohortKind, seed: int, people: int | None = None) -> DrawnPeople:
    """The people of `draw_cohort`, or so many others of the same population."""
    own = _population(kind, seed)
    rng = np.random.default_rng(derive_seed(seed, "people", people or 0))
    count = people or kind.people
    drawn = _people(round(count / kind.memory.imaged), kind, rng)
    counts = _true_counts(drawn, own, kind, rng)
    factors, direct = _genetic_parts(counts, own, kind, rng)
    liability = _liability(drawn, factors, direct, kind, rng)
    regions = _regions(drawn, factors, own, rng)
    kept = _imaged(liability, kind)
    drawn = drawn.iloc[kept].reset_index(drop=True)
    table = _participants(drawn, liability[kept], kind, rng)
    return DrawnPeople(table, counts[kept], regions[kept], drawn["coordinate"].to_numpy())


def _population(kind: CohortKind, seed: int) -> Population:
    return Population.draw(kind, SPLITS.folds, np.random.default_rng(derive_seed(seed, "population")))


def _people(count: int, kind: CohortKind, rng: np.random.Generator) -> pd.DataFrame:
    """Confounds of everybody; the second of a pair of siblings follows the first."""
    second = rng.random(count) < kind.ancestry.second
    follows = np.r_[False, rng.random(count - 1) < kind.siblings]
    follows[1:] &= ~follows[:-1]
    family, places = np.arange(count), np.flatnonzero(follows)
    family[places] = family[places - 1]
    coordinate = rng.standard_normal(count)
    second[places], coordinate[places] = second[places - 1], coordinate[places - 1]
    sex = rng.integers(0, 2, count)
    clear, blurred = np.sqrt(1 - kind.ancestry.pc_noise), np.sqrt(kind.ancestry.pc_noise)
    pcs = {
        "pc1": 4.0 * second + rng.standard_normal(count),
        "pc2": clear * coordinate + blurred * rng.standard_normal(count),
        "pc3": rng.standard_normal(count),
        "pc4": rng.standard_normal(count),
    }
    return pd.DataFrame(
        {
            "age": np.clip(rng.normal(63.5, 7.5, count), 45, 80).round(1),
            "sex": sex.astype(np.int8),
            "site": rng.choice(SITES, count, p=[0.5, 0.2, 0.3]),
            "head_size": rng.normal(1.3, 0.1, count) - 0.11 * (sex - 0.5),
            **pcs,
            "largest_ancestry": ~second,
            "family": family,
            "coordinate": coordinate,
        }
    )


def _true_counts(people: pd.DataFrame, own: Population, kind: CohortKind, rng: np.random.Generator) -> np.ndarray:
    """Counts 0, 1, 2 [people, SNPs] whose frequencies follow ancestry."""
    second = ~people["largest_ancestry"].to_numpy()
    frequency = own.frequency + np.outer(people["coordinate"], own.slope) + np.outer(second, own.shift)
    cut = norm.ppf(np.clip(frequency, 0.01, 0.99))
    family, neighbours = people["family"].to_numpy(), kind.genome.neighbours
    haplotypes = [_haplotypes(family, own.block, neighbours, rng) < cut for _ in range(2)]
    counts: np.ndarray = np.sum(haplotypes, axis=0).astype(np.int8)
    return counts


def _haplotypes(family: np.ndarray, blocks: np.ndarray, neighbours: float, rng: np.random.Generator) -> np.ndarray:
    """Normal values [people, SNPs], a chain within blocks; siblings share half of their blocks."""
    values = rng.standard_normal((len(family), len(blocks)))
    for snp in range(1, len(blocks)):
        if blocks[snp] == blocks[snp - 1]:
            values[:, snp] = neighbours * values[:, snp - 1] + np.sqrt(1 - neighbours**2) * values[:, snp]
    sibling = np.flatnonzero(family != np.arange(len(family)))
    shared = (rng.random((len(sibling), blocks.max() + 1)) < 0.5)[:, blocks]
    values[sibling] = np.where(shared, values[family[sibling]], values[sibling])
    return values


def _genetic_parts(
    counts: np.ndarray, own: Population, kind: CohortKind, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Factors [people, factors], and what SNPs do to WM directly [people]; both of about unit variance."""
    frequency = own.frequency[own.causal]
    effects = (counts[:, own.causal] - 2 * frequency) / np.sqrt(2 * frequency * (1 - frequency)) * own.effect
    factors = np.empty((len(counts), kind.factors.count))
    rest = np.sqrt(1 - kind.factors.causal * kind.factors.snp_share)
    for number in range(kind.factors.count):
        factors[:, number] = effects[:, own.factor == number].sum(axis=1) + rest * rng.standard_normal(len(counts))
    return factors, effects[:, own.factor < 0].sum(axis=1)


def _liability(
    people: pd.DataFrame, factors: np.ndarray, direct: np.ndarray, kind: CohortKind, rng: np.random.Generator
) -> np.ndarray:
    """Working memory before it becomes digits, about unit variance."""
    memory, count = kind.memory, factors.shape[1]
    factor_share = kind.factors.wm_share if count else 0.0
    noise = 1 - factor_share - memory.age_share - memory.gene_share
    liability: np.ndarray = (
        np.sqrt(factor_share / max(count, 1)) * factors.sum(axis=1)
        - np.sqrt(memory.age_share) * _region_confounds(people)[:, 0]
        + np.sqrt(memory.gene_share) * direct
        + np.sqrt(noise) * rng.standard_normal(len(people))
    )
    return liability


def _regions(people: pd.DataFrame, factors: np.ndarray, own: Population, rng: np.random.Generator) -> np.ndarray:
    """Gray matter [people, regions], about unit variance."""
    confounded = _region_confounds(people) @ own.confounded
    left = np.maximum(1 - confounded.var(axis=0) - (own.loadings**2).sum(axis=0), 0.1)
    whole = rng.standard_normal((len(people), 1))  # what all regions of a brain share
    noise = np.sqrt(0.2) * whole + np.sqrt(0.8) * rng.standard_normal(confounded.shape)
    regions: np.ndarray = confounded + factors @ own.loadings + noise * np.sqrt(left)
    return regions


def _imaged(liability: np.ndarray, kind: CohortKind) -> np.ndarray:
    """Rows of the people with images, in order."""
    rank = (liability.argsort().argsort() + 0.5) / len(liability)
    half = kind.memory.imaged / 2
    return np.flatnonzero((rank < half) | (rank > 1 - half) if kind.memory.imaged < 1 else rank > 0)


def _participants(
    people: pd.DataFrame, liability: np.ndarray, kind: CohortKind, rng: np.random.Generator
) -> pd.DataFrame:
    """The participants table: digits 2-5 are the low group, 9-12 the high one."""
    rank, half = (liability.argsort().argsort() + 0.5) / len(people), kind.memory.labelled / 2
    low = half * np.array([0.05, 0.2, 0.5, 1.0])
    middle = half + (1 - 2 * half) * np.array([0.33, 0.67, 1.0])
    digits = 2 + np.searchsorted(np.r_[low, middle, 1 - half * np.array([0.4, 0.12, 0.03])], rank, side="right")
    group = np.select([digits <= 5, digits >= 9], [0, 1], -1)
    named = people.drop(columns="coordinate").assign(
        outcome=digits.astype(np.int16),
        outcome_group=pd.array(np.where(group < 0, pd.NA, group), dtype="Int8"),
        has_image=True,
        has_genotypes=True,
        unrelated=~people["family"].duplicated(),
        family=[f"f{number:05d}" for number in people["family"]],
    )
    # ids say nothing about families or the order in which people were drawn
    named.insert(0, "participant_id", [f"p{number:05d}" for number in rng.permutation(len(people))])
    return named


def _genotype_table(
    ids: pd.Series, counts: np.ndarray, variants: Sequence[str], kind: CohortKind, rng: np.random.Generator
) -> pd.DataFrame:
    """participant_id and a column a SNP: hard calls, or dosages."""
    information, values = kind.genome.information, counts.astype(float)
    if information < 1:
        mean, sd = values.mean(axis=0), values.std(axis=0)
        noise = np.sqrt(information * (1 - information)) * sd * rng.standard_normal(values.shape)
        # an imputed dosage: regression to the mean, so that the true count has slope 1 on it
        values = np.clip(mean + information * (values - mean) + noise, 0, 2).round(2)
    values[rng.random(values.shape) < kind.genome.missing] = np.nan
    table = pd.DataFrame(values, columns=list(variants), dtype="float32")
    return pd.concat([ids, table], axis=1)


def _region_confounds(people: pd.DataFrame) -> np.ndarray:
    """Age, head size, sex, sites, second ancestry and the cline's coordinate, [people, confounds]."""
    age, head_size = (people["age"] - 63.5) / 7.3, (people["head_size"] - 1.3) / 0.115
    sites = [people["site"] == level for level in SITES]
    columns = [age, head_size, people["sex"] - 0.5, *sites, ~people["largest_ancestry"], people["coordinate"]]
    return np.column_stack([np.asarray(column, float) for column in columns])
