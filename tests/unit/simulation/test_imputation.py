"""Imputed probabilities: their INFO, what dosages say of the truth, and defects."""

import numpy as np
import pandas as pd
import pytest

from cgni.simulation import variants
from cgni.simulation.imputation import dosage_r2, genotype_probabilities, impute_info, imputed_variants
from cgni.simulation.settings import SimulatedGenotypesSettings


def _dosages(probabilities: np.ndarray) -> np.ndarray:
    first, second = probabilities.astype(float).T / 255
    return second + 2 * (1 - first - second)


@pytest.mark.parametrize("frequency", [0.05, 0.3, 0.8])
@pytest.mark.parametrize("info", [0.1, 0.4, 0.65, 0.9])
def test_dosages_know_as_much_of_the_truth_as_info_says(info: float, frequency: float) -> None:
    rng = np.random.default_rng(1)
    genotypes = rng.binomial(2, frequency, 20_000).astype(np.int8)
    probabilities, nobody = genotype_probabilities(genotypes, info, rng), np.zeros(20_000, bool)
    dosages = _dosages(probabilities)
    r2 = np.corrcoef(dosages, genotypes)[0, 1] ** 2
    # 20,000 people: the standard error of r² is below 2 r sqrt(1 / 20,000) = 0.014, more at rare alleles
    assert r2 == pytest.approx(info, abs=0.03) and impute_info(probabilities, nobody) == pytest.approx(info, abs=0.03)
    assert dosage_r2(probabilities, nobody, genotypes) == pytest.approx(r2, abs=1e-12)
    # calibrated: the regression of the truth on dosages has slope 1 and no intercept
    slope, intercept = np.polyfit(dosages, genotypes, 1)
    assert slope == pytest.approx(1, abs=0.06) and intercept == pytest.approx(0, abs=0.03)


def test_sure_calls_name_the_true_genotype() -> None:
    rng = np.random.default_rng(2)
    genotypes = rng.binomial(2, 0.3, 3000).astype(np.int8)
    probabilities = genotype_probabilities(genotypes, 1.0, rng)
    first, second = probabilities.astype(int).T
    assert np.array_equal(np.stack([first, second, 255 - first - second]).argmax(axis=0), genotypes)
    assert impute_info(probabilities, np.zeros(3000, bool)) > 0.98


def test_defects_are_what_they_say() -> None:
    rng = np.random.default_rng(4)
    genotypes = np.repeat(rng.binomial(2, 0.3, (3000, 1)), 3, axis=1).astype(np.int8)
    table = pd.DataFrame({"chrom": 2, "pos": [10, 20, 30], "ref": "A", "alt": "G", "rsid": ["a", "b", "c"]}).assign(
        defect=[None, "low_info", "missing"]
    )
    records, imputed = imputed_variants(genotypes, table, SimulatedGenotypesSettings(), rng)
    assert imputed["info"][0] > 0.98 and imputed["info"][1] < 0.25
    assert imputed["dosage_r2"][1] < 0.25, "what is imputed poorly says little of the truth"
    assert [record.missing.mean() > 0.05 for record in records] == [False, False, True]
    spoilt = variants.spoil_genotypes(genotypes[:, 0], "hwe", rng)
    assert (spoilt == 1).sum() < 0.5 * (genotypes[:, 0] == 1).sum()


def test_info_is_drawn_from_its_range_but_for_defects_that_genotypes_show() -> None:
    rng = np.random.default_rng(5)
    genotypes = rng.binomial(2, 0.3, (4000, 40)).astype(np.int8)
    table = pd.DataFrame({"chrom": 2, "pos": np.arange(40), "ref": "A", "alt": "G", "rsid": "rs"})
    table["defect"] = ["hwe"] * 2 + [None] * 38
    _, imputed = imputed_variants(genotypes, table, SimulatedGenotypesSettings(info=(0.4, 0.9)), rng)
    assert (imputed["info"][:2] > 0.98).all()
    drawn = imputed["info"][2:]
    # 4,000 people give INFO within about 0.03
    assert drawn.between(0.35, 0.95).all() and drawn.min() < 0.5 and drawn.max() > 0.8
    assert np.allclose(drawn, imputed["dosage_r2"][2:], atol=0.06)


def test_imputed_variants_are_counted_by_hand() -> None:
    genotypes = np.array([[0, 2], [0, 2], [1, 2], [1, 1]], np.int8)  # frequencies of ALT: 2 of 8, 7 of 8
    table = pd.DataFrame(
        {"chrom": 2, "pos": [10, 20], "ref": "A", "alt": "G", "rsid": ["rs1", "rs2"], "defect": None}, index=[5, 6]
    )
    settings = SimulatedGenotypesSettings(missing_rates=(0.0, 0.0))
    records, imputed = imputed_variants(genotypes, table, settings, np.random.default_rng(0))
    assert imputed["alternate_id"].tolist() == ["2:10_A_G", "2:20_A_G"] and imputed.index.tolist() == [5, 6]
    assert imputed["maf"].tolist() == [0.25, 0.125] and imputed["minor_allele"].tolist() == ["G", "A"]
    assert [(record.chrom, record.position, record.rsid) for record in records] == [
        ("02", 10, "rs1"),
        ("02", 20, "rs2"),
    ]
    assert not any(record.missing.any() for record in records)
