"""A plain eQTL table without alleles, on the finished tiny study, to the report: SNPs are called for all tables."""

import pandas as pd
import pytest

from tests.workflow.study import Study

pytestmark = pytest.mark.slow

OVERLAY = """
inputs: {eqtl: plain.txt, eqtl_snps: null}
contributions: {rule: sd, sd: {imaging: 0.5, genetics: 0.5}}
"""


def test_a_plain_table_without_alleles_runs_to_the_report(study_copy: Study) -> None:
    results = study_copy.folder / "results-tiny"
    before = pd.read_parquet(results / "genetics/variants.parquet").query("passed")
    pairs = pd.read_csv(results / "simulation/DER-08a_hg19_eQTL.significant.txt", sep="\t")
    plain = pairs[["SNP_id", "gene_id"]].set_axis(["snp", "gene"], axis=1)
    plain.to_csv(study_copy.folder / "plain.txt", sep="\t", index=False)
    run = study_copy.snakemake(overlays=(study_copy.overlay("plain.yaml", OVERLAY),))
    assert run.returncode == 0 and "(100%) done" in run.stdout, run.stdout[-6000:]
    candidates = pd.read_parquet(results / "genetics/candidates.parquet")
    assert candidates["ref"].isna().all() and candidates["eqtl_p"].isna().all()
    after = pd.read_parquet(results / "genetics/variants.parquet").query("passed")
    named = ["variant_id", "ref", "alt", "counted_allele", "reason"]
    pd.testing.assert_frame_equal(after[named].reset_index(drop=True), before[named].reset_index(drop=True))
    called = pd.read_csv(results / "tables/table4.csv")["SNPs (* of several genes)"]
    assert called.str.contains(r"\d+:\d+:[ACGT]+:[ACGT]+").all()  # SNPs without rs numbers go by their ids
    assert (results / "report.html").stat().st_size
