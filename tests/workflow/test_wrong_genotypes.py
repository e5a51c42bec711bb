"""Genotype files that do not belong to the study stop it with one message before anything is trained."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workflow.study import Study

OVERLAY = """
results_dir: results-real
simulation: {enabled: false}
inputs:
  phenotypes: results-tiny/simulation/ukb_main.csv
  withdrawals: results-tiny/simulation/withdrawals.csv
  relatedness: results-tiny/simulation/ukb_rel.dat
  genotypes:
    files: results-tiny/simulation/genotypes/ukb22828_c{chrom}_b0_v3.bgen
    sample: results-tiny/simulation/genotypes/ukb22828_c{chrom}_b0_v3.sample
    mfi: results-tiny/simulation/genotypes/ukb_mfi_chr{chrom}_v3.txt
  eqtl: results-tiny/simulation/DER-08a_hg19_eQTL.significant.txt
  eqtl_snps: results-tiny/simulation/SNP_Information_Table_with_Alleles.txt
  images: results-tiny/simulation/images.csv
"""


def _truncate(simulation: Path) -> None:
    bgen = simulation / "genotypes/ukb22828_c19_b0_v3.bgen"
    bgen.write_bytes(bgen.read_bytes()[:-100])


def _shift(simulation: Path) -> None:
    table = simulation / "SNP_Information_Table_with_Alleles.txt"
    header, *lines = table.read_text().splitlines()
    moved = []
    for line in lines:
        name, rsid, chrom, pos, ref, alt = line.split("\t")
        moved.append("\t".join([name, rsid, chrom, str(int(pos) + 1_000_000), ref, alt]))
    table.write_text("\n".join([header, *moved]) + "\n")


def _rename(simulation: Path) -> None:
    for sample in simulation.glob("genotypes/*.sample"):
        lines = [line.split() for line in sample.read_text().splitlines()]
        renamed = [["9" + one, "9" + two, *rest] for one, two, *rest in lines[2:] if not one.startswith("-")]
        sample.write_text("\n".join(" ".join(line) for line in [*lines[:2], *renamed]) + "\n")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_truncate, "ukb22828_c19_b0_v3.bgen: truncated: it ends within variant"),
        (_shift, "only 0.0% of"),
        (_rename, "is among the 260 of the main table"),
    ],
)
def test_wrong_genotypes_stop_the_study(study_copy: Study, spoil: Callable[[Path], None], message: str) -> None:
    spoil(study_copy.folder / "results-tiny/simulation")
    overlay = study_copy.overlay("real.yaml", OVERLAY)
    run = study_copy.snakemake(overlays=(overlay,))
    assert run.returncode != 0
    said = [line for line in run.stdout.splitlines() if message in line and line.startswith("wrong ")]
    assert len(said) >= 1, run.stdout[-4000:]
    assert "Traceback" not in run.stdout
    assert "start of pretrain_brain_age" not in run.stdout
