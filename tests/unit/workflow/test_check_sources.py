"""What `snakemake check` says of T1 images and of UK Biobank's archives, before a map is made."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from nilearn.datasets import load_mni152_gm_template

from cgni.base.errors import InputError
from cgni.imaging.resampling import resampled
from cgni.workflow import check_sources
from cgni.workflow.check_people import PeopleFound
from cgni.workflow.check_sources import look_at_sources
from cgni.workflow.checklist import Checklist, Part
from cgni.workflow.config import effective_config
from cgni.workflow.settings import StudySettings
from tests.unit.imaging.t1.heads import REAL, image_bytes, made_head, needs_real, placed, zipped

_ON_GRID = ["mask", "imaging network", "atlas", "regions", "disk"]


def _look(folder: Path, paths: list[Path], imaging: dict[str, Any], known: int | None = None) -> Checklist:
    """The findings on these images, of which `known` are of the study's people."""
    given = {"imaging": imaging, "results_dir": str(folder / "results"), "simulation": {"enabled": False}}
    settings = StudySettings.of(effective_config(given))
    images = pd.DataFrame({"participant_id": [str(1000001 + n) for n in range(len(paths))], "path": map(str, paths)})
    people = Part(None if known is None else images[["participant_id"]].head(known))
    checklist = Checklist()
    look_at_sources(checklist, settings, PeopleFound(people, Part(images)))
    assert "100000" not in checklist.text()
    return checklist


def _states(checklist: Checklist, state: str = "ok") -> dict[str, str]:
    return {finding.part: finding.text for finding in checklist.findings if finding.state == state}


@pytest.fixture
def archives(tmp_path: Path) -> list[Path]:
    """Four people's archives with a map of UK Biobank's kind each, on its 2 mm grid."""
    affine, rng = np.diag([-2.0, 2, 2, 1]), np.random.default_rng(0)
    affine[:3, 3] = (90, -126, -72)
    values = resampled(load_mni152_gm_template(resolution=2), (91, 109, 91), affine, order=1)
    made = []
    for number in range(4):
        own = image_bytes(values * rng.uniform(0.9, 1.1, values.shape), affine)
        made.append(zipped(tmp_path / f"{number}_20252_2_0.zip", T1__T1_vbm__T1_GM_to_template_GM_mod=own))
    return made


def test_archives_of_ukb_are_made_maps_of_and_looked_at(archives: list[Path], tmp_path: Path) -> None:
    found = _look(tmp_path, archives, {"source": "ukb_vbm"}, known=3)
    assert list(_states(found)) == ["images", "archives", "grid", "voxels", *_ON_GRID] and found.count("wrong") == 0
    told = _states(found)
    assert told["images"] == "3 of the study's people"
    assert told["archives"] == "3 of 3 that were looked at can be used"
    assert told["grid"].startswith("91x109x91") and "3 maps read: gray matter on the MNI template" in told["voxels"]
    assert not list(tmp_path.glob("results/**/*.nii.gz")), "nothing is left"


def test_archives_that_fail_are_counted_and_too_many_are_wrong(archives: list[Path], tmp_path: Path) -> None:
    zipped(archives[1], T1__unusable__T1=b"")
    archives[2].unlink()
    reasons = "1 archives of scans that UK Biobank calls unusable (T1/unusable); 1 missing files"
    passing = _look(tmp_path, archives, {"source": "ukb_vbm", "t1": {"most_failed": 0.5}})
    assert _states(passing)["archives"] == f"2 of 4 that were looked at can be used; not: {reasons}"
    found = _look(tmp_path, archives, {"source": "ukb_vbm"})
    wrong = _states(found, "wrong")
    assert list(wrong) == ["archives"] and f"2 of 4 images that were looked at give no map: {reasons}; " in str(wrong)
    assert list(_states(found, "skipped")) == ["grid", "voxels", "mask", "imaging network", "regions", "disk"]


def _heads(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{number}.nii.gz" for number in range(count)]
    for path in paths:
        path.write_bytes(image_bytes(made_head(), placed()))
    return paths


_OWN = {"engine": "command", "outputs": "m{name}.nii"}


def test_a_program_of_the_site_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heads = [*_heads(tmp_path, 3), tmp_path / "none.nii", zipped(tmp_path / "a.zip", T1__x=b"")]
    imaging = {"source": "t1", "t1": {**_OWN, "command": "A=1 our_program {list}", "most_failed": 0.5}}
    found = _look(tmp_path, heads, imaging)
    wrong = _states(found, "wrong")
    assert list(wrong) == ["program"] and "bash knows no program our_program; put its folder into PATH" in str(wrong)
    (tmp_path / "our_program").write_text("#!/bin/bash\n")
    (tmp_path / "our_program").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = _look(tmp_path, heads, imaging)
    told = _states(found)
    assert list(told) == ["images", "T1 images", "heads", "program"] and list(_states(found, "note")) == ["grid"]
    assert told["T1 images"].startswith(
        "3 of 5 that were looked at can be used; not: 1 archives without T1/T1.nii.gz; 1"
    )
    assert told["heads"] == "3 of 3 that were looked at can be used"
    found = _look(tmp_path, heads, imaging | {"store": {"grid": 2.0}})
    assert list(_states(found))[-5:] == _ON_GRID and _states(found)["grid"].startswith("91x109x91")


@pytest.mark.parametrize(
    ("command", "first"),
    [
        ("bash x.sh {list}", "bash"),
        ("A=1 B='2' cd {folder} && x", "cd"),
        ("source env.sh; x {list}", "source"),
        ("/bin/sh x {list}", "/bin/sh"),
        ("for i in {images}; do x $i; done", "for"),
        ("(cd {folder}; x)", "a command of the shell"),
        ("$CAT/run.sh {list}", "a command of the shell"),
    ],
)
def test_what_a_shell_knows_is_no_missing_program(command: str, first: str, tmp_path: Path) -> None:
    found = _look(tmp_path, _heads(tmp_path, 1), {"source": "t1", "t1": {**_OWN, "command": command}})
    assert _states(found)["program"] == f"{first} is there"


def test_images_that_are_no_heads_are_wrong(tmp_path: Path) -> None:
    two = tmp_path / "two.nii.gz"
    two.write_bytes(image_bytes(np.stack([made_head()] * 2, -1), placed()))
    imaging = {"source": "t1", "t1": {**_OWN, "command": "bash {list}"}}
    found = _look(tmp_path, [two], imaging)
    assert (
        "1 of 1 images that were looked at give no map: 1 images that are not 3D"
        in _states(found, "wrong")["T1 images"]
    )
    coarse = tmp_path / "coarse.nii.gz"
    coarse.write_bytes(image_bytes(made_head((40, 40, 40), (4.0, 5.0, 5.0)), placed((4.0, 5.0, 5.0), (40, 40, 40))))
    found = _look(tmp_path, [coarse], imaging)
    assert "1 images with voxels of more than 3 mm" in _states(found, "wrong")["heads"]


def test_a_part_that_is_not_installed_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise InputError("imaging.source t1: ANTs cannot be loaded (no module); run `make setup`")

    monkeypatch.setattr(check_sources, "load_ants", absent)
    found = _look(tmp_path, _heads(tmp_path, 2), {"source": "t1", "t1": {"voxel_mm": 3}})
    assert _states(found, "wrong") == {"segmentation": str(_raised(absent))}
    assert list(_states(found, "skipped")) == ["brains"] and _states(found)["grid"].startswith("61x73x61")


def _raised(call: Any) -> InputError:
    with pytest.raises(InputError) as problem:
        call()
    return problem.value


@needs_real
def test_real_heads_show_their_brains(tmp_path: Path) -> None:
    heads = sorted(REAL.glob("*_T1.nii.gz"))[:2]
    found = _look(
        tmp_path, [*heads, tmp_path / "none.nii"], {"source": "t1", "t1": {"voxel_mm": 2, "most_failed": 0.4}}
    )
    told = _states(found)
    assert found.count("wrong") == found.count("skipped") == 0
    assert list(told) == ["images", "T1 images", "segmentation", "brains", "grid", *_ON_GRID]
    assert told["T1 images"] == "2 of 3 that were looked at can be used; not: 1 missing files"
    assert told["brains"] == "2 of 2 that were looked at can be used" and told["grid"].startswith("91x109x91")
    assert told["segmentation"].startswith("ANTs ")
