"""A file that is replaced looks different, whatever its time; the same file looks the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cgni.imaging.settings import ImagingSettings
from cgni.workflow import input_looks
from cgni.workflow.input_looks import count_images, look_of_images, looks_of

_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look is a new one here, as in a new process."""
    monkeypatch.setattr(input_looks, "look_of", input_looks.look_of.__wrapped__)


def _look(path: Path) -> str:
    return looks_of([str(path)], "results")[str(path)]


def test_small_files_look_by_their_content_alone(tmp_path: Path) -> None:
    path = tmp_path / "withdrawals.csv"
    path.write_text("1000001\n")
    before = _look(path)
    os.utime(path, (10**9, 10**9))
    assert _look(path) == before
    path.write_text("1000002\n")
    os.utime(path, (10**9, 10**9))
    assert _look(path) != before and _look(path).startswith("8 bytes, ")
    assert "1000002" not in _look(path)


def test_large_files_look_by_size_and_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_looks, "CONTENT_LIMIT", 4)
    path = tmp_path / "chr1.bgen"
    path.write_bytes(b"12345")
    os.utime(path, (10**9, 10**9))
    assert _look(path) == "5 bytes of 1000000000"
    os.utime(path, (10**9 - 1, 10**9 - 1))
    assert _look(path) == "5 bytes of 999999999"


def test_files_of_the_results_are_left_to_the_rules(tmp_path: Path) -> None:
    path = tmp_path / "results/cohort/kinship.dat"
    assert looks_of([str(path)], str(tmp_path / "results")) == {}
    assert looks_of([str(path)], str(tmp_path / "res")) == {str(path): "FileNotFoundError"}


def test_maps_look_by_their_paths_or_also_by_sizes_and_times(tmp_path: Path) -> None:
    def looks() -> list[dict[str, str]]:
        input_looks._listed.cache_clear()
        look_of_images.cache_clear()
        return [look_of_images(pattern, (2, 3), ImagingSettings(), contents) for contents in (False, True)]

    pattern = str(tmp_path / "{participant_id}.nii.gz")
    for name in ("1000001", "1000002"):
        (tmp_path / f"{name}.nii.gz").write_bytes(b"map")
    names, contents = looks()
    assert names["maps"].startswith("2, ") and names != contents and looks() == [names, contents]
    os.utime(tmp_path / "1000001.nii.gz", (10**9, 10**9))
    assert looks()[0] == names and looks()[1] != contents
    (tmp_path / "1000003.nii.gz").write_bytes(b"map")
    assert looks()[0]["maps"].startswith("3, ")
    assert count_images(pattern, (2, 3), ImagingSettings()) == 3
    absent = (str(tmp_path / "none.csv"), (2, 3), ImagingSettings())
    assert look_of_images(*absent, True) == {} and count_images(*absent) == 0  # the jobs will say what is wrong


def test_absent_files_say_so(tmp_path: Path) -> None:
    assert _look(tmp_path / "none") == "FileNotFoundError"
    assert _look(tmp_path).split()[1:3] == ["bytes", "of"]


def test_listing_a_bids_folder_sets_up_no_log(tmp_path: Path) -> None:
    """In a process of its own, as pytest has handlers: Snakemake's lines would appear twice."""
    image = tmp_path / "sub-1/anat/sub-1_T1w.nii"
    image.parent.mkdir(parents=True)
    image.touch()
    code = (
        "import logging\nfrom cgni.imaging.settings import ImagingSettings\n"
        "from cgni.workflow.input_looks import count_images\n"
        f"print(count_images({str(tmp_path)!r}, (2,), ImagingSettings(source='t1')), logging.getLogger().handlers)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_ROOT)
    assert run.stdout == "1 []\n"
