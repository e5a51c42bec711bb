"""Kinship and components of simulated people whose parents and populations are known."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.genetics.plink import Plink
from cgni.genetics.relatives import join_beds, kinship_pairs, projected_components, thin_variants
from cgni.genetics.sources import GenotypeFiles
from cgni.simulation.bgen import BgenVariant, write_bgen
from cgni.simulation.people import draw_pedigree, hand_down

pytestmark = pytest.mark.skipif(shutil.which("plink2") is None, reason="plink2 is not installed")

THIN = {"spacing_kb": 1, "maf": 0.05, "window_kb": 50, "r2": 0.2}
PEOPLE, SNPS = 300, 3000
PEDIGREE = draw_pedigree(PEOPLE, 0.2, 20, np.random.default_rng(1))


def _genotypes(chrom: int) -> np.ndarray:
    """Independent SNPs of two populations (Fst about 0.1) and of their members' children."""
    rng = np.random.default_rng(chrom)
    ancestral = rng.uniform(0.15, 0.85, SNPS)
    founders = PEDIGREE.population[PEDIGREE.parents[:, 0] < 0]
    frequencies = np.clip(ancestral + rng.normal(0, 0.15, (2, SNPS)), 0.02, 0.98)
    haplotypes = rng.random((SNPS, 2 * len(founders))) < np.repeat(frequencies[founders].T, 2, axis=1)
    return hand_down(haplotypes.astype(np.int8), PEDIGREE, np.arange(SNPS), rng)


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thinned, joined SNPs of two chromosomes; one withdrawn person is left out."""
    folder, kept, parts = tmp_path_factory.mktemp("thin"), np.arange(PEOPLE) != 7, []
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
        files = GenotypeFiles(str(chrom), path, path.with_suffix(".sample"), None, None)
        parts.append(thin_variants(Plink("plink2", scratch, 1, 640), files, kept, THIN))
    join_beds(parts, folder / "joined")
    return folder / "joined"


def test_thinned_snps_keep_their_distance(prefix: Path) -> None:
    table = pd.read_csv(f"{prefix}.bim", sep="\t", header=None)
    for chrom in (2, 7):
        positions = table.loc[table[0] == chrom, 3]
        assert 700 < len(positions) <= SNPS / 2 and positions.diff().min() >= 1000
    assert table[1].is_unique and len(Path(f"{prefix}.fam").read_text().splitlines()) == PEOPLE - 1


def test_parents_children_and_siblings_are_found(prefix: Path, tmp_path: Path) -> None:
    pairs = kinship_pairs(Plink("plink2", tmp_path, 1, 640), prefix, 0.0442 * 2)
    found = {frozenset(pair) for pair in zip(pairs["first"], pairs["second"], strict=True)}
    true = {frozenset(pair) for pair in PEDIGREE.related_pairs() if 7 not in pair}
    assert true <= found and len(true) >= 38
    first_degree = pairs[[frozenset(p) in true for p in zip(pairs["first"], pairs["second"], strict=True)]]
    # first degree: 0.25 (Manichaikul 2010)
    assert first_degree["Kinship"].between(0.18, 0.32).all() and first_degree["Kinship"].mean() == pytest.approx(
        0.25, abs=0.02
    )
    # what else passes half the bound of second degree shares a parent's relative: children of one parent
    others = found - true
    half = {frozenset((a, b)) for a in range(280, PEOPLE) for b in range(280, a)
            if set(PEDIGREE.parents[a]) & set(PEDIGREE.parents[b])}  # fmt: skip
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
    for number, weight in enumerate(weights, 1):
        assert abs(np.corrcoef(standard @ weight, table[f"pc{number}"])[0, 1]) > 0.999
    # removing somebody who was only projected changes nobody's scores
    other = tmp_path / "other"
    subprocess.run(["plink2", "--bfile", prefix, "--remove", _ids(tmp_path, founders[1::4]), "--make-bed",
                    "--out", other, "--silent"], check=True)  # fmt: skip
    again = projected_components(Plink("plink2", tmp_path, 1, 640), other, reference, 3, 1).set_index("row")
    np.testing.assert_allclose(again, table.loc[again.index], atol=1e-9)


def _ids(tmp_path: Path, rows: np.ndarray) -> Path:
    (tmp_path / "ids.txt").write_text("#IID\n" + "".join(f"r{row}\n" for row in rows))
    return tmp_path / "ids.txt"


def test_too_few_people_and_different_orders(prefix: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="10 reference people are too few"):
        projected_components(Plink("plink2", tmp_path, 1, 640), prefix, np.arange(10), 3, 1)
    for name, text in (("a", "r0\n"), ("b", "r1\n")):
        (tmp_path / f"{name}.fam").write_text(text)
    with pytest.raises(InputError, match="different orders"):
        join_beds([tmp_path / "a", tmp_path / "b"], tmp_path / "joined")
