"""The simulator: files on real formats, linkage, planted shares, nulls, determinism."""

import gzip
import subprocess
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.simulation import maps, traits, ukb_tables, variants
from cgni.simulation.bgen import BgenVariant, write_bgen
from cgni.simulation.coalescent import simulate_haplotypes
from cgni.simulation.people import draw_pedigree, hand_down
from cgni.base.programs import aal_paths, msp_path, plink2_path


def _have(find) -> bool:
    try:
        find()
    except InputError:
        return False
    return True


needs_plink2 = pytest.mark.skipif(not _have(plink2_path), reason="plink2 is not installed")
needs_msp = pytest.mark.skipif(not _have(msp_path), reason="msprime's program msp is not installed")
needs_atlas = pytest.mark.skipif(not _have(aal_paths), reason="the AAL atlas is not installed")


@needs_plink2
def test_plink2_reads_back_what_the_bgen_writer_wrote(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    genotypes, people = rng.integers(0, 3, (40, 5)).astype(np.int8), 40
    records, missing = [], rng.random((people, 5)) < 0.1
    for column in range(5):
        probabilities = np.rint(255 * np.eye(3)[genotypes[:, column]][:, :2]).astype(np.uint8)
        records.append(
            BgenVariant(f"v{column}", f"rs{column}", "02", 100 + column, "A", "G", probabilities, missing[:, column])
        )
    write_bgen(tmp_path / "x.bgen", records, people)
    ukb_tables.write_sample(np.arange(1, people + 1), rng.integers(0, 2, people), tmp_path / "x.sample")
    subprocess.run(
        [plink2_path(), "--bgen", "x.bgen", "ref-first", "--sample", "x.sample", "--export", "A", "--out", "x"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    table = pd.read_csv(tmp_path / "x.raw", sep="\t").filter(regex="^rs")
    assert all(name.endswith("_A") for name in table)  # plink2 counts REF here
    expected = np.where(missing, np.nan, 2.0 - genotypes)
    assert np.array_equal(table.to_numpy(float), expected, equal_nan=True)


@needs_msp
def test_linkage_decays_and_the_seed_repeats(tmp_path: Path) -> None:
    positions, haplotypes = simulate_haplotypes(msp_path(), (150, 10), 300_000, 7, tmp_path)
    again = simulate_haplotypes(msp_path(), (150, 10), 300_000, 7, tmp_path)
    assert np.array_equal(positions, again[0]) and np.array_equal(haplotypes, again[1])
    frequency = haplotypes.mean(axis=1)
    common = np.flatnonzero((frequency > 0.1) & (frequency < 0.9))
    r2 = np.corrcoef(haplotypes[common]) ** 2
    distance = np.abs(positions[common][:, None] - positions[common])
    pairs = np.triu(np.ones_like(r2, bool), 1)
    assert r2[pairs & (distance < 5_000)].mean() > 3 * r2[pairs & (distance > 100_000)].mean()


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


def test_causal_snps_have_few_proxies_and_small_shares() -> None:
    rng = np.random.default_rng(2)
    people, sites = 500, 600
    base = rng.integers(0, 3, (people, sites // 6)).astype(np.int8)
    genotypes = np.repeat(base, 6, axis=1)  # blocks of six SNPs in perfect linkage
    loci = pd.DataFrame({"kind": "ppi", "factor": [0, 0, 1, 1, -1, -1]})
    table = pd.DataFrame({"locus": np.repeat(np.arange(6), 100), "pos": np.arange(sites)})
    chosen = variants.choose_variants(genotypes, table, loci, 20, 2, 1, 1, 0.2, rng)
    eqtl = chosen[chosen["is_eqtl"]]
    for factor in (0, 1):
        causal = eqtl.loc[eqtl["factor"] == factor, "site"]
        r2 = variants.squared_correlation(genotypes[:, causal], genotypes[:, eqtl["site"]]).max(axis=0)
        assert len(causal) == 2 and (r2 >= 0.2).mean() < 0.05
    values, betas = traits.factor_values(genotypes[:, :4].astype(float), np.array([0, 0, 1, 1]), 0.09, rng)
    assert (betas**2 <= 0.1).all() and np.allclose(values.std(axis=0), 1)


def _scores(effect_scale: float, confound_scale: float) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(3)
    factors = rng.standard_normal((4000, 3))
    confounds = traits.draw_confounds((rng.random(4000) < 0.1).astype(int), rng)
    scores = traits.wm_scores(
        factors, confounds, effect_scale, confound_scale, 0.5, 5.0, 0.1, 0.05, -0.05, 0.1, 0.38, 0.32, rng
    )
    return scores, factors, confounds


def test_effects_and_confounds_reach_wm_as_scaled() -> None:
    scores, factors, confounds = _scores(1.0, 1.0)
    low, high = scores <= 5, scores >= 9
    assert low.mean() == pytest.approx(0.38, abs=0.01) and high.mean() == pytest.approx(0.32, abs=0.01)
    assert set(scores) == set(range(2, 13))
    # the age gap of 5 years is the key's; 4,000 people give it within about 0.4
    assert confounds["age"][low].mean() - confounds["age"][high].mean() == pytest.approx(5, abs=1)
    assert abs(np.corrcoef(factors.sum(axis=1), scores)[0, 1]) > 0.5
    assert confounds["age"].between(45, 80).all()


def test_null_cohorts_are_null() -> None:
    scores, factors, confounds = _scores(0.0, 0.0)
    # 4,000 people: a correlation has a standard error of 0.016
    assert abs(np.corrcoef(factors.sum(axis=1), scores)[0, 1]) < 0.06
    assert abs(np.corrcoef(confounds["age"], scores)[0, 1]) < 0.06
    scores, _, confounds = _scores(0.0, 1.0)
    assert np.corrcoef(confounds["age"], scores)[0, 1] < -0.2


def test_defects_are_what_they_say() -> None:
    rng = np.random.default_rng(4)
    genotypes = rng.binomial(2, 0.3, 3000).astype(np.int8)
    info = {}
    for defect in ("", "low_info"):
        probabilities, missing = variants.genotype_probabilities(genotypes, defect, 0.005, rng)
        info[defect] = variants.impute_info(probabilities, missing)
    assert info[""] > 0.9 and info["low_info"] < 0.3
    _, missing = variants.genotype_probabilities(genotypes, "missing", 0.005, rng)
    assert missing.mean() > 0.05
    spoilt = variants.spoil_genotypes(genotypes, "hwe", rng)
    assert (spoilt == 1).sum() < 0.5 * (genotypes == 1).sum()


def test_layouts_of_the_tables(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    confounds = traits.draw_confounds(np.zeros(30, int), rng)
    ids = np.arange(1_000_000, 1_000_030)
    table = ukb_tables.main_table(ids, confounds, rng.integers(2, 13, 30), rng.standard_normal((30, 10)),
                                  np.zeros(30, bool), rng)  # fmt: skip
    ukb_tables.write_main_table(table, tmp_path / "main.csv")
    header = (tmp_path / "main.csv").read_text().splitlines()[0]
    assert header.startswith('"eid","31-0.0"') and '"4282-2.0"' in header and '"22009-0.10"' in header
    ukb_tables.write_sample(np.array([5, -1]), np.array([1, 0]), tmp_path / "x.sample")
    lines = ["ID_1 ID_2 missing sex", "0 0 0 D", "5 5 0 1", "-1 -1 0 2"]
    assert (tmp_path / "x.sample").read_text().splitlines() == lines
    loci = pd.DataFrame({"gene_id": ["ENSG00000000001"], "chrom": [2], "start": [100], "end": [900], "strand": ["+"]})
    snps = pd.DataFrame({"chrom": 2, "pos": [150, 160], "ref": "A", "alt": "G", "rsid": ["rs1", "rs2"], "locus": 0,
                         "is_eqtl": [True, False]})  # fmt: skip
    ukb_tables.write_eqtl_tables(snps, loci, tmp_path / "eqtl.txt", tmp_path / "snps.txt", rng)
    eqtl = pd.read_csv(tmp_path / "eqtl.txt", sep="\t")
    assert list(eqtl.columns) == ukb_tables.EQTL_COLUMNS and len(eqtl.columns) == 15
    assert eqtl.loc[0, "SNP_id"] == "2:150" and eqtl.loc[0, "gene_chr"] == "chr2" and len(eqtl) == 1
    assert list(pd.read_csv(tmp_path / "snps.txt", sep="\t").columns) == ukb_tables.SNP_COLUMNS


@needs_atlas
def test_maps_lie_on_the_published_box_and_repeat(tmp_path: Path) -> None:
    anatomy = maps.build_anatomy(9.0, aal_paths()[0])
    assert anatomy.template.shape == (21, 25, 21)
    assert tuple(int(np.floor(length / 1.5)) + 1 for length in (180, 216, 180)) == (121, 145, 121)
    # left is negative x in AAL: Hippocampus_L is region 37
    where = np.argwhere(anatomy.labels == 37).mean(axis=0)
    assert nib.affines.apply_affine(anatomy.affine, where)[0] < 0
    density = maps.draw_map(anatomy, np.ones(len(anatomy.regions)), 1.3, 1.0, 0.08, np.random.default_rng(0))
    for name in ("a", "b"):
        maps.write_map(density, anatomy.affine, tmp_path / f"{name}.nii.gz")
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.nii.gz").read_bytes())[:4] == (348).to_bytes(4, "little")
    assert np.allclose(nib.load(tmp_path / "a.nii.gz").get_fdata(), density, atol=1e-6)
