"""Whose images there are: BIDS folders, UK Biobank's archives, tables."""

import logging
from pathlib import Path

import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.imaging.settings import ImagingSettings, T1Settings
from cgni.imaging.t1.listing import study_images, study_maps

_VISITS = (2, 3)


def _touched(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def _settings(session: str = "first", source: str = "t1") -> ImagingSettings:
    return ImagingSettings(source=source, t1=T1Settings(session=session))


def _chosen(images: Path | str, session: str = "first", source: str = "t1") -> dict[str, str]:
    """Participant id to the name of the file."""
    listed = study_images(str(images), _VISITS, _settings(session, source))
    assert listed["participant_id"].is_monotonic_increasing and listed["participant_id"].is_unique
    assert listed["instance"].dtype == "Int64"
    return {person: Path(path).name for person, path in zip(listed["participant_id"], listed["path"], strict=True)}


def _bids(person: str, rest: str = "", session: str | None = None, end: str = ".nii.gz") -> str:
    visit = f"/ses-{session}" if session else ""
    return f"sub-{person}{visit}/anat/sub-{person}{f'_ses-{session}' if session else ''}{rest}_T1w{end}"


def test_a_bids_folder_without_sessions(tmp_path: Path) -> None:
    others = ("participants.tsv", "sub-1/anat/sub-1_T2w.nii.gz", "sub-1/func/sub-1_task-rest_bold.nii.gz")
    folder = _touched(tmp_path, _bids("2"), _bids("1"), _bids("x3", end=".nii"), *others, "sub-1/anat/sub-1_T1w.json")
    _touched(folder, "derivatives/fmriprep/sub-1/anat/sub-1_desc-preproc_T1w.nii.gz")
    assert _chosen(folder) == {"1": "sub-1_T1w.nii.gz", "2": "sub-2_T1w.nii.gz", "x3": "sub-x3_T1w.nii"}


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        ("first", {"1": "sub-1_ses-2_T1w.nii.gz", "2": "sub-2_ses-10_T1w.nii.gz", "3": "sub-3_T1w.nii.gz"}),
        ("last", {"1": "sub-1_ses-10_T1w.nii.gz", "2": "sub-2_ses-10_T1w.nii.gz", "3": "sub-3_T1w.nii.gz"}),
        ("10", {"1": "sub-1_ses-10_T1w.nii.gz", "2": "sub-2_ses-10_T1w.nii.gz"}),
    ],
)
def test_the_session_that_counts(session: str, expected: dict[str, str], tmp_path: Path) -> None:
    """By number: session 2 comes before session 10."""
    files = (_bids("1", session="10"), _bids("1", session="2"), _bids("2", session="10"), _bids("3"))
    assert _chosen(_touched(tmp_path, *files), session) == expected


def test_of_several_runs_the_first_counts_and_the_others_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = [_bids("1", f"_acq-mprage_run-{run}", session) for run in ("10", "2") for session in ("a", "b")]
    with caplog.at_level(logging.INFO):
        chosen = _chosen(_touched(tmp_path, *files, "sub-1/ses-a/anat/sub-1_ses-a_old-T1_copy_T1w.nii.gz"))
    assert chosen == {"1": "sub-1_ses-a_acq-mprage_run-2_T1w.nii.gz"}
    told = "4 T1 images; left out are 2 of other sessions than imaging.t1.session, 1 further ones of a session, and 1"
    assert told in caplog.text


def test_a_folder_without_t1_images_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no T1 image in the folder .*a BIDS data set has them as sub-<id>/anat"):
        _chosen(_touched(tmp_path, "sub-1/anat/sub-1_T2w.nii.gz", "1/T1.nii.gz"))


def test_a_session_that_nobody_has_is_refused(tmp_path: Path) -> None:
    folder = _touched(tmp_path, _bids("1", session="10"), _bids("1", session="9"), _bids("2"))
    with pytest.raises(InputError, match=r"^imaging.t1.session: no image of the session pre in .*: 9, 10$"):
        _chosen(folder, "pre")


@pytest.mark.parametrize(
    "name", ["sub-1/anat/sub-2_T1w.nii.gz", "sub-1/ses-a/anat/sub-1_ses-b_T1w.nii.gz", "sub-1/anat/sub-1_ses-a_T1w.nii"]
)
def test_an_image_in_the_folder_of_another_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"1 of 2 T1 images in .* lie in the folder of another person or session"):
        _chosen(_touched(tmp_path, _bids("3"), name))


def test_archives_state_their_visits(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    names = ("1_20252_2_0.zip", "1_20252_3_0.zip", "2_20252_3_0.zip", "12_20252_2_0.zip", "3_20252_0_0.zip")
    pattern = f"{_touched(tmp_path, *names, '4_20263_2_0.zip')}/{{participant_id}}_20252_*_0.zip"
    expected = {"1": "1_20252_2_0.zip", "12": "12_20252_2_0.zip", "2": "2_20252_3_0.zip"}
    with caplog.at_level(logging.INFO):
        assert _chosen(pattern) == _chosen(pattern, source="ukb_vbm") == expected
    assert "1 images of other visits than cohort.image_instances, and 1 of later ones of a person" in caplog.text
    listed = study_images(pattern, (3, 2), _settings())
    assert dict(zip(listed["participant_id"], listed["instance"], strict=True)) == {"1": 3, "12": 2, "2": 3}
    with pytest.raises(InputError, match=r"no image of the visits 1 \(cohort.image_instances\)"):
        study_images(pattern, (1,), _settings())


def test_a_table_lists_t1_images_too(tmp_path: Path) -> None:
    (tmp_path / "t1.csv").write_text("participant_id,path,instance\n7,a/7.zip,2\n7,b/7.nii,3\n8,8.nii.gz,3\n")
    assert _chosen(tmp_path / "t1.csv") == {"7": "7.zip", "8": "8.nii.gz"}


@pytest.mark.parametrize("source", ["maps", "ukb_vbm"])
def test_a_bids_folder_holds_t1_images_alone(source: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder, not a file"):
        _chosen(_touched(tmp_path, _bids("1")), source=source)


def test_the_maps_of_a_study_are_those_that_were_made(tmp_path: Path) -> None:
    made = pd.DataFrame({"participant_id": ["1", "2"], "path": ["a.nii.gz", None], "reason": [None, "x"]})
    assert study_maps("none", _VISITS, _settings(), made).values.tolist() == [["1", "a.nii.gz"]]
    (tmp_path / "maps.csv").write_text("participant_id,path\n5,5.nii\n")
    listed = study_maps(str(tmp_path / "maps.csv"), _VISITS, _settings(source="maps"), None)
    assert listed["path"].tolist() == [str(tmp_path / "5.nii")]
