"""From simulated T1 images to checked maps, with a SIGKILL in the middle of the batches."""

import dataclasses
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.tables import read_table
from cgni.imaging.atlases import atlas_files
from cgni.imaging.reading import read_map
from cgni.simulation.images import SimulatedImages, simulate_images
from cgni.simulation.maps import labels_on
from cgni.simulation.polygenic import EqtlSnps
from cgni.simulation.truth import TrueCohort
from cgni.workflow.settings import StudySettings
from tests.workflow.processes import processes_in, wait_for
from tests.workflow.study import Study, copy_repository
from tools import make_reruns

pytestmark = pytest.mark.slow
OVERLAYS = ("tests/tiny.yaml", "tests/t1.yaml")
RESULTS = "results-t1"
BEFORE_THE_KILL = 3  # images that are finished by then
REASONS = {"shifted": "cut off a part of the brain", "noisy": "a brain of less than 600"}


@dataclass(frozen=True)
class Made:
    """A study whose maps were made in two runs, the first of which was killed."""

    study: Study
    before: dict[str, int]  # records that were there after the kill, and their times
    after: dict[str, int]  # the same in the end

    @property
    def results(self) -> Path:
        return self.study.folder / RESULTS

    def table(self, name: str) -> pd.DataFrame:
        return read_table(self.results / name)


def _records(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (folder / RESULTS / "imaging/t1/records").glob("*.json")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    study = Study(copy_repository(tmp_path_factory.mktemp("t1") / "study"), OVERLAYS)
    target = f"{RESULTS}/imaging/qc.parquet"
    said = study.folder / "said.txt"
    with said.open("w") as output:
        process = subprocess.Popen(
            study.command(target),
            cwd=study.folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def is_there() -> bool:
        return len(_records(study.folder)) >= BEFORE_THE_KILL or process.poll() is not None

    wait_for(is_there, 900, "no image was finished")
    assert process.poll() is None, said.read_text()[-4000:]
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not processes_in(study.folder), 20, "a process outlived its Snakemake")
    before = _records(study.folder)
    freed = subprocess.run([sys.executable, "tools/clear_stale_lock.py"], cwd=study.folder, capture_output=True)
    assert freed.returncode == 0, freed.stdout
    run = study.snakemake(target)
    assert run.returncode == 0, run.stdout[-6000:]
    return Made(study, before, _records(study.folder))


@pytest.fixture(scope="module")
def drawn(made: Made) -> SimulatedImages:
    """What the images were drawn from; drawn again as maps, which are not looked at."""
    truth, settings = made.results / "simulation/truth", StudySettings.of(make_reruns.effective(OVERLAYS))
    images = dataclasses.replace(settings.simulation.images, kind="maps")
    simulation = dataclasses.replace(settings.simulation, images=images)
    snps = EqtlSnps.of(TrueCohort.load(truth / "genotypes.npz").genotypes, read_table(truth / "variants.parquet"))
    atlas = atlas_files("aal", None)[0]
    return simulate_images(read_table(truth / "people.parquet"), snps, atlas, simulation, settings.seed)


def test_what_was_finished_before_the_kill_is_not_made_again(made: Made) -> None:
    assert BEFORE_THE_KILL <= len(made.before) < len(made.after)
    assert {name: made.after[name] for name in made.before} == made.before
    logs = [path.read_text() for path in (made.results / "logs/make_gm_maps").glob("*.log")]
    found = sum(int(count) for log in logs for count in re.findall(r"found finished: (\d+)", log)[-1:])
    quality = made.table("imaging/t1/quality.parquet")
    assert found == len(made.before) and len(quality) == len(made.after)


def test_good_images_give_maps_that_pass_and_spoilt_ones_fail_with_a_reason(made: Made, drawn: SimulatedImages) -> None:
    quality, qc = made.table("imaging/t1/quality.parquet"), made.table("imaging/qc.parquet")
    reasons = quality.set_index("participant_id")["reason"]
    spoilt = drawn.defects.set_index("participant_id")["defect"]
    spoilt = spoilt[spoilt.index.isin(reasons.index)]
    assert len(spoilt) and set(reasons.dropna().index) == set(spoilt.index)
    for one, defect in spoilt.items():
        assert REASONS[defect] in reasons[one], reasons[one]
    assert qc["participant_id"].tolist() == reasons[reasons.isna()].index.tolist()
    assert len(qc) >= 12 and qc["passed"].mean() >= 0.9, qc
    log = (made.results / "logs/gather_gm_maps/all.log").read_text()
    assert f"{len(qc)} of {len(quality)} images gave a map; not: 1 images" in log


def test_planted_effects_and_head_sizes_survive(made: Made, drawn: SimulatedImages) -> None:
    quality = made.table("imaging/t1/quality.parquet").dropna(subset="path").set_index("participant_id")
    rows = pd.Index(drawn.people["participant_id"]).get_indexer(quality.index)
    maps = [read_map(made.study.folder / path) for path in quality["path"]]
    labels = labels_on(atlas_files("aal", None)[0], maps[0].values.shape, maps[0].affine)
    r = []
    for region in drawn.planted["region"]:
        gray = np.array([one.values[labels == region].mean() for one in maps]) / quality["tiv_ml"]
        true = drawn.multipliers[rows, np.searchsorted(drawn.anatomy.regions, region)]
        r.append(np.corrcoef(gray, true)[0, 1])
    head_size = drawn.people["head_size"].iloc[rows]
    of_head = np.corrcoef(head_size, 1 / quality["tiv_ml"])[0, 1]
    print(
        f"{len(quality)} people, planted regions: r {np.round(sorted(r), 2)}, median {np.median(r):.2f}; {of_head:.3f}"
    )
    assert np.median(r) > 0.7
    assert of_head > 0.97
    participants = made.table("cohort/participants.parquet").set_index("participant_id")
    assert np.allclose(participants["head_size"].loc[quality.index], head_size), "the main table's own head sizes stay"


def test_an_undisturbed_run_gives_the_same_bytes(made: Made) -> None:
    """The batch that was begun before the kill, made again from nothing."""
    folder = made.results / "imaging/t1"
    table = folder / "batch0.parquet"
    paths = [made.study.folder / path for path in read_table(table)["path"].dropna()]
    before = {path: path.read_bytes() for path in (table, *paths)}
    assert len(paths) >= 2
    table.unlink()
    for part in ("maps", "records", "previews"):
        shutil.rmtree(folder / part)
    run = made.study.snakemake(f"{RESULTS}/imaging/t1/batch0.parquet")
    assert run.returncode == 0, run.stdout[-6000:]
    assert [str(path) for path in before if path.read_bytes() != before[path]] == []
