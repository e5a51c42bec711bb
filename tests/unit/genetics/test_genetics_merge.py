"""All chromosomes together. Expected values are worked out by hand."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.base.tables import write_table
from cgni.cohort.schemas import ATTRITION
from cgni.genetics import qc as quality
from cgni.genetics.counts import AlleleCounts
from cgni.genetics.merge import StudyGenotypes, merge_chromosomes
from cgni.genetics.people import GenotypedPeople
from cgni.genetics.schemas import LD_BLOCKS, QC, SNP_GENES, VARIANTS
from cgni.genetics.settings import GenotypeInputs, LinkageSettings

GENOTYPES = GenotypeInputs(build="GRCh37", chromosomes=(2, 7))
LINKAGE = LinkageSettings(window_kb=250, block_r2=0.5, clump_r2=None, per_gene=None)
NAMES = ["2:1:A:G", "2:2:A:G", "2:900:A:G", "7:1:C:T"]
# copies of ALT of the three that passed; d is neither a development person nor a reference one
COUNTS = AlleleCounts(
    pd.Index(list("abcd")),
    pd.Index([NAMES[0], NAMES[1], NAMES[3]]),
    np.array([[0, 0, 2], [1, 1, 2], [2, 2, 1], [-1, 0, 0]], dtype=np.int8),
)
REFERENCE = pd.Index(list("abc"))
PEOPLE = GenotypedPeople(COUNTS.ids, reference=REFERENCE, imaged=REFERENCE, development=pd.Index(list("abcz")))


def _qc(found: bool = True) -> pd.DataFrame:
    """2:900 is rare, the others passed."""
    reasons = [None, None, quality.RARE, None]
    parts = pd.DataFrame([name.split(":") for name in NAMES], columns=["chrom", "pos", "ref", "alt"])
    table = parts.assign(pos=parts["pos"].astype(int), candidate_id=NAMES, variant_id=NAMES, rsid=None)
    table = table.assign(
        info=0.9, info_source="mfi", missingness=0.0, missing_calls=0.0, maf=0.3, hwe_p=1.0, found=found
    )
    table[["pass_info", "pass_missing", "pass_maf", "pass_hwe"]] = True
    table = table.assign(
        swapped=False, other_strand=False, reference_people=3, hwe_people=3, people_without=0, half_calls=0
    )
    table = table.assign(reason=pd.Series(reasons, dtype="string"), passed=[reason is None for reason in reasons])
    return table[QC.names]


def _candidates() -> pd.DataFrame:
    """2:1 has two genes."""
    pairs = [(NAMES[0], "g1"), (NAMES[0], "g2"), (NAMES[1], "g1"), (NAMES[2], "g3"), (NAMES[3], "g4")]
    table = pd.DataFrame(pairs, columns=["variant_id", "gene_id"])
    return table.assign(symbol=table["gene_id"].str.upper(), eqtl_p=[0.1, 0.1, 0.2, 0.3, 0.4])


def _merged(linkage: LinkageSettings = LINKAGE) -> StudyGenotypes:
    return merge_chromosomes(_qc(), COUNTS, _candidates(), PEOPLE, GENOTYPES, linkage)


def test_fate_blocks_genes_and_counted_alleles(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        study = _merged()
    variants = study.variants.set_index("variant_id")
    # development people (a, b, c) carry 5 copies of the T of 7:1 and one C: C is counted
    assert variants["counted_allele"].fillna("").to_dict() == dict(zip(NAMES, ["G", "G", "", "C"], strict=True))
    assert study.counts.variants.tolist() == [NAMES[0], NAMES[1], NAMES[3]]
    np.testing.assert_array_equal(study.counts.values, [[0, 0, 0], [1, 1, 0], [2, 2, 1], [-1, 0, 2]])
    assert variants["ld_block"].fillna("").tolist() == ["2_1", "2_1", "", "7_1"]
    assert study.ld_blocks.to_numpy().tolist() == [["2_1", "2", 1, 2, 2, 2], ["7_1", "7", 1, 1, 1, 1]]
    genes = {(row.variant_id, row.gene_id) for row in study.snp_genes.itertuples()}
    assert genes == {(NAMES[0], "g1"), (NAMES[0], "g2"), (NAMES[1], "g1"), (NAMES[3], "g4")}
    left = study.attrition.frame().groupby("chrom")["left"].agg(["first", "last"])
    assert left.to_numpy().tolist() == [[3, 2], [1, 1]]
    assert caplog.messages == study.attrition.lines() + study.calls.lines()
    assert "rare: 3 variants left, 1 removed" in caplog.messages
    # three reference people: two variants that pass on chromosome 2, one on 7
    calls = study.steps().iloc[-4:]
    assert calls["unit"].eq("genotypes").all() and calls["left"].tolist() == [6, 6, 3, 3]
    write_table(study.steps(), tmp_path / "attrition.parquet", ATTRITION, {})
    tables = {"variants": VARIANTS, "ld_blocks": LD_BLOCKS, "snp_genes": SNP_GENES}
    for name, schema in tables.items():
        write_table(getattr(study, name), tmp_path / f"{name}.parquet", schema, {})


def test_clumped_variants_have_no_genotypes() -> None:
    clumping = LinkageSettings(window_kb=250, block_r2=0.5, clump_r2=0.2, per_gene=None)
    study = _merged(clumping)  # 2:1 and 2:2 agree among a, b and c; 2:1 has the smaller p
    assert study.counts.variants.tolist() == [NAMES[0], NAMES[3]]
    assert study.variants.set_index("variant_id").loc[NAMES[1], "reason"] == quality.CLUMPED
    assert set(study.snp_genes["variant_id"]) == {NAMES[0], NAMES[3]}


def test_another_build_is_refused() -> None:
    with pytest.raises(InputError, match=r"only 0\.0% of 4 candidate variants .* must be GRCh37"):
        merge_chromosomes(_qc(found=False), COUNTS, _candidates(), PEOPLE, GENOTYPES, LINKAGE)
