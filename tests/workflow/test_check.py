"""`snakemake check` on a folder like UK Biobank's: what it holds; and everything that is wrong with it, at once."""

import pandas as pd
import pytest

from tests.workflow.study import Study
from tests.workflow.test_wrong_genotypes import OVERLAY

pytestmark = pytest.mark.slow
PARTS = {
    *("main table", "withdrawals", "kinship", "genotyped people", "list of images", "participants", "split", "plink2"),
    *("gene network", "eQTL tables", "genotype files", "match", "terms", "maps", "map files", "grid", "voxels", "mask"),
    *("imaging network", "atlas", "regions", "disk"),
}


def _findings(output: str) -> dict[str, list[tuple[str, str]]]:
    """State to the parts in it, with what is said of them."""
    found: dict[str, list[tuple[str, str]]] = {state: [] for state in ("ok", "note", "wrong", "skipped")}
    for line in output.splitlines():
        state = line[:8].strip()
        if state in found:
            found[state].append((line[8:26].strip(), line[27:]))
    return found


def test_right_inputs_are_described_and_long_work_waits_for_it(study_copy: Study) -> None:
    overlay = study_copy.overlay("real.yaml", OVERLAY)
    genes = pd.read_parquet(study_copy.folder / "results-tiny/genetics/snp_genes.parquet")["symbol"].dropna()
    (study_copy.folder / "own.gmt").write_text(f"one\t\t{genes.iloc[0]}\n")
    more = "inputs: {more_atlases: [octants]}\nenrichment: {more_sets: [{name: own, gmt: own.gmt}]}\n"
    further = study_copy.overlay("further.yaml", more)
    run = study_copy.snakemake("check", overlays=(overlay, further))
    found = _findings(run.stdout)
    assert run.returncode == 0 and found["wrong"] == found["skipped"] == [], run.stdout
    assert {part for part, _ in found["ok"]} == PARTS | {"more atlases", "regions: octants", "sets: own"}
    told = dict(found["ok"])
    assert "8 of 8 regions" in told["regions: octants"] and "1 sets, 1 of their genes" in told["sets: own"]
    assert told["main table"].startswith("260 people") and "listed ids are in the main table" in told["withdrawals"]
    planned = study_copy.planned(overlays=(overlay, further))
    assert "check_inputs" not in planned and planned["pack_gm_store"] == 1
    # another depth of the network is looked at again, and what has been packed stays packed
    deeper = study_copy.overlay("deeper.yaml", "pretraining: {channels: [4, 4]}")
    packed = study_copy.snakemake("results-real/imaging/store/maps.npy", overlays=(overlay, further))
    assert packed.returncode == 0, packed.stdout[-3000:]
    packing = ("results-real/imaging/store/maps.npy", "results-real/audit/inputs.txt")
    assert study_copy.planned(*packing, overlays=(overlay, further, deeper)) == {"check_inputs": 1}


def test_another_look_keeps_nobody_from_what_has_changed(study_copy: Study) -> None:
    """What reads a changed key or file runs in the same run as the check, not in the next one."""
    overlay = study_copy.overlay("real.yaml", OVERLAY)
    targets = ("results-real/audit/inputs.txt", "results-real/genetics/chrom19/qc.parquet")
    run = study_copy.snakemake(*targets, overlays=(overlay,))
    assert run.returncode == 0, run.stdout[-3000:]
    stricter = study_copy.overlay("stricter.yaml", "genetics: {qc: {maf: 0.07}}")
    assert study_copy.planned(*targets, overlays=(overlay, stricter)) == {"check_inputs": 1, "qc_variants": 1}
    table = study_copy.folder / "results-tiny/simulation/genotypes/ukb_mfi_chr19_v3.txt"
    table.write_text("".join(reversed(table.read_text().splitlines(keepends=True))))
    assert study_copy.planned(*targets, overlays=(overlay,)) == {"check_inputs": 1, "qc_variants": 1}
    assert study_copy.planned(overlays=(overlay,))["check_inputs"] == 1, "the whole study begins with it"


def test_everything_that_is_wrong_is_said_at_once(study_copy: Study) -> None:
    simulation = study_copy.folder / "results-tiny/simulation"
    (simulation / "withdrawals.csv").write_text("99999999\n88888888\n")
    eqtl = simulation / "DER-08a_hg19_eQTL.significant.txt"
    eqtl.write_text(eqtl.read_text().replace("gene_id", "genes", 1))
    images = (simulation / "images.csv").read_text().splitlines()
    images[1] = images[1].split(",")[0] + ",nowhere.nii.gz"
    (simulation / "images.csv").write_text("\n".join(images) + "\n")
    deep = "pretraining: {channels: [4, 4, 4, 4, 4, 4]}\nenrichment: {gmt: own.gmt, sources: [GMT]}\n"
    deep += (
        "inputs: {more_atlases: [{name: mine, image: resources/atlases/octants/octants.nii.gz, labels: mine.txt}]}\n"
    )
    (study_copy.folder / "mine.txt").write_text("1 One\n2 Two\n")
    (study_copy.folder / "own.gmt").write_text("a set without tabs\n")
    overlays = (study_copy.overlay("real.yaml", OVERLAY), study_copy.overlay("deep.yaml", deep))
    run = study_copy.snakemake(overlays=overlays)
    found = _findings(run.stdout)
    assert run.returncode == 1 and "Traceback" not in run.stdout
    wrong = dict(found["wrong"])
    assert set(wrong) == {"withdrawals", "eQTL tables", "map files", "imaging network", "terms", "regions: mine"}
    assert "1 of 2" not in wrong["withdrawals"] and "own.gmt, line 1" in wrong["terms"]
    assert "cannot pass 6 blocks" in wrong["imaging network"]
    assert {part for part, _ in found["skipped"]} == {"participants", "split", "match"}
    ran = {path.parent.name for path in (study_copy.folder / "results-real/logs").glob("*/*.log")}
    assert not ran & {"pack_gm_store", "qc_variants", "thin_genotypes", "pretrain_brain_age"}
