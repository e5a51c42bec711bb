"""The simulator's files in the real formats."""

import subprocess
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.programs import plink2_path
from cgni.simulation import traits, ukb_tables
from cgni.simulation.bgen import BgenVariant, write_bgen
from cgni.simulation.people import Pedigree
from tests.unit.simulation import needs


@needs.plink2
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
    command = [plink2_path(), "--bgen", "x.bgen", "ref-first", "--sample", "x.sample", "--export", "A", "--out", "x"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    table = pd.read_csv(tmp_path / "x.raw", sep="\t").filter(regex="^rs")
    assert all(name.endswith("_A") for name in table)  # plink2 counts REF here
    expected = np.where(missing, np.nan, 2.0 - genotypes)
    assert np.array_equal(table.to_numpy(float), expected, equal_nan=True)


def test_main_table_has_the_headers_and_quotes_of_ukbconv(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    confounds = traits.draw_confounds(Pedigree(np.zeros(30, int), np.full((30, 2), -1), np.zeros(30)), rng)
    ids, scores = np.arange(1_000_000, 1_000_030), rng.integers(2, 13, 30)
    visits = ukb_tables.Visits(scores, scores, 0.5)
    table = ukb_tables.main_table(ids, confounds, visits, rng.standard_normal((30, 10)), np.zeros(30, bool), rng)
    ukb_tables.write_main_table(table, tmp_path / "main.csv")
    assert (
        pd.to_datetime(table["53-3.0"].dropna())
        .sub(pd.to_datetime(table.loc[table["53-3.0"].notna(), "53-2.0"]))
        .dt.days.eq(840)
        .all()
    )
    header = (tmp_path / "main.csv").read_text().splitlines()[0]
    assert header.startswith('"eid","31-0.0"') and '"4282-2.0"' in header and '"22009-0.10"' in header


def test_sample_file_has_two_headers_and_negative_ids(tmp_path: Path) -> None:
    ukb_tables.write_sample(np.array([5, -1]), np.array([1, 0]), tmp_path / "x.sample")
    lines = ["ID_1 ID_2 missing sex", "0 0 0 D", "5 5 0 1", "-1 -1 0 2"]
    assert (tmp_path / "x.sample").read_text().splitlines() == lines


def test_eqtl_tables_have_psychencodes_columns(tmp_path: Path) -> None:
    loci = pd.DataFrame(
        {
            "gene_id": ["ENSG00000000001", "ENSG00000000002"],
            "chrom": 2,
            "start": [100, 5000],
            "end": [900, 5900],
            "strand": "+",
        }
    )
    variants = pd.DataFrame(
        {
            "chrom": 2,
            "pos": [150, 160, 170, 170],
            "ref": "A",
            "alt": ["G", "G", "G", "C"],
            "rsid": ["rs1", "rs2", "rs3", "rs4"],
            "locus": 0,
            "is_eqtl": [True, False, True, True],
        }
    )
    ukb_tables.write_tabbed(ukb_tables.eqtl_table(variants, loci, np.random.default_rng(5)), tmp_path / "eqtl.txt")
    ukb_tables.write_tabbed(ukb_tables.snp_information(variants), tmp_path / "snps.txt")
    eqtl = pd.read_csv(tmp_path / "eqtl.txt", sep="\t")
    assert list(eqtl.columns) == ukb_tables.EQTL_COLUMNS and len(eqtl.columns) == 15
    # the first SNP is the next gene's as well, the second is no eQTL, the third position has two records
    assert eqtl["SNP_id"].tolist() == ["2:150", "2:150", "2:170"] and set(eqtl["gene_chr"]) == {"chr2"}
    assert eqtl["gene_id"].str.split(".").str[0].tolist() == [*loci["gene_id"], loci["gene_id"][0]]
    assert eqtl["SNP_distance_to_TSS"].tolist() == [50, 150 - 5000, 70]
    snps = pd.read_csv(tmp_path / "snps.txt", sep="\t")
    assert list(snps.columns) == ukb_tables.SNP_COLUMNS
    assert snps["PEC_id"].tolist() == ["2:150", "2:160", "2:170"] and snps["ALT"].tolist() == ["G", "G", "G,C"]


def test_the_score_is_written_under_the_field_that_is_asked_for(tmp_path: Path) -> None:
    table = pd.DataFrame({"eid": [1], "4282-0.0": [7], "4282-2.0": [8], "31-0.0": [0]})
    ukb_tables.write_main_table(table, tmp_path / "field.csv", 20016)
    ukb_tables.write_main_table(table, tmp_path / "named.csv", "memory")
    assert list(pd.read_csv(tmp_path / "field.csv")) == ["eid", "20016-0.0", "20016-2.0", "31-0.0"]
    assert list(pd.read_csv(tmp_path / "named.csv"))[:2] == ["eid", "memory"]
