"""Resume files: read only by the fit they belong to, with parts and folds, and gone when the fit is done."""

from pathlib import Path

import pytest
import torch

from cgni.base.errors import InputError
from cgni.networks.checkpoint import load_checkpoint, save_checkpoint
from cgni.networks.resume import FinishedFolds, ResumeFile


def test_a_state_comes_back_to_the_same_fit_only(tmp_path: Path) -> None:
    resume = ResumeFile(tmp_path / "fold0", {"lr": 1})
    assert resume.load() is None
    resume.save({"weights": torch.arange(3.0), "epoch": 2})
    loaded = ResumeFile(tmp_path / "fold0", {"lr": 1}).load()
    assert loaded is not None and loaded["epoch"] == 2 and torch.equal(loaded["weights"], torch.arange(3.0))
    assert ResumeFile(tmp_path / "fold0", {"lr": 2}).load() is None


def test_broken_files_are_started_over_and_no_checkpoints(tmp_path: Path) -> None:
    resume = ResumeFile(tmp_path / "fold0", {"lr": 1})
    resume.path.write_bytes(b"broken")
    assert resume.load() is None
    with pytest.raises(InputError, match="not a readable checkpoint"):
        load_checkpoint(resume.path)


def test_a_finished_fit_leaves_nothing_of_its_own(tmp_path: Path) -> None:
    first, stale, other = (
        ResumeFile(tmp_path / name, digest) for name, digest in (("fold1", "a"), ("fold1", "b"), ("fold10", "a"))
    )
    kept = [other, other.part("round0")]
    gone = [first, stale, first.part("blocks2.round0"), first.part("blocks2.round1"), stale.part("blocks0.round0")]
    for resume in (*kept, *gone):
        resume.save({})
    assert len({resume.path for resume in (*kept, *gone)}) == 7
    first.remove()
    assert set(tmp_path.iterdir()) == {resume.path for resume in kept}


def test_folds_that_are_finished_are_not_fitted_again(tmp_path: Path) -> None:
    resume = ResumeFile(tmp_path / "terms1", "d")
    folds = FinishedFolds(resume)
    assert folds.get(0) is None
    folds.add(0, {"curve": [1]})
    folds.add(2, {"curve": [3]})
    again = FinishedFolds(ResumeFile(tmp_path / "terms1", "d"))
    assert (again.get(0), again.get(1), again.get(2)) == ({"curve": [1]}, None, {"curve": [3]})
    in_memory = FinishedFolds(None)
    in_memory.add(0, {"curve": []})
    assert in_memory.get(0) == {"curve": []}


def test_a_checkpoints_bytes_do_not_depend_on_where_it_lies(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_checkpoint({"fold0": {"state": torch.ones(2)}}, tmp_path / name / f"{name}.ckpt")
    assert (tmp_path / "a" / "a.ckpt").read_bytes() == (tmp_path / "b" / "b.ckpt").read_bytes()
    assert torch.equal(load_checkpoint(tmp_path / "a" / "a.ckpt")["fold0"]["state"], torch.ones(2))
