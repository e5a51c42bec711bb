"""The process that segments: its fall ends no batch, and what the machine refuses is told from what an image lacks."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cgni.base.errors import InputError
from cgni.imaging.reading import UnusableImageError, read_map
from cgni.imaging.t1 import by_ants, worker
from cgni.imaging.t1.answer import Answer
from cgni.imaging.t1.batch import Places
from cgni.imaging.t1.by_ants import AntsMaker
from cgni.imaging.t1.segmentation import Segmented
from cgni.imaging.t1.templates import templates
from cgni.imaging.t1.worker import Task, make_map
from tests.unit.imaging.t1.heads import image_bytes, made_head, placed, zipped

_VOXEL_MM = 6.0


@pytest.fixture
def task(tmp_path: Path) -> Task:
    (tmp_path / "1.nii.gz").write_bytes(image_bytes(made_head(), placed()))
    return Task(str(tmp_path / "1.nii.gz"), str(tmp_path / "maps/1.nii.gz"), str(tmp_path / "p/1.npz"), _VOXEL_MM, 6.0)


def _segments(monkeypatch: pytest.MonkeyPatch, outcome: Any) -> None:
    """`segment` returns or raises this."""

    def segment(*_: Any) -> Segmented:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(worker, "segment", segment)


def _segmented() -> Segmented:
    on = templates(_VOXEL_MM)
    return Segmented(
        on.gray, on.gray, on.t1, on.gray, on.grid.affine, {"gm_ml": 600.0, "stripped": True}, {"mask": 1.5}
    )


def test_map_and_preview_are_written(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    _segments(monkeypatch, _segmented())
    assert make_map(task) == Answer(measures={"gm_ml": 600.0, "stripped": True}, seconds={"mask": 1.5})
    on, read = templates(_VOXEL_MM), read_map(task.target)
    np.testing.assert_array_equal(read.values, on.gray)
    np.testing.assert_allclose(read.affine, on.grid.affine)
    with np.load(task.preview) as slices:
        assert sorted(slices) == sorted(f"{kind}_{name}" for kind in ("t1", "gray") for name in _SLICES)
        x, y, z = on.grid.shape
        assert {name: slices[f"gray_{name}"].shape for name in _SLICES} == dict(
            zip(_SLICES, ((y, z), (x, z), (x, y)), strict=True)
        )
        assert slices["gray_axial"].dtype == np.uint8 and slices["gray_axial"].max() > 100


_SLICES = ("sagittal", "coronal", "axial")


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (UnusableImageError("images of no head"), Answer(reason="images of no head")),
        (InputError("run `make setup`"), Answer(trouble="run `make setup`")),
        (RuntimeError("ITK ERROR: something"), Answer(unexpected="RuntimeError")),
        (IndexError("x"), Answer(unexpected="IndexError")),
    ],
)
def test_what_goes_wrong_is_sorted(
    outcome: Exception, answer: Answer, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    _segments(monkeypatch, outcome)
    assert make_map(task) == answer
    assert not Path(task.target).exists() and not Path(task.preview).exists()


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/x/map.nii.gz"), "/x/map.nii.gz: the disk is full"),
        (OSError(errno.EDQUOT, "x"), "the disk quota is used up"),
        (MemoryError(), "too little memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "too little memory"),
    ],
)
def test_what_the_machine_refuses_concerns_all(
    outcome: Exception, said: str, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    _segments(monkeypatch, outcome)
    answer = make_map(task)
    assert (answer.trouble or "").startswith(said) and answer.reason is answer.unexpected is None


def test_a_full_folder_for_temporary_files_is_seen_behind_an_error_of_itk(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    _segments(monkeypatch, RuntimeError("ITK ERROR: could not write"))
    monkeypatch.setattr(worker.shutil, "disk_usage", lambda folder: SimpleNamespace(free=1000))
    assert "the disk is full" in (make_map(task).trouble or "")


@pytest.mark.parametrize(("content", "reason"), [(b"", "unreadable or truncated files"), (None, "missing files")])
def test_an_image_that_cannot_be_read_is_tried_again(content: bytes | None, reason: str, task: Task) -> None:
    Path(task.path).unlink()
    if content is not None:
        Path(task.path).write_bytes(content)
    assert make_map(task) == Answer(reason=reason, again=True)


def test_what_a_head_lacks_is_said_of_files_and_archives(task: Task, tmp_path: Path) -> None:
    """Before anything is computed."""
    edges, shape = (3.5, 3.5, 3.5), (50, 60, 50)
    content = image_bytes(made_head(shape, edges), placed(edges, shape))
    Path(task.path).write_bytes(content)
    archived = Task(str(zipped(tmp_path / "1_20252_2_0.zip", T1__T1=content)), *list(vars(task).values())[1:])
    assert make_map(task) == make_map(archived) == Answer(reason="images with voxels of more than 3 mm")


def test_the_fall_of_the_process_is_one_images_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets a second try, and the next image a new process."""
    monkeypatch.setattr(by_ants, "MODULE", "tests.unit.imaging.t1.falling_worker")
    maker = AntsMaker(1.5, 4.0)

    def made(name: str) -> Answer:
        return maker.make(f"{name}.nii", Places.of(tmp_path / "t1", name))

    assert made("killed") == Answer(unexpected="signal 9")
    good = made("good")
    assert good.measures is not None and good.measures["gm_ml"] == 4.0 and np.isnan(good.measures["cut_cm2"])
    assert made("ended") == Answer(unexpected="exit code 3")
    assert made("partly") == Answer(unexpected="signal 9")
    assert made("answered and killed").measures is not None
    assert (
        made("good").measures is not None
        and made("killed once").measures is not None
        and made("another").measures is not None
    )
    assert (tmp_path / "t1/maps").is_dir() and (tmp_path / "t1/previews").is_dir()
