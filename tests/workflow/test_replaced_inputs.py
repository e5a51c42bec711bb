"""Inputs that are replaced by older files (cp -p, an unpacked archive) rerun what reads them."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workflow.study import Study
from tests.workflow.test_wrong_genotypes import OVERLAY

pytestmark = pytest.mark.slow

OVERLAYS = ("real.yaml",)
TARGETS = tuple(
    f"results-real/{path}"
    for path in (
        "audit/inputs.txt",
        "cohort/splits.parquet",
        "genetics/chrom11/qc.parquet",
        "genetics/chrom19/qc.parquet",
        "imaging/store/index.parquet",
    )
)
COHORT = {"build_participants", "make_splits", "qc_variants", "pack_gm_store"}
LONG_AGO = 10**9  # 2001


@pytest.fixture(scope="module")
def real_study(finished_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of files on disk (the simulated ones), run up to the store of its maps."""
    folder = tmp_path_factory.mktemp("real") / "study"
    shutil.copytree(finished_study.folder, folder, symlinks=True)
    study = Study(folder, finished_study.overlays)
    study.overlay(*OVERLAYS, OVERLAY)
    run = study.snakemake(*TARGETS, overlays=OVERLAYS)
    assert run.returncode == 0, run.stdout[-4000:]
    assert study.planned(*TARGETS, overlays=OVERLAYS) == {}
    return study


def _longer(path: Path) -> None:
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[-1]]) + "\n")


def _of_the_same_size(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])


INPUTS: dict[str, tuple[str, Callable[[Path], None], set[str]]] = {
    "withdrawals": ("withdrawals.csv", _longer, COHORT),
    "kinship": ("ukb_rel.dat", _longer, COHORT),
    "main table": ("ukb_main.csv", _longer, COHORT),
    "list of maps": ("images.csv", _longer, COHORT),
    "eQTLs": ("DER-08a_hg19_eQTL.significant.txt", _longer, {"select_candidates", "qc_variants"}),
    "genotypes": ("genotypes/ukb22828_c19_b0_v3.bgen", _of_the_same_size, {"qc_variants"}),
    "people of the genotypes": ("genotypes/ukb22828_c19_b0_v3.sample", _longer, COHORT),
    "imputation quality": ("genotypes/ukb_mfi_chr19_v3.txt", _longer, {"qc_variants"}),
    "a map": ("images/*.nii.gz", _of_the_same_size, {"pack_gm_store"}),
}


@pytest.mark.parametrize("name", INPUTS)
def test_an_older_file_in_an_inputs_place_reruns_its_readers(name: str, real_study: Study) -> None:
    pattern, change, readers = INPUTS[name]
    path = sorted((real_study.folder / "results-tiny/simulation").glob(pattern))[0]
    content, status = path.read_bytes(), path.stat()
    change(path)
    assert path.read_bytes() != content
    os.utime(path, (LONG_AGO, LONG_AGO))
    said = real_study.snakemake("-n", *TARGETS, overlays=OVERLAYS).stdout
    planned = real_study.planned(*TARGETS, overlays=OVERLAYS)
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert set(planned) == readers | {"check_inputs"}
    changed = next(line for line in said.splitlines() if "Params have changed since last execution" in line)
    assert ("'maps': '" if name == "a map" else path.name) in changed
    others = {"withdrawals.csv", "ukb_rel.dat", "ukb_main.csv", "images.csv"} - {path.name}
    assert not [other for other in others if f"{other}': '" in changed], "only what has changed is told"
    assert real_study.planned(*TARGETS, overlays=OVERLAYS) == {}, "the same file again is the same study"


def test_another_time_alone_reruns_nothing(real_study: Study) -> None:
    """All lists and genotypes here are below the size up to which their content counts."""
    files = [path for path in (real_study.folder / "results-tiny/simulation").rglob("*") if path.is_file()]
    times = {path: path.stat() for path in files if "images" not in path.parts and "truth" not in path.parts}
    for path in times:
        os.utime(path, (LONG_AGO, LONG_AGO))
    planned = real_study.planned(*TARGETS, overlays=OVERLAYS)
    for path, status in times.items():
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert planned == {}


def test_a_map_that_is_added_to_a_pattern_is_noticed(real_study: Study) -> None:
    folder = real_study.folder / "results-tiny/simulation/images"
    first = sorted(folder.glob("*.nii.gz"))[0]
    pattern = f"results-tiny/simulation/images/{first.name.replace(_id_in(first.name), '{participant_id}')}"
    real_study.overlay("pattern.yaml", f"results_dir: results-pattern\ninputs: {{images: '{pattern}'}}\n")
    overlays, targets = (*OVERLAYS, "pattern.yaml"), ["results-pattern/cohort/splits.parquet"]
    run = real_study.snakemake(*targets, overlays=overlays)
    assert run.returncode == 0, run.stdout[-4000:]
    assert real_study.planned(*targets, overlays=overlays) == {}
    added = folder / first.name.replace(_id_in(first.name), "9999999")
    shutil.copy2(first, added)
    planned = real_study.planned(*targets, overlays=overlays)
    added.unlink()
    assert set(planned) == {"build_participants", "make_splits"}


def _id_in(name: str) -> str:
    return name.split("_")[0]
