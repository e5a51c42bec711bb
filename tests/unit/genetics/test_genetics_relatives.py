"""Kinship and components of simulated people whose parents and populations are known."""

import logging
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.base.seeds import derive_seed
from cgni.genetics import components
from cgni.genetics.components import projected_components, with_components
from cgni.genetics.kinship import check_snps, estimate_kinship, smallest_kinship
from cgni.genetics.plink import Plink
from cgni.genetics.settings import ThinSettings
from cgni.genetics.sources import GenotypeFiles
from cgni.genetics.thinned import ThinnedSnps
from cgni.genetics.thinning import thin_chromosome
from cgni.simulation.bgen import BgenVariant, write_bgen
from cgni.simulation.people import draw_pedigree, hand_down
from tests.unit.genetics.genotype_files import Variant, write_files

pytestmark = pytest.mark.skipif(shutil.which("plink2") is None, reason="plink2 is not installed")

THIN = ThinSettings(spacing_kb=1, maf=0.05, window_kb=50, r2=0.2)
PEOPLE, SNPS = 300, 3000
PEDIGREE = draw_pedigree(PEOPLE, 0.2, 20, np.random.default_rng(1))
IDS = np.array([f"{5000 + row}" for row in range(PEOPLE)])
IMAGED = pd.Series(np.delete(IDS, 7))


def _genotypes(chrom: int) -> np.ndarray:
    """Independent SNPs of two populations (Fst about 0.1) and of their members' children."""
    rng = np.random.default_rng(chrom)
    ancestral = rng.uniform(0.15, 0.85, SNPS)
    founders = PEDIGREE.population[PEDIGREE.parents[:, 0] < 0]
    frequencies = np.clip(ancestral + rng.normal(0, 0.15, (2, SNPS)), 0.02, 0.98)
    haplotypes = rng.random((SNPS, 2 * len(founders))) < np.repeat(frequencies[founders].T, 2, axis=1)
    return hand_down(haplotypes.astype(np.int8), PEDIGREE, np.arange(SNPS), rng)


@pytest.fixture(scope="module")
def snps(tmp_path_factory: pytest.TempPathFactory) -> ThinnedSnps:
    """Thinned SNPs of two chromosomes; the person of row 7 has no image and is left out."""
    folder, beds = tmp_path_factory.mktemp("thin"), []
    sample = folder / "people.sample"
    sample.write_text("ID_1 ID_2 missing\n0 0 0\n" + "".join(f"{i} {i} 0\n" for i in IDS))
    for chrom in (2, 7):
        genotypes, path = _genotypes(chrom), folder / f"c{chrom}.bgen"
        certain = np.rint(255 * np.eye(3)[genotypes][:, :, :2]).astype(np.uint8)
        nobody = np.zeros(PEOPLE, bool)
        records = [
            BgenVariant(f"v{s}", f"rs{s}", f"{chrom:02d}", 1000 + 500 * s, "A", "G", certain[:, s], nobody)
            for s in range(SNPS)
        ]
        write_bgen(path, records, PEOPLE)
        scratch = folder / f"scratch{chrom}"
        scratch.mkdir()
        files = GenotypeFiles.of(str(chrom), str(path), str(sample))
        beds.append(f"{thin_chromosome(Plink('plink2', scratch, 1, 640), files, IMAGED, THIN)}.bed")
    return ThinnedSnps.of(beds, str(sample))


@pytest.fixture(scope="module")
def prefix(snps: ThinnedSnps, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both chromosomes joined."""
    return snps.join(tmp_path_factory.mktemp("joined") / "joined")


def test_thinned_snps_keep_their_distance(prefix: Path) -> None:
    table = pd.read_csv(f"{prefix}.bim", sep="\t", header=None)
    for chrom in (2, 7):
        positions = table.loc[table[0] == chrom, 3]
        assert 700 < len(positions) <= SNPS / 2 and positions.diff().min() >= 1000
    assert table[1].is_unique and len(Path(f"{prefix}.fam").read_text().splitlines()) == PEOPLE - 1


def test_parents_children_and_siblings_are_found(
    snps: ThinnedSnps, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        pairs = estimate_kinship(Plink("plink2", tmp_path, 1, 640), snps, 0.0442 * 2)
    assert list(pairs.columns) == ["ID1", "ID2", "HetHet", "IBS0", "Kinship"]
    assert caplog.messages == [f"{len(pairs)} pairs of relatives"]
    listed = [frozenset(pair) for pair in zip(pairs["ID1"], pairs["ID2"], strict=True)]
    found = set(listed)
    true = {frozenset(IDS[list(pair)]) for pair in PEDIGREE.related_pairs() if 7 not in pair}
    assert true <= found and len(true) >= 38
    first_degree = pairs[[pair in true for pair in listed]]
    # first degree: 0.25 (Manichaikul 2010)
    assert first_degree["Kinship"].between(0.18, 0.32).all() and first_degree["Kinship"].mean() == pytest.approx(
        0.25, abs=0.02
    )
    # what else passes half the bound of second degree shares a parent's relative: children of one parent
    others = found - true
    children = [(a, b) for a in range(280, PEOPLE) for b in range(280, a)]
    half = {frozenset(IDS[[a, b]]) for a, b in children if set(PEDIGREE.parents[a]) & set(PEDIGREE.parents[b])}
    assert others <= half


def test_components_separate_the_populations_and_ignore_who_is_projected(prefix: Path, tmp_path: Path) -> None:
    founders = np.array([row for row in range(PEOPLE) if PEDIGREE.parents[row, 0] < 0 and row != 7])
    reference = founders[::2]
    table = projected_components(Plink("plink2", tmp_path, 1, 640), prefix, reference, 3, 1).set_index("row")
    assert len(table) == PEOPLE - 1 and list(table.columns) == ["pc1", "pc2", "pc3"]
    population = PEDIGREE.population[table.index]
    # in the reference and outside it
    for rows in (table.index.isin(reference), ~table.index.isin(reference)):
        assert abs(np.corrcoef(table.loc[rows, "pc1"], population[rows])[0, 1]) > 0.95
    # against a plain singular value decomposition of the reference's standardised counts
    subprocess.run(["plink2", "--bfile", prefix, "--export", "A", "--out", tmp_path / "a", "--silent"], check=True)
    raw = pd.read_csv(tmp_path / "a.raw", sep="\t").iloc[:, 6:].to_numpy(float)
    rows = table.index.get_indexer(reference)
    mean = raw[rows].mean(axis=0)
    standard = (raw - mean) / np.sqrt(mean * (1 - mean / 2))
    weights = np.linalg.svd(standard[rows], full_matrices=False)[2][:2]
    inside = table.index.isin(reference)
    for number, weight in enumerate(weights, 1):
        for part in (inside, ~inside):
            assert abs(np.corrcoef((standard @ weight)[part], table.loc[part, f"pc{number}"])[0, 1]) > 0.999
    # removing somebody who was only projected changes nobody's scores
    other = tmp_path / "other"
    fewer = ["--remove", _ids(tmp_path, founders[1::4]), "--make-bed", "--out", other, "--silent"]
    subprocess.run(["plink2", "--bfile", prefix, *fewer], check=True)
    again = projected_components(Plink("plink2", tmp_path, 1, 640), other, reference, 3, 1).set_index("row")
    np.testing.assert_allclose(again, table.loc[again.index], atol=1e-9)


def test_people_outside_the_fit_are_on_the_scale_of_the_reference(
    prefix: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Components without an axis behind them are where projections shrink most."""
    founders = np.array([row for row in range(PEOPLE) if PEDIGREE.parents[row, 0] < 0 and row != 7])
    reference, others = founders[::2], founders[1::2]

    def ratio() -> pd.Series:
        table = projected_components(Plink("plink2", tmp_path, 1, 640), prefix, reference, 3, 1).set_index("row")
        return table.loc[others].std() / table.loc[reference].std()

    # 130 people a part: standard deviations are known within 6 % each
    assert ratio().between(0.8, 1.25).all()
    monkeypatch.setattr(components, "_shrinkage", lambda *_: np.ones(3))
    plain = ratio()
    assert 0.9 < plain["pc1"] < 1.1 and (plain[["pc2", "pc3"]] < 0.5).all()


def test_error_of_kinship_is_that_of_simulated_strangers() -> None:
    """The formula's error against KING-robust computed in a plain loop over people without a relative."""
    rng = np.random.default_rng(5)
    counts = rng.binomial(2, rng.uniform(0.1, 0.9, 2000), (60, 2000))
    kinship = []
    for first in range(60):
        for second in range(first):
            one, other = counts[first], counts[second]
            shared, opposite = ((one == 1) & (other == 1)).sum(), (np.abs(one - other) == 2).sum()
            fewest = min((one == 1).sum(), (other == 1).sum())
            kinship.append(
                (shared - 2 * opposite) / (2 * fewest) + 0.5 - ((one == 1).sum() + (other == 1).sum()) / (4 * fewest)
            )
    # twice as many SNPs as are taken for independent, and one pair in 1,770 beyond 3.26 errors
    assert smallest_kinship(4000, 60) == pytest.approx(3.255 * np.std(kinship), rel=0.06)


def test_too_few_snps_for_relatives() -> None:
    """503 real people and 4,320 SNPs of one chromosome gave 334 pairs of strangers and a family of 168."""
    with pytest.raises(InputError, match=r"4,320 SNPs are too few .* among 503 people: some 11,9\d\d are needed"):
        check_snps(4320, 503, 0.0442)
    check_snps(12_000, 503, 0.0442)
    check_snps(90_000, 487_409, 0.0442)


def _ids(tmp_path: Path, rows: np.ndarray) -> Path:
    (tmp_path / "ids.txt").write_text("#IID\n" + "".join(f"r{row}\n" for row in rows))
    return tmp_path / "ids.txt"


def test_components_of_the_participants(
    snps: ThinnedSnps, prefix: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Unrelated development people with thinned SNPs are the reference; the study's people get their own scores."""
    founders = np.flatnonzero(PEDIGREE.parents[:, 0] < 0)
    people = pd.DataFrame({"participant_id": [*IDS[::-1], "stranger"], "pc1": np.nan, "pc2": np.nan, "age": 60.0})
    people["unrelated"] = people["participant_id"].isin(IDS[founders])
    held_out = IDS[founders[:40]]
    splits = people[["participant_id"]].assign(role="development")
    splits.loc[splits["participant_id"].isin(held_out), "role"] = "holdout"
    with caplog.at_level(logging.INFO):
        table = with_components(Plink("plink2", tmp_path, 1, 640), snps, people, splits, 2, 1)
    reference = np.setdiff1d(founders[40:], [7])
    assert caplog.messages[-1] == f"2 components of {len(reference)} reference people"
    again = projected_components(Plink("plink2", tmp_path, 1, 640), prefix, reference, 2, derive_seed(1, "components"))
    expected = again.set_index(IDS[again["row"]])[["pc1", "pc2"]]
    scores = table.set_index("participant_id")[["pc1", "pc2"]]
    np.testing.assert_array_equal(scores.loc[expected.index], expected)
    assert scores.loc[[IDS[7], "stranger"]].isna().all(axis=None) and len(expected) == PEOPLE - 1
    assert table["participant_id"].equals(people["participant_id"]) and (table["age"] == 60).all()


def test_chromosome_without_a_common_snp(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its tables hold the people and no SNP, and a study of such chromosomes alone is refused."""
    for name in ("scratch", "files"):
        (tmp_path / name).mkdir()
    ids = [*IDS[:199], "x"]
    bgen, sample, _ = write_files(tmp_path / "files", [Variant(100, "A", "G", np.zeros(200, int))], ids)
    files, plink = GenotypeFiles.of("2", str(bgen), str(sample)), Plink("plink2", tmp_path / "scratch", 1, 640)
    with caplog.at_level(logging.INFO):
        prefix = thin_chromosome(plink, files, pd.Series(IDS), THIN)
    assert caplog.messages == ["0 SNPs of 199 people"]
    assert len(Path(f"{prefix}.fam").read_text().splitlines()) == 199
    with pytest.raises(InputError, match="no common SNP is left"):
        ThinnedSnps.of([f"{prefix}.bed"], str(sample)).join(tmp_path / "joined")
    with pytest.raises(InputError, match="40 people are too few"):
        thin_chromosome(plink, files, pd.Series(IDS[:40]), THIN)


def test_chromosome_with_one_common_snp_keeps_it(tmp_path: Path) -> None:
    for name in ("scratch", "files"):
        (tmp_path / name).mkdir()
    common = Variant(100, "A", "G", np.arange(200) % 3)
    bgen, sample, _ = write_files(tmp_path / "files", [common], list(IDS[:200]))
    files, plink = GenotypeFiles.of("2", str(bgen), str(sample)), Plink("plink2", tmp_path / "scratch", 1, 640)
    prefix = thin_chromosome(plink, files, pd.Series(IDS), THIN)
    assert len(Path(f"{prefix}.bim").read_text().splitlines()) == 1


def test_too_few_people_and_different_orders(prefix: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="10 reference people are too few"):
        projected_components(Plink("plink2", tmp_path, 1, 640), prefix, np.arange(10), 3, 1)
    for name, text in (("a", "r0\n"), ("b", "r1\n")):
        (tmp_path / f"{name}.fam").write_text(text)
    with pytest.raises(InputError, match="different orders"):
        ThinnedSnps((tmp_path / "a", tmp_path / "b"), IDS).join(tmp_path / "joined")
