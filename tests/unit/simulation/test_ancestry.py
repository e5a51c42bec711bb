"""Linkage between loci, the cline within the largest ancestry, and the components that show both ancestries."""

import functools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.programs import msp_path
from cgni.simulation.background import background_components, background_genotypes, principal_components
from cgni.simulation.chromosomes import draw_genotypes
from cgni.simulation.people import Pedigree, deal_haplotypes, draw_pedigree, draw_sources
from cgni.simulation.settings import SimulatedGenotypesSettings
from tests.unit.simulation import needs

_SETTINGS = SimulatedGenotypesSettings(locus_length=40_000, snps_per_gene=6, not_eqtl_per_gene=2)


@functools.cache
def _drawn(folder: Path, cline: float) -> tuple[Pedigree, np.ndarray, pd.DataFrame]:
    """30 loci of one chromosome in 500 people, 50 of them of the second ancestry."""
    pedigree = draw_pedigree(500, 0.1, 10, np.random.default_rng(3), cline)
    loci = pd.DataFrame({"chrom": 4, "begin": 1_000_000 * np.arange(1, 31), "kind": "ppi", "factor": -1})
    genotypes, table = draw_genotypes(msp_path(), loci, pedigree, _SETTINGS, 11, folder)
    good = table["defect"].isna().to_numpy()
    return pedigree, genotypes[:, good].astype(float), table[good].reset_index(drop=True)


def _neighbours_r2(genotypes: np.ndarray, loci: np.ndarray) -> np.ndarray:
    """Mean r² between the SNPs of each locus and those of the next."""
    r2 = np.corrcoef(genotypes, rowvar=False) ** 2
    return np.array([r2[np.ix_(loci == locus, loci == locus + 1)].mean() for locus in range(29)])


@needs.msp
def test_neighbouring_loci_are_unlinked(tmp_path: Path) -> None:
    pedigree, genotypes, table = _drawn(tmp_path, 0.0)
    founders = (pedigree.population == 0) & (pedigree.parents[:, 0] < 0)
    r2 = _neighbours_r2(genotypes[founders], table["locus"].to_numpy())
    # n r² of independent columns has the mean n / (n - 1); loci 200 kb apart on one sequence have 14 at 1,300 people
    error = founders.sum() * r2.std() / np.sqrt(len(r2))
    assert error < 0.1 and founders.sum() * r2.mean() == pytest.approx(1.0, abs=0.25)
    within = np.corrcoef(genotypes[founders], rowvar=False) ** 2
    same = table["locus"].to_numpy()[:, None] == table["locus"].to_numpy()
    assert within[same & ~np.eye(len(same), dtype=bool)].mean() > 0.05, "a locus keeps its linkage"


def test_haplotypes_are_dealt_whole_and_within_their_population() -> None:
    rng = np.random.default_rng(0)
    pool, loci = np.repeat([0, 1, 2], (30, 10, 20)), np.repeat([0, 1], 5)
    haplotypes = np.tile(np.arange(60, dtype=np.int8), (10, 1))  # each haplotype holds its own number
    sources = np.array([[0, 0, 1, 1, 2, 0], [0, 2, 1, 1, 0, 2]], np.int8)
    dealt = deal_haplotypes(haplotypes, pool, sources, loci, rng)
    for locus in (0, 1):
        rows = dealt[loci == locus]
        assert (rows == rows[0]).all() and len(set(rows[0])) == 6, "each haplotype goes whole to one place"
        assert np.array_equal(pool[rows[0]], sources[locus])
    assert not np.array_equal(dealt[0], dealt[9])


def test_without_a_cline_nobody_is_mixed() -> None:
    pedigree = draw_pedigree(60, 0.2, 6, np.random.default_rng(1))
    assert not pedigree.admixture.any() and not pedigree.cline.any()
    sources = draw_sources(pedigree, 4, np.random.default_rng(2))
    own = np.repeat(pedigree.population[pedigree.parents[:, 0] < 0], 2)
    assert np.array_equal(sources, np.tile(own, (4, 1)))


def test_the_cline_has_its_spread_and_children_their_parents_mean() -> None:
    pedigree = draw_pedigree(4000, 0.1, 50, np.random.default_rng(1), cline=0.13)
    largest = pedigree.population == 0
    founders = largest & (pedigree.parents[:, 0] < 0)
    share = pedigree.admixture
    # 3,555 founders: standard errors of 0.002 and 0.0015
    assert share[founders].mean() == pytest.approx(0.5, abs=0.01) and share[founders].std() == pytest.approx(
        0.13, abs=0.008
    )
    assert not share[~largest].any() and not pedigree.cline[~largest].any()
    assert pedigree.cline[largest].mean() == pytest.approx(0) and pedigree.cline[largest].std() == pytest.approx(1)
    children = np.flatnonzero(pedigree.parents[:, 0] >= 0)
    assert np.allclose(share[children], share[pedigree.parents[children]].mean(axis=1))
    mixed = (draw_sources(pedigree, 400, np.random.default_rng(2)) == 2).mean(axis=0)
    own = mixed.reshape(-1, 2).mean(axis=1)
    # 800 draws a founder: a standard error of 0.018
    assert np.allclose(own, share[pedigree.parents[:, 0] < 0], atol=0.09)


@needs.msp
def test_snps_and_components_follow_the_cline(tmp_path: Path) -> None:
    pedigree, genotypes, table = _drawn(tmp_path, 0.13)
    founders = (pedigree.population == 0) & (pedigree.parents[:, 0] < 0)
    cline, count = pedigree.cline[founders], founders.sum()
    r2 = np.corrcoef(np.column_stack([cline, genotypes[founders]]), rowvar=False)[0, 1:] ** 2
    # By theory r = difference of frequencies * SD of the share * sqrt(2 / pq); populations that drifted by 0.12 differ
    # by sqrt(0.24 pq), so r² is 0.24 * 0.13² * 2 = 0.008, beside 1 / n by chance
    assert r2.mean() - 1 / count == pytest.approx(0.008, abs=0.004)
    # loci share nothing but the cline
    between = _neighbours_r2(genotypes[founders], table["locus"].to_numpy())
    assert count * between.mean() < 2

    components = background_components(pedigree, 4000, 10, np.random.default_rng(5))
    design = np.column_stack([np.ones(count), components[founders]])
    rest = cline - design @ np.linalg.lstsq(design, cline, rcond=None)[0]
    # 4,000 SNPs of r² 0.008: the best predictor has r² 0.97, components of 440 people a little less
    assert 1 - rest.var() / cline.var() > 0.85
    assert abs(np.corrcoef(components[:, 0], pedigree.population)[0, 1]) > 0.95


def test_background_snps_are_those_of_families_and_ancestries() -> None:
    pedigree = draw_pedigree(400, 0.25, 20, np.random.default_rng(1))
    genotypes = background_genotypes(pedigree, 2000, np.random.default_rng(2)).astype(float)
    assert genotypes.shape == (400, 2000) and set(np.unique(genotypes)) == {0, 1, 2}
    first, second = genotypes[pedigree.population == 0], genotypes[pedigree.population == 1]
    p, q = first.mean(axis=0) / 2, second.mean(axis=0) / 2
    # Hudson's Fst, without its small-sample terms: populations that drifted by 0.12 each
    fst = ((p - q) ** 2).mean() / (p * (1 - q) + q * (1 - p)).mean()
    assert fst == pytest.approx(0.12, abs=0.02)
    mothers, children = pedigree.parents[-20:, 0], np.arange(380, 400)
    standard = (first - first.mean(axis=0)) / np.maximum(first.std(axis=0), 1e-9)
    row = np.searchsorted(np.flatnonzero(pedigree.population == 0), [mothers, children])
    # a child shares half of its mother's alleles
    assert (standard[row[0]] * standard[row[1]]).mean() == pytest.approx(0.5, abs=0.05)


def test_principal_components_are_those_of_the_gram_matrix() -> None:
    rng = np.random.default_rng(6)
    second = np.arange(60) >= 45
    genotypes = rng.binomial(2, np.where(second[:, None], 0.6, 0.3), (60, 200)).astype(np.int8)
    scores = principal_components(genotypes, 3)
    frequency = genotypes.mean(axis=0) / 2
    standard = (genotypes - 2 * frequency) / np.sqrt(2 * frequency * (1 - frequency))
    left, values, _ = np.linalg.svd(standard, full_matrices=False)
    for number in range(3):
        assert np.allclose(np.abs(scores[:, number]), np.abs(left[:, number]) * values[number], atol=1e-8)
        assert scores[np.abs(scores[:, number]).argmax(), number] > 0
    assert abs(np.corrcoef(scores[:, 0], second)[0, 1]) > 0.9, "the first one separates the ancestries"
