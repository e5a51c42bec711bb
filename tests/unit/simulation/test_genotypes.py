"""Simulated genotypes: genes, families, linkage, planted SNPs and defects, and what is written of them."""

import functools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.base.programs import msp_path
from cgni.enrichment.ontology import Ontology
from cgni.simulation import variants
from cgni.simulation.coalescent import simulate_haplotypes
from cgni.simulation.genotypes import SimulatedGenotypes, simulate_genotypes
from cgni.simulation.loci import GeneSources, choose_loci
from cgni.simulation.people import draw_pedigree, hand_down
from cgni.simulation.phenotypes import simulate_phenotypes
from cgni.simulation.settings import SimulatedGenotypesSettings, SimulatedPeopleSettings, SimulationSettings
from cgni.simulation.truth import TrueCohort
from tests.unit.simulation import needs

_PPI = [f"G{number}" for number in range(30)]
_SETTINGS = SimulatedGenotypesSettings(
    go_terms=("GO:0000001", "GO:0000002"),
    genes_per_factor=2,
    ppi_genes=6,
    decoy_genes=2,
    locus_length=40_000,
    snps_per_gene=3,
    not_eqtl_per_gene=1,
    defects_per_chromosome=1,
)


def _sources() -> GeneSources:
    """40 genes, 30 of the network; the second term holds genes 8-17, the first 0-9, so that two are in both."""
    number = np.arange(40)
    start = 1_000_000 + number * 100_000
    positions = pd.DataFrame(
        {
            "gene_id": [f"ENSG{n:011d}" for n in number],
            "symbol": [f"G{n}" for n in number],
            "chrom": np.where(number % 2, "3", "5"),
            "start": start,
            "end": start + 5_000,
            "strand": "+",
        }
    )
    names = pd.DataFrame({"name": ["one", "two"], "ontology": ["CC", "BP"]}, index=list(_SETTINGS.go_terms))
    direct = {"GO:0000001": set(_PPI[:10]), "GO:0000002": set(_PPI[8:18])}
    return GeneSources(positions, positions[["gene_id"]][:30], Ontology(names, {}, direct, {}, {}))


def test_loci_are_of_their_terms_and_do_not_overlap() -> None:
    loci = choose_loci(_sources(), (3, 5), _SETTINGS, np.random.default_rng(0))
    assert set(loci.loc[loci["factor"] == 0, "symbol"]) <= set(_PPI[:8]) and (loci["factor"] == 0).sum() == 2
    assert set(loci.loc[loci["factor"] == 1, "symbol"]) <= set(_PPI[10:18]) and (loci["factor"] == 1).sum() == 2
    network = loci["symbol"].isin(_PPI)
    assert network.sum() == 6 and (~network).sum() == 2
    assert (loci["kind"] == np.where(network, "ppi", "decoy")).all()
    for _, on_chrom in loci.groupby("chrom"):
        assert (on_chrom["begin"].diff().dropna() > _SETTINGS.locus_length).all()
    middle = (loci["start"] + loci["end"]) // 2
    assert (loci["begin"] + _SETTINGS.locus_length // 2 == middle).all()


def test_loci_are_on_the_chromosomes_or_refused() -> None:
    rng = np.random.default_rng(0)
    assert set(choose_loci(_sources(), [3], _SETTINGS, rng)["chrom"]) == {3}
    with pytest.raises(InputError, match=r"go_terms: GO:0000001 has 0 usable genes .* chromosomes \[7\], 2 are needed"):
        choose_loci(_sources(), (7,), _SETTINGS, rng)


@needs.msp
def test_linkage_decays_and_the_seed_repeats(tmp_path: Path) -> None:
    positions, haplotypes = simulate_haplotypes(msp_path(), (150, 10), 300_000, 1.2, 7, tmp_path)
    again = simulate_haplotypes(msp_path(), (150, 10), 300_000, 1.2, 7, tmp_path)
    assert np.array_equal(positions, again[0]) and np.array_equal(haplotypes, again[1])
    frequency = haplotypes.mean(axis=1)
    common = np.flatnonzero((frequency > 0.1) & (frequency < 0.9))
    r2 = np.corrcoef(haplotypes[common]) ** 2
    distance = np.abs(positions[common][:, None] - positions[common])
    pairs = np.triu(np.ones_like(r2, bool), 1)
    assert r2[pairs & (distance < 5_000)].mean() > 3 * r2[pairs & (distance > 100_000)].mean()


@needs.msp
def test_fewer_crossings_make_linkage_reach_farther(tmp_path: Path) -> None:
    mean_r2 = {}
    for crossings in (1.2, 0.05):
        positions, haplotypes = simulate_haplotypes(msp_path(), (100,), 500_000, crossings, 7, tmp_path)
        frequency = haplotypes.mean(axis=1)
        common = np.flatnonzero((frequency > 0.1) & (frequency < 0.9))
        distance = np.abs(positions[common][:, None] - positions[common])
        r2 = np.corrcoef(haplotypes[common]) ** 2
        mean_r2[crossings] = r2[(distance > 15_000) & (distance < 25_000)].mean()
    # Ohta and Kimura's (10 + x) / (22 + 13 x + x²) with x = 4 N r is 0.098 at 20 kb, and 0.39
    assert mean_r2[0.05] > 2 * mean_r2[1.2]


def test_genes_draw_their_numbers_of_snps_from_the_range() -> None:
    rng = np.random.default_rng(3)
    genotypes = rng.binomial(2, 0.4, (100, 20 * 60)).astype(np.int8)
    loci = pd.DataFrame({"kind": "ppi", "factor": [0] * 10 + [-1] * 10})
    table = pd.DataFrame({"locus": np.repeat(np.arange(20), 60), "pos": np.arange(20 * 60)})
    settings = SimulatedGenotypesSettings(snps_per_gene=(20, 50), not_eqtl_per_gene=0)
    sizes = variants.choose_variants(genotypes, table, loci, settings, rng).groupby("locus").size()
    assert sizes.between(20, 50).all() and sizes.nunique() > 5 and len(sizes) == 20


def test_children_get_one_allele_from_each_parent() -> None:
    rng = np.random.default_rng(1)
    pedigree = draw_pedigree(60, 0.1, 10, rng)
    haplotypes = rng.integers(0, 2, (30, 100)).astype(np.int8)
    genotypes = hand_down(haplotypes, pedigree, np.repeat(np.arange(3), 10), rng)
    assert genotypes.shape == (60, 30) and genotypes.min() >= 0 and genotypes.max() <= 2
    for child in range(50, 60):
        mother, father = pedigree.parents[child]
        # two homozygous parents leave no choice
        sure = (genotypes[mother] != 1) & (genotypes[father] != 1)
        assert np.array_equal(genotypes[child][sure], (genotypes[mother] + genotypes[father])[sure] // 2)
    assert all(child >= 50 for _, child in pedigree.related_pairs())


def test_causal_snps_have_few_proxies() -> None:
    rng = np.random.default_rng(2)
    people, sites = 500, 600
    base = rng.integers(0, 3, (people, sites // 6)).astype(np.int8)
    genotypes = np.repeat(base, 6, axis=1)  # blocks of six SNPs in perfect linkage
    loci = pd.DataFrame({"kind": "ppi", "factor": [0, 0, 1, 1, -1, -1]})
    table = pd.DataFrame({"locus": np.repeat(np.arange(6), 100), "pos": np.arange(sites)})
    settings = SimulatedGenotypesSettings(snps_per_gene=20, not_eqtl_per_gene=2, causal_per_gene=1, max_proxies=1)
    chosen = variants.choose_variants(genotypes, table, loci, settings, rng)
    eqtl = chosen[chosen["is_eqtl"]]
    for factor in (0, 1):
        causal = eqtl.loc[eqtl["factor"] == factor, "site"]
        r2 = variants.squared_correlation(genotypes[:, causal], genotypes[:, eqtl["site"]]).max(axis=0)
        assert len(causal) == 2 and (r2 >= 0.2).mean() < 0.05


@functools.cache
def _simulated(seed: int = 3, attempt: int = 1, **cohort: int) -> SimulatedGenotypes:
    """A small cohort; another attempt is computed anew."""
    people = SimulatedPeopleSettings(count=120, children=6, without_genotypes=0.1, withdrawn=2, **cohort)
    settings = SimulationSettings(people=people, genotypes=_SETTINGS)
    return simulate_genotypes(_sources(), (3, 5), settings, seed, msp_path())


@needs.msp
def test_the_files_hold_the_true_genotypes_of_those_they_name() -> None:
    drawn = _simulated()
    cohort, samples = drawn.cohort, drawn.samples
    assert cohort.genotypes.shape == (120, len(drawn.truth)) == (120, len(drawn.records))
    assert len(set(cohort.ids)) == 120 and cohort.ids.min() >= 1_000_000
    assert len(set(samples.rows)) == len(samples.rows) < 120
    gone = samples.ids < 0
    assert sorted(samples.ids[gone]) == [-2, -1]
    assert np.array_equal(samples.ids[~gone], cohort.ids[samples.rows[~gone]])
    assert set(cohort.withdrawn) == set(cohort.ids[samples.rows[gone]])
    assert np.array_equal(samples.sex, cohort.sex[samples.rows])
    for column, record in enumerate(drawn.records):
        if drawn.truth["defect"].iat[column] != "low_info":
            first, second = record.probabilities.astype(int).T
            called = np.stack([first, second, 255 - first - second], axis=1).argmax(axis=1)
            assert np.array_equal(called, cohort.genotypes[samples.rows, column])


@needs.msp
def test_every_gene_has_its_snps_and_the_causal_ones_their_factor() -> None:
    truth = _simulated().truth
    plain = truth[truth["defect"].isna() | truth["defect"].isin(["duplicated", "multi_allelic"])]
    plain = plain.drop_duplicates(["chrom", "pos"])
    per_gene = plain.groupby("symbol")
    assert truth["symbol"].nunique() == 8
    assert (per_gene["is_eqtl"].sum() == 3).all() and (per_gene.size() == 4).all()
    causal = truth[truth["factor"] >= 0]
    assert causal.groupby("factor")["symbol"].nunique().to_dict() == {0: 2, 1: 2} and len(causal) == 4
    assert set(causal.loc[causal["factor"] == 0, "symbol"]) <= set(_PPI[:8])
    assert causal["defect"].isna().all() and (causal["gene_kind"] == "ppi").all()
    parts = truth["variant_id"].str.split(":", expand=True)
    assert (parts[0].astype(int) == truth["chrom"]).all() and (parts[1].astype(int) == truth["pos"]).all()


@needs.msp
def test_the_seed_decides_and_files_are_written(tmp_path: Path) -> None:
    drawn, again, other = _simulated(), _simulated(attempt=2), _simulated(seed=4)
    assert np.array_equal(drawn.cohort.genotypes, again.cohort.genotypes) and drawn.truth.equals(again.truth)
    assert drawn.eqtl.equals(again.eqtl) and drawn.eqtl_snps.equals(again.eqtl_snps)
    assert set(other.cohort.ids) != set(drawn.cohort.ids)

    drawn.write_chromosome(3, tmp_path / "x.bgen", tmp_path / "x.sample", tmp_path / "x.mfi")
    on_chrom = drawn.truth[drawn.truth["chrom"] == 3]
    mfi = pd.read_csv(tmp_path / "x.mfi", sep="\t", header=None)
    assert mfi[2].tolist() == on_chrom["pos"].tolist() and mfi[1].tolist() == on_chrom["rsid"].tolist()
    assert int.from_bytes((tmp_path / "x.bgen").read_bytes()[8:12], "little") == len(on_chrom)  # of the header
    assert len((tmp_path / "x.sample").read_text().splitlines()) == 2 + len(drawn.samples.ids)

    drawn.cohort.save(tmp_path / "a.npz")
    again.cohort.save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    loaded = TrueCohort.load(tmp_path / "a.npz")
    for name in ("genotypes", "ids", "sex", "withdrawn", "pcs"):
        assert np.array_equal(getattr(loaded, name), getattr(drawn.cohort, name)), name
    assert np.array_equal(loaded.pedigree.parents, drawn.cohort.pedigree.parents)
    assert np.array_equal(loaded.pedigree.population, drawn.cohort.pedigree.population)
    assert np.array_equal(loaded.pedigree.admixture, drawn.cohort.pedigree.admixture)


@needs.msp
def test_cohorts_of_a_population_share_variants_and_effects_but_nobody() -> None:
    first, second = (_simulated(cohorts=2, cohort=number) for number in (1, 2))
    assert np.array_equal(first.cohort.genotypes, second.cohort.genotypes) and len(first.cohort.ids) == 240
    planted = ["variant_id", "is_eqtl", "gene_kind", "factor", "defect"]
    assert first.truth[planted].equals(second.truth[planted])
    for drawn in (first, second):
        assert drawn.cohort.members.sum() == 120 and drawn.cohort.members[drawn.samples.rows].all()
    assert not (first.cohort.members & second.cohort.members).any()
    pairs = first.cohort.pedigree.related_pairs()
    assert len(pairs) >= 24 and all(len(set(first.cohort.members[list(pair)])) == 1 for pair in pairs)
    tables = [simulate_phenotypes(drawn.cohort, drawn.truth, SimulationSettings(), 3) for drawn in (first, second)]
    assert tables[0].betas.equals(tables[1].betas)
    assert tables[0].people.drop(columns="member").equals(tables[1].people.drop(columns="member"))
    for drawn, table in zip((first, second), tables, strict=True):
        listed = set(drawn.cohort.ids[drawn.cohort.members])
        assert set(table.main_table["eid"]) == listed and set(table.withdrawals) <= listed
        assert {int(word) for line in table.relatedness[1:] for word in line.split()[:2]} <= listed
