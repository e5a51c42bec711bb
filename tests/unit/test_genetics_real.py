"""503 real people, 10,025 SNPs of chromosome 2: the stage against plink2's own reports and filters."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workflow_scripts.cgni.cohort.samples import read_sample
from workflow_scripts.cgni.genetics.chromosome import GenotypeFiles, assess_chromosome
from workflow_scripts.cgni.genetics.plink import Plink, decode_bed

REAL = Path(__file__).resolve().parents[3] / "shared" / "real" / "genotypes"
BGEN = REAL / "1kg_chr2_8bit_reffirst.bgen"

pytestmark = [
    pytest.mark.skipif(shutil.which("plink2") is None, reason="plink2 is not installed"),
    pytest.mark.skipif(not BGEN.is_file(), reason="the real genotypes (../shared/real/genotypes) are not here"),
]
THRESHOLDS = {"info": 0.3, "missing": 0.002, "maf": 0.1, "hwe": 0.05, "hard_call": 0.1}


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """(qc table, genotypes, .bim) with every SNP as a candidate and everybody as reference."""
    scratch = tmp_path_factory.mktemp("scratch")
    bim = pd.read_csv(REAL / "chr2.bim", sep="\t", header=None, dtype={0: str})
    bim.columns = ["chrom", "rsid", "cm", "pos", "a1", "a2"]
    names = [f"{row.chrom}:{row.pos}:{row.a2}:{row.a1}" for row in bim.itertuples()]
    candidates = bim.rename(columns={"a2": "ref", "a1": "alt"})[["chrom", "pos", "ref", "alt", "rsid"]]
    candidates = candidates.assign(variant_id=names, gene_id="ENSG0", symbol=None)
    files = GenotypeFiles("2", BGEN, BGEN.with_suffix(".sample"), None)
    people = pd.Index(read_sample(files.sample)["participant_id"])
    table, genotypes = assess_chromosome(
        Plink("plink2", scratch, 1, 640), files, candidates, people, people, THRESHOLDS
    )
    return table, genotypes, bim


def _plink2(tmp_path: Path, *arguments: str) -> Path:
    """Prefix of the reports that plink2 itself makes of the BGEN file."""
    files = ["--bgen", str(BGEN), "ref-first", "--sample", str(BGEN.with_suffix(".sample"))]
    out = tmp_path / "own"
    subprocess.run(["plink2", *files, *arguments, "--threads", "1", "--silent", "--out", str(out)], check=True)
    return out


def test_statistics_are_those_of_plink2(assessed, tmp_path: Path) -> None:
    table = assessed[0]
    assert table["found"].all() and (table["info_source"] == "not applicable").all()
    out = _plink2(tmp_path, "--freq", "--hardy", "--missing", "variant-only")
    frequency, hardy, missing = (pd.read_csv(f"{out}.{kind}", sep="\t") for kind in ("afreq", "hardy", "vmiss"))
    np.testing.assert_allclose(table["alt_frequency"], frequency["ALT_FREQS"], rtol=1e-5)
    np.testing.assert_allclose(table["hwe_p"], hardy["P"], rtol=1e-5)
    np.testing.assert_allclose(table["missingness"], missing["F_MISS"], rtol=1e-5)


def test_kept_set_is_that_of_plink2_up_to_its_inclusive_bounds(assessed, tmp_path: Path) -> None:
    table = assessed[0]
    filters = ["--maf", "0.1", "--geno", "0.002", "--hwe", "0.05", "--write-snplist"]
    kept = set(Path(f"{_plink2(tmp_path, *filters)}.snplist").read_text().split())
    ours = set(table.loc[table["passed"], "rsid"])
    assert ours <= kept and 1000 < len(ours) < len(table)
    boundary = table[table["rsid"].isin(kept - ours)]
    at_bound = (boundary["maf"] == 0.1) | (boundary["missingness"] == 0.002) | (boundary["hwe_p"] == 0.05)
    assert at_bound.all()


def test_genotypes_are_those_of_the_bed(assessed) -> None:
    table, genotypes, bim = assessed
    fam = pd.read_csv(REAL / "chr2.fam", sep=r"\s+", header=None, dtype=str)
    counts = pd.DataFrame(decode_bed((REAL / "chr2.bed").read_bytes(), len(fam)), index=fam[1], columns=bim["rsid"])
    passed = table[table["passed"]]
    expected = counts.loc[genotypes["participant_id"], passed["rsid"]].to_numpy()
    ours = genotypes[passed["variant_id"]].fillna(-1).to_numpy(np.int8)
    called = expected >= 0
    np.testing.assert_array_equal(ours[called], expected[called])
    # plink2 2.00a3.5, which exported this BGEN from the BED, wrote most missing calls as 1/1 without their
    # missing bit; nothing else may stand there.
    assert set(ours[~called]) <= {-1, 2}
