"""The calibration's cohorts are what their parameters say."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from benchmarks.calibration_chain import ChainSettings, CohortTables
from benchmarks.calibration_cohorts import SPLITS, draw_cohort, draw_people
from benchmarks.calibration_parts import CLINE, COLLIDER, NULL, PLANTED
from benchmarks.calibration_population import CohortKind, Genome
from cgni.base.views import IMAGING
from cgni.cohort.roles import fold_people

SMALL = CohortKind(people=300, regions=20, features=16, genome=Genome(blocks=6))


def correlations(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """numpy's, of every column of the first with every column of the second."""
    count = first.shape[1]
    return np.corrcoef(first, second, rowvar=False)[:count, count:]


def test_same_seed_same_cohort() -> None:
    first, second, other = draw_cohort(SMALL, 3), draw_cohort(SMALL, 3), draw_cohort(SMALL, 4)
    assert_frame_equal(first.genotypes, second.genotypes)
    assert_frame_equal(first.participants, second.participants)
    assert first.features(2).equals(second.features(2))
    assert not first.genotypes.equals(other.genotypes)


def test_blocks_are_linked_inside_and_not_with_each_other() -> None:
    drawn, block = draw_people(NULL, 5, 4000), draw_cohort(NULL, 5).truth.block
    unrelated = drawn.participants["largest_ancestry"].to_numpy() & drawn.participants["unrelated"].to_numpy()
    r2 = np.corrcoef(drawn.counts[unrelated], rowvar=False) ** 2
    same = block[:, None] == block[None]
    # n r² of independent columns has mean 1; 100 SNPs make some 4,800 pairs
    assert unrelated.sum() * r2[~same].mean() == pytest.approx(1.0, abs=0.1)
    assert r2[same & ~np.eye(len(block), dtype=bool)].mean() > 0.2


def test_cline_is_as_strong_as_it_says() -> None:
    strengths = []
    for seed in range(4):
        cohort = draw_cohort(CLINE, seed)
        counts = cohort.genotypes[cohort.variants].to_numpy(float)
        counts = np.where(np.isnan(counts), np.nanmean(counts, axis=0), counts)
        features = cohort.features(0).iloc[:, 1:].to_numpy(float)
        coordinate = cohort.coordinate[:, None]
        strengths.append([np.abs(correlations(values, coordinate)).mean() for values in (counts, features)])
        # one of the genetic components sees 97 % of its variance
        seen = np.corrcoef(cohort.coordinate, cohort.participants["pc2"])[0, 1] ** 2
        assert seen == pytest.approx(0.97, abs=0.01)
    # .07 and .08 of the trial; chance alone adds |r| of about .02 in quadrature, and draws of slopes vary
    assert np.mean(strengths, axis=0) == pytest.approx([0.07, 0.08], abs=0.015)


def test_collider_ties_genes_to_age_among_the_extremes_alone() -> None:
    selected = draw_people(COLLIDER, 6, 3000)
    everybody = dataclasses.replace(COLLIDER, memory=dataclasses.replace(COLLIDER.memory, imaged=1.0))
    truth = draw_cohort(COLLIDER, 6).truth
    columns = [draw_cohort(COLLIDER, 6).variants.index(name) for name in truth.causal["variant"]]
    found = []
    for people in (selected, draw_people(everybody, 6, 3000)):
        counts, score = people.counts[:, columns], people.participants["outcome"].to_numpy(float)
        signs = np.sign(correlations(counts, score[:, None])[:, 0])
        genes = ((counts - counts.mean(axis=0)) / counts.std(axis=0)) @ signs
        found.append(np.corrcoef(genes, people.participants["age"])[0, 1])
    assert selected.participants["outcome_group"].notna().all()
    # the trial's r of age and genes lay between -.37 and -.46; in everybody they are independent (SE .018)
    assert -0.5 < found[0] < -0.3 and abs(found[1]) < 0.06
    assert len(truth.to_brain()) == 0 and not truth.planted.any()


def test_factors_hold_the_planted_shares() -> None:
    drawn, truth = draw_people(PLANTED, 7, 20000), draw_cohort(PLANTED, 7).truth
    variants = draw_cohort(PLANTED, 7).variants
    planted = np.flatnonzero(truth.planted)
    assert len(planted) == PLANTED.factors.count * PLANTED.factors.regions
    share = []
    for name in truth.causal["variant"]:
        r = correlations(drawn.counts[:, [variants.index(name)]].astype(float), drawn.regions[:, planted])[0]
        share.append(np.sort(r**2)[-PLANTED.factors.regions :].mean())
    # a SNP's share of a region: its share of the factor (.08) times the factor's share of the region (.6);
    # squares of r estimated from 20,000 people, dampened a little by ancestry and siblings
    assert np.mean(share) == pytest.approx(0.08 * 0.6, rel=0.15)


def test_occluded_features_are_those_of_the_region_at_its_mean() -> None:
    cohort = draw_cohort(SMALL, 8)
    rows, training = np.array([3, 50, 7]), np.arange(100, 250)
    intact, occluded = cohort.occluded(1, rows, training)
    assert np.array_equal(intact, cohort.features(1).iloc[rows, 1:].to_numpy())
    weights, offsets = cohort.mixtures[1]
    for person, row in enumerate(rows):
        for region in range(SMALL.regions):
            values = cohort.regions[row].copy()
            values[region] = cohort.regions[training, region].mean()
            expected = np.maximum(values @ weights + offsets, 0)
            assert np.allclose(occluded[person, region], expected, atol=1e-5)


def test_region_features_are_the_folds_own_people() -> None:
    cohort, settings = draw_cohort(SMALL, 9), ChainSettings.of()
    tables = CohortTables(cohort, settings.confounds)
    data, regions = tables.fold_data(2), tables.region_features(2, settings.occlusion)
    assert set(regions.ids) == set(fold_people(cohort.splits, 2).validation)
    assert np.array_equal(data.raw[IMAGING][data.ids.get_indexer(pd.Index(regions.ids))], regions.intact)
    assert tables.folds() == range(SPLITS.folds)


def test_dosages_hold_so_much_of_the_true_counts() -> None:
    imputed = dataclasses.replace(
        NULL, people=3000, genome=Genome(blocks=10, information=0.6, missing=0.0), siblings=0.0
    )
    cohort, drawn = draw_cohort(imputed, 10), draw_people(imputed, 10)
    dosages = cohort.genotypes[cohort.variants].to_numpy(float)
    assert dosages.min() >= 0 and dosages.max() <= 2
    r2 = [np.corrcoef(dosages[:, snp], drawn.counts[:, snp])[0, 1] ** 2 for snp in range(dosages.shape[1])]
    slopes = [np.polyfit(dosages[:, snp], drawn.counts[:, snp], 1)[0] for snp in range(dosages.shape[1])]
    # INFO is r² with the truth, and the expected count given a dosage is the dosage; cut at 0 and 2
    assert np.mean(r2) == pytest.approx(0.6, abs=0.05) and np.mean(slopes) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("share", [0.05, 0.15, 0.5, 1.0])
def test_share_of_people_in_a_group(share: float) -> None:
    kind = dataclasses.replace(SMALL, memory=dataclasses.replace(SMALL.memory, labelled=share))
    people = draw_people(kind, 11, 2000).participants
    assert people["outcome_group"].notna().mean() == pytest.approx(share, abs=0.002)
    low, high = (people.loc[people["outcome_group"] == group, "outcome"] for group in (0, 1))
    assert low.max() == 5 and high.min() == 9


def test_siblings_share_half_of_their_alleles() -> None:
    drawn = draw_people(dataclasses.replace(NULL, siblings=0.4), 12, 4000)
    family = drawn.participants["family"]
    second = np.flatnonzero(family.duplicated())
    first = family.reset_index().groupby("family")["index"].first().loc[family.iloc[second]].to_numpy()
    r = [np.corrcoef(drawn.counts[first, snp], drawn.counts[second, snp])[0, 1] for snp in range(40)]
    # full siblings' counts correlate at one half; ancestry adds a little
    assert np.mean(r) == pytest.approx(0.5, abs=0.05)
