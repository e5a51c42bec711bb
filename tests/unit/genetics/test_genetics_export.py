"""Real people: allele counts and dosages against plink2's own text export of the same file, in four formats."""

import gzip
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.cohort.samples import read_people
from cgni.genetics.chromosome import assess_chromosome
from cgni.genetics.counts import AlleleCounts
from cgni.genetics.paths import people_file, variants_file
from cgni.genetics.people import GenotypedPeople
from cgni.genetics.plink import Plink
from cgni.genetics.settings import VariantQcSettings
from cgni.genetics.sources import GenotypeFiles

SHARED = Path(__file__).resolve().parents[4] / "shared"
BED = SHARED / "real" / "genotypes" / "chr2.bed"
UNCERTAIN = SHARED / "cases" / "genotypes" / "uncertain_dosages_chr2.bgen"

pytestmark = [
    pytest.mark.skipif(shutil.which("plink2") is None, reason="plink2 is not installed"),
    pytest.mark.skipif(not BED.is_file(), reason="the real genotypes (../shared/real/genotypes) are not here"),
    pytest.mark.skipif(not UNCERTAIN.is_file(), reason="the uncertain dosages (../shared/cases) are not here"),
]
# nothing is filtered out
_ALL = VariantQcSettings(
    missing=1.0, maf=0.0, hwe=0.0, info=0.0, strand_ambiguous="keep", hwe_people="reference", hwe_uncertain=1.0
)
_CALLS = {
    "bed": ["--make-bed"],
    "pgen": ["--make-pgen"],
    "vcf": ["--export", "vcf", "id-paste=iid"],
    "bgen": ["--export", "bgen-1.2", "bits=8", "ref-first"],
}
_DOSAGES = _CALLS | {
    "vcf": ["--export", "vcf", "vcf-dosage=DS", "id-paste=iid"],
    "bgen": ["--export", "bgen-1.2", "bits=16", "ref-first"],
}
_FIXED = 6  # columns before the first SNP
_ROUNDING = 2.0**-14  # of a .pgen's dosages, and of the six digits of the export


def _plink2(*arguments: str | Path) -> None:
    subprocess.run(["plink2", *map(str, arguments), "--threads", "1", "--silent"], check=True)


def _source(path: Path) -> list[str | Path]:
    """plink2's arguments for a file that `_made` wrote."""
    prefix = path.with_suffix("")
    kinds: dict[str, list[str | Path]] = {
        ".bed": ["--bfile", prefix],
        ".pgen": ["--pfile", prefix],
        ".vcf": ["--vcf", path],
        ".bgen": ["--bgen", path, "ref-first", "--sample", f"{prefix}.sample"],
    }
    return kinds[path.suffix]


def _made(pgen: Path, formats: dict[str, list[str]]) -> dict[str, Path]:
    for ending, arguments in formats.items():
        if ending != "pgen":
            _plink2("--pfile", pgen, *arguments, "--out", pgen.with_name(ending))
    return {ending: pgen.with_name(f"{ending}.{ending}") for ending in formats}


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """503 people with 10,025 SNPs, some of their calls missing."""
    folder = tmp_path_factory.mktemp("calls")
    _plink2("--bfile", BED.with_suffix(""), "--make-pgen", "--out", folder / "pgen")
    return _made(folder / "pgen", _CALLS)


@pytest.fixture(scope="module")
def dosages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same people with SNPs of uncertain dosages."""
    folder = tmp_path_factory.mktemp("dosages")
    (folder / "x.sample").write_bytes(gzip.decompress(UNCERTAIN.with_suffix(".sample.gz").read_bytes()))
    _plink2("--bgen", UNCERTAIN, "ref-first", "--sample", folder / "x.sample", "--make-pgen", "--out", folder / "pgen")
    return _made(folder / "pgen", _DOSAGES)


def _exported(path: Path, dosage: list[str], folder: Path) -> tuple[pd.DataFrame, list[str]]:
    """plink2's counts of a file, people by SNP, NaN = missing; and the allele that it counts in each."""
    _plink2(*_source(path), *dosage, "--export", "A", "--out", folder / "own")
    with (folder / "own.raw").open() as stream:
        names = next(stream).rstrip("\n").split("\t")
        table = pd.read_csv(stream, sep="\t", header=None, dtype={1: str})
    counted = [name.rpartition("_")[2] for name in names[_FIXED:]]
    return table.set_index(1).iloc[:, _FIXED - 1 :], counted


def _ours(path: Path, folder: Path, values: str) -> tuple[pd.DataFrame, AlleleCounts]:
    """What the study reads of every variant of a file."""
    pvar = path.with_name("pgen.pvar")
    names = pd.read_csv(pvar, sep="\t", comment=None, skiprows=_comments(pvar), dtype=str)
    candidates = names.set_axis([name.lstrip("#").lower() for name in names], axis=1)[["chrom", "pos", "ref", "alt"]]
    candidates = candidates.assign(
        pos=candidates["pos"].astype(int), rsid=None, ref_stated=True, gene_id="ENSG0", symbol=None
    )
    candidates["chrom"] = "2"
    named = candidates["chrom"] + ":" + candidates["pos"].astype(str)
    candidates["variant_id"] = named + ":" + candidates["ref"] + ":" + candidates["alt"]
    files = GenotypeFiles.of("2", str(path), people_file(str(path), None), variants_file(str(path)))
    ids = pd.Index(read_people(files.people)["participant_id"])
    people = GenotypedPeople(ids, reference=ids, imaged=ids, development=ids)
    (folder / "scratch").mkdir()
    table, counts = assess_chromosome(
        Plink("plink2", folder / "scratch", 1, 640), files, candidates, people, _ALL, values
    )
    assert table["found"].all() and len(table) == len(candidates)
    return candidates, counts


def _comments(pvar: Path) -> int:
    with pvar.open() as stream:
        return sum(line.startswith("##") for line in stream)


def _compared(path: Path, folder: Path, values: str) -> tuple[np.ndarray, np.ndarray]:
    """Ours and plink2's copies of ALT, people by SNP, in one order."""
    candidates, counts = _ours(path, folder, values)
    dosage = ["dosage=DS"] if values == "dosages" and path.suffix == ".vcf" else []
    theirs, counted = _exported(path, dosage, folder)
    assert len(counted) == len(candidates)
    alternate = candidates["alt"].to_numpy() == np.array(counted)
    assert (alternate | (candidates["ref"].to_numpy() == np.array(counted))).all()
    expected = theirs.loc[counts.ids].to_numpy(np.float64)
    expected = np.where(alternate, expected, 2 - expected)
    return counts.as_dosages().values, expected[:, pd.Index(candidates["variant_id"]).get_indexer(counts.variants)]


@pytest.mark.parametrize("ending", list(_CALLS))
def test_counts_of_every_snp_and_person_are_those_of_plink2(
    ending: str, calls: dict[str, Path], tmp_path: Path
) -> None:
    ours, theirs = _compared(calls[ending], tmp_path, "hard_calls")
    assert ours.shape == (503, 10_025) and np.isnan(ours).any()
    np.testing.assert_array_equal(ours, theirs)


# of hard calls alone the people would lack most, which is refused
@pytest.mark.parametrize("ending", [name for name in _DOSAGES if name != "bed"])
def test_dosages_are_those_of_plink2_within_rounding(ending: str, dosages: dict[str, Path], tmp_path: Path) -> None:
    ours, theirs = _compared(dosages[ending], tmp_path, "dosages")
    assert ours.shape[0] == 503 and ours.shape[1] > 100  # SNPs without a single call are left out
    assert (ours % 1 > 0).mean() > 0.1
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=_ROUNDING)
