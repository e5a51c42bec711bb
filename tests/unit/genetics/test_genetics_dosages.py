"""Dosages against hard calls, and who is tested for Hardy-Weinberg, on probabilities whose truth is known."""

import dataclasses
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.tables import read_table, write_table
from cgni.cohort.schemas import ATTRITION
from cgni.genetics import qc as quality
from cgni.genetics.chromosome import assess_chromosome
from cgni.genetics.coding import alt_is_minor, fill_values
from cgni.genetics.counts import AlleleCounts, from_blocks, joined
from cgni.genetics.matrix import load_genotypes
from cgni.genetics.merge import call_attrition
from cgni.genetics.people import GenotypedPeople
from cgni.genetics.plink import Plink
from cgni.genetics.settings import VariantQcSettings
from cgni.genetics.sources import GenotypeFiles
from cgni.simulation.bgen import BgenVariant, write_bgen
from tests.unit.genetics.genotype_files import hardy_p

pytestmark = pytest.mark.skipif(shutil.which("plink2") is None, reason="plink2 is not installed")

PEOPLE = 3000
# as many digits each: sorted by id is the order of the file
IDS = pd.Index([str(1_000_000 + number) for number in range(PEOPLE)])
QC = VariantQcSettings(strand_ambiguous="remove", hwe_people="reference", hwe_uncertain=0.2)
INFO = {100: 0.8, 200: 0.5, 300: 0.4}
# 8 bits round a probability by 1/510, so a dosage by 3/510; plink2 also takes what is as near as 0.006 for certain
STEP = 0.012


def imputed(frequency: float, info: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """True counts and calibrated genotype probabilities (REF REF, REF ALT, ALT ALT) of imputation quality `info`.

    The probability x that a haplotype carries ALT is drawn from a beta distribution of mean `frequency` and variance
    info * frequency * (1 - frequency), and the allele then with probability x. So E(truth | x) is the dosage, and the
    squared correlation of the dosage with the truth is Var(dosage) / Var(truth) = info.
    """
    spread = 1 / info - 1
    x = rng.beta(spread * frequency, spread * (1 - frequency), (PEOPLE, 2))
    truth = (rng.random((PEOPLE, 2)) < x).sum(axis=1)
    none, both = (1 - x).prod(axis=1), x.prod(axis=1)
    return truth, np.stack([none, 1 - none - both, both], axis=1)


@dataclasses.dataclass(frozen=True)
class Simulated:
    """A BGEN file of SNPs of several INFO, with what is true."""

    files: GenotypeFiles
    truth: dict[int, np.ndarray]
    dosages: dict[int, np.ndarray]


def _write(folder: Path, probabilities: dict[int, np.ndarray], missing: dict[int, np.ndarray]) -> GenotypeFiles:
    nobody = np.zeros(PEOPLE, bool)
    records = [
        BgenVariant(
            f"v{p}", f"rs{p}", "02", p, "A", "G", np.rint(255 * q[:, :2]).astype(np.uint8), missing.get(p, nobody)
        )
        for p, q in probabilities.items()
    ]
    write_bgen(folder / "c2.bgen", records, PEOPLE)
    sample = folder / "c2.sample"
    sample.write_text("ID_1 ID_2 missing\n0 0 0\n" + "".join(f"{i} {i} 0\n" for i in IDS))
    return GenotypeFiles.of("2", str(folder / "c2.bgen"), str(sample))


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """SNPs of the INFO above; the first ten people miss the first."""
    rng, drawn = np.random.default_rng(5), {}
    for pos, info in INFO.items():
        drawn[pos] = imputed(0.3, info, rng)
    absent = {100: np.arange(PEOPLE) < 10}
    files = _write(tmp_path_factory.mktemp("bgen"), {pos: q for pos, (_, q) in drawn.items()}, absent)
    truth = {pos: t for pos, (t, _) in drawn.items()}
    dosages = {pos: q @ [0, 1, 2] for pos, (_, q) in drawn.items()}
    dosages[100][:10] = np.nan
    return Simulated(files, truth, dosages)


def _assess(
    files: GenotypeFiles,
    positions: list[int],
    scratch: Path,
    values: str,
    imaged: pd.Index = IDS,
    reference: pd.Index = IDS,
    **changes: object,
) -> tuple[pd.DataFrame, AlleleCounts]:
    names = [f"2:{pos}:A:G" for pos in positions]
    candidates = pd.DataFrame({"variant_id": names, "chrom": "2", "pos": positions, "ref": "A", "alt": "G"})
    candidates = candidates.assign(rsid=None, ref_stated=True, gene_id="ENSG0", symbol="G")
    people = GenotypedPeople(IDS, reference, imaged, IDS)
    scratch.mkdir(exist_ok=True)
    plink = Plink("plink2", scratch, 1, 640)
    return assess_chromosome(plink, files, candidates, people, dataclasses.replace(QC, **changes), values)


def _r2(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1] ** 2)


def test_dosages_keep_what_hard_calls_lose(simulated: Simulated, tmp_path: Path) -> None:
    """Imputation of INFO .8: r² with the truth is .8 for dosages, .56 for hard calls with gaps at the mean."""
    _, dosages = _assess(simulated.files, list(INFO), tmp_path / "a", "dosages")
    table, calls = _assess(simulated.files, list(INFO), tmp_path / "b", "hard_calls")
    assert dosages.values.dtype == np.float32 and calls.values.dtype == np.int8
    assert dosages.variants.tolist() == calls.variants.tolist() == [f"2:{pos}:A:G" for pos in INFO]
    for column, (pos, info) in enumerate(INFO.items()):
        truth = simulated.truth[pos]
        of_dosages, of_calls = _r2(dosages.filled()[:, column], truth), _r2(calls.filled()[:, column], truth)
        # by construction; the standard error of an r² of .8 among 3,000 people is .007, of .4 it is .015
        assert of_dosages == pytest.approx(info, abs=0.05)
        assert of_calls < of_dosages - 0.1
    # 40,000 people drawn by the same rule and cut at 0.1 in plain numpy: .568, a third of the calls missing
    assert _r2(calls.filled()[:, 0], simulated.truth[100]) == pytest.approx(0.568, abs=0.05)
    assert table.loc[0, "missing_calls"] == pytest.approx(0.334, abs=0.03)
    assert table["missingness"].tolist() == [10 / PEOPLE, 0, 0]
    np.testing.assert_array_equal(table["missing_calls"], calls.missing.mean(axis=0))


def test_dosages_are_expected_counts_and_those_of_plink2(simulated: Simulated, tmp_path: Path) -> None:
    _, counts = _assess(simulated.files, list(INFO), tmp_path / "a", "dosages")
    expected = np.stack(list(simulated.dosages.values()), axis=1)
    np.testing.assert_allclose(counts.values, expected, atol=STEP)
    source = ["--bgen", simulated.files.genotypes, "ref-first", "--sample", simulated.files.people]
    counted = tmp_path / "alt.txt"
    counted.write_text("".join(f"rs{pos} G\n" for pos in INFO))
    command = ["plink2", *source, "--export", "A", "--export-allele", counted, "--silent", "--out", tmp_path / "own"]
    subprocess.run(list(map(str, command)), check=True)
    own = pd.read_csv(tmp_path / "own.raw", sep="\t", dtype={"IID": str})
    assert own["IID"].tolist() == IDS.tolist()
    np.testing.assert_allclose(counts.values, own[[f"rs{pos}_G" for pos in INFO]].to_numpy(), atol=1e-5)


def test_files_of_hard_calls_stay_integers(tmp_path: Path) -> None:
    truth, _ = imputed(0.3, 0.9, np.random.default_rng(1))
    files = _write(tmp_path, {100: np.eye(3)[truth]}, {})
    _, counts = _assess(files, [100], tmp_path / "s", "dosages")
    assert counts.values.dtype == np.int8
    np.testing.assert_array_equal(counts.values[:, 0], truth)


def test_chromosomes_with_and_without_dosages_are_joined() -> None:
    ids = pd.Index(["a", "b"])
    calls = AlleleCounts(ids, pd.Index(["2:1:A:G"]), np.array([[2], [-1]], np.int8))
    dosages = AlleleCounts(ids, pd.Index(["7:1:A:G"]), np.array([[0.25], [np.nan]], np.float32))
    both = joined([from_blocks(part.to_blocks(), ids) for part in (calls, dosages)])
    assert both.values.dtype == np.float32
    np.testing.assert_array_equal(both.values, [[2, 0.25], [np.nan, np.nan]])
    np.testing.assert_array_equal(joined([calls, calls]).values, [[2, 2], [-1, -1]])


def test_dosages_reach_the_models(tmp_path: Path) -> None:
    """The counted allele, the fill value and the matrix of a dosage column, by hand."""
    counts = AlleleCounts(pd.Index(list("abc")), pd.Index(["v"]), np.array([[1.75], [1.25], [np.nan]], np.float32))
    turned = counts.turned(~alt_is_minor(counts))
    table = turned.to_table()
    write_table(table, tmp_path / "g.parquet", table.schema, {})
    genotypes = read_table(tmp_path / "g.parquet")
    assert genotypes["v"].dtype == np.float32
    matrix, _ = load_genotypes(genotypes, fill_values(turned, pd.Index(list("abc"))), list("cab"))
    np.testing.assert_array_equal(matrix, [[0.5], [0.25], [0.75]])


def test_missing_hard_calls_are_counted_and_can_be_filtered(simulated: Simulated, tmp_path: Path) -> None:
    table, _ = _assess(simulated.files, list(INFO), tmp_path / "a", "hard_calls")
    assert table["passed"].all()
    # calls of low imputation quality depart from the proportions, which their genotypes keep
    assert table["pass_hwe"].isna().all() and (table["hwe_p"][1:] < 1e-6).all()
    for truth in simulated.truth.values():
        assert hardy_p(*[int((truth == count).sum()) for count in range(3)]) > 0.01
    always, _ = _assess(simulated.files, list(INFO), tmp_path / "c", "hard_calls", hwe_uncertain=1.0)
    assert always["reason"].fillna("").tolist() == ["", quality.HWE, quality.HWE]
    strict, _ = _assess(simulated.files, list(INFO), tmp_path / "b", "hard_calls", missing_of="hard_calls")
    assert strict["reason"].tolist() == [quality.MISSING] * 3
    calls = call_attrition(table, ["2", "7"], dosages=False).frame()
    uncertain = [np.abs(d - d.round()) > 0.1 for d in simulated.dosages.values()]  # False where there is no dosage
    lost = sum(part.sum() for part in uncertain)
    assert calls["unit"].unique().tolist() == ["genotypes"]
    first = calls[calls["chrom"] == "2"]
    assert first["left"].iloc[0] == 3 * PEOPLE - 10
    # a dosage within 3/510 of the bound may fall on either side of it
    near = sum((np.abs(np.abs(d - d.round()) - 0.1) < STEP / 2).sum() for d in simulated.dosages.values())
    assert abs(first["removed"].iloc[1] - lost) <= near < lost / 10
    assert first["left"].iloc[1] == first["left"].iloc[0] - first["removed"].iloc[1]
    assert calls.loc[calls["chrom"] == "7", ["removed", "left"]].to_numpy().tolist() == [[0, 0], [0, 0]]
    write_table(calls, tmp_path / "attrition.parquet", ATTRITION, {})
    kept = call_attrition(table, ["2"], dosages=True).frame()
    assert kept["removed"].tolist() == [0, 0] and kept["left"].nunique() == 1
    share = first["removed"].iloc[1] / first["left"].iloc[0]
    assert kept["note"].iloc[1] == f"none go: dosages stand for the {share:.1%} without a hard call"


def test_no_variant_left_has_no_calls() -> None:
    names = ["chrom", "passed", "reference_people", "missingness", "missing_calls", "half_calls"]
    empty = pd.DataFrame(columns=names)
    frame = call_attrition(empty.astype({"passed": bool}), ["2"], dosages=False).frame()
    assert frame["left"].tolist() == [0, 0]


def test_hardy_weinberg_is_tested_on_imaged_people(tmp_path: Path) -> None:
    """A SNP whose heterozygotes lack among people without an image: it goes with them, and passes without them."""
    counts = np.random.default_rng(2).permutation(np.repeat([0, 1, 2], [1470, 1260, 270]))  # p = .3, exactly
    without = np.arange(PEOPLE) >= 1000
    counts[without & (counts == 1)] = np.random.default_rng(3).choice([0, 2], (without & (counts == 1)).sum())
    files, imaged = _write(tmp_path, {100: np.eye(3)[counts]}, {}), IDS[:1000]
    every, _ = _assess(files, [100], tmp_path / "a", "dosages", imaged)
    table, _ = _assess(files, [100], tmp_path / "b", "dosages", imaged, hwe_people="imaged")
    assert every["reason"].tolist() == [quality.HWE] and table["passed"].all()
    assert every["hwe_people"].tolist() == [PEOPLE] and table["hwe_people"].tolist() == [1000]
    assert table["reference_people"].tolist() == [PEOPLE]
    # the other statistics stay those of all reference people
    assert table["alt_frequency"].tolist() == every["alt_frequency"].tolist() == [pytest.approx(counts.mean() / 2)]
    for result, people in ((every, counts), (table, counts[:1000])):
        expected = hardy_p(*[int((people == count).sum()) for count in range(3)])
        assert result["hwe_p"].tolist() == [pytest.approx(expected, rel=1e-5)]
    keep = tmp_path / "keep.txt"
    keep.write_text("".join(f"{i} {i}\n" for i in imaged))
    source = ["--bgen", files.genotypes, "ref-first", "--sample", files.people, "--keep", keep]
    subprocess.run(list(map(str, ["plink2", *source, "--hardy", "--silent", "--out", tmp_path / "own"])), check=True)
    assert table["hwe_p"].tolist() == pd.read_csv(tmp_path / "own.hardy", sep="\t")["P"].tolist()


def test_hardy_weinberg_p_depends_on_the_number_of_people() -> None:
    """Why it matters who is tested: the same slight lack of heterozygotes among 4,000 and among 320,000 people."""
    few = hardy_p(1974, 1652, 374)
    many = hardy_p(80 * 1974, 80 * 1652, 80 * 374)
    assert few > 0.1 and many < 1e-6
