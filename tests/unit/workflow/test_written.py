"""An output that somebody changes by hand is named by the next job that reads it."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from cgni.base.errors import InputError
from cgni.workflow import job as jobs
from cgni.workflow.job import start
from cgni.workflow.written import compared_digests, note_outputs, remove_leftovers


def _made(results: Path) -> dict[str, str]:
    """Outputs of several kinds, written down."""
    files = {
        "table": "cohort/splits.parquet",
        "checkpoint": "transfer/fold0/outcome.ckpt",
        "text": "config.effective.yaml",
    }
    paths = {name: results / path for name, path in files.items()}
    for path in paths.values():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"what a job wrote")
    folder = results / "simulation/images"
    folder.mkdir(parents=True)
    (folder / "1.nii.gz").write_bytes(b"map")
    found = {name: str(path) for name, path in {**paths, "folder": folder}.items()}
    note_outputs(found.values(), results)
    return found


def test_files_as_they_were_written_pass_with_their_digests(tmp_path: Path) -> None:
    made = _made(tmp_path)
    other = tmp_path / "elsewhere.csv"
    other.write_text("")
    found = compared_digests({**made, "input": str(other), "new": str(tmp_path / "new")}, tmp_path)
    assert set(found) == set(made)


@pytest.mark.parametrize("name", ["table", "checkpoint", "text"])
@pytest.mark.parametrize("content", [b"", b"what a job", b"what a job wrotE", b"something else that is longer"])
def test_cut_emptied_edited_and_swapped_files_are_named(name: str, content: bytes, tmp_path: Path) -> None:
    made = _made(tmp_path)
    Path(made[name]).write_bytes(content)
    with pytest.raises(InputError, match=rf"^{made[name]}: is not what the study wrote.*run the same command again$"):
        compared_digests(made, tmp_path)


def test_a_results_folder_that_moves_takes_its_digests_along(tmp_path: Path) -> None:
    _made(tmp_path / "results")
    (tmp_path / "results").rename(tmp_path / "old")
    path = tmp_path / "old/cohort/splits.parquet"
    assert set(compared_digests({"splits": str(path)}, tmp_path / "old")) == {"splits"}
    path.write_bytes(b"")
    with pytest.raises(InputError):
        compared_digests({"splits": str(path)}, tmp_path / "old")


def test_a_job_notes_what_it_wrote_and_the_next_one_compares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    last: list = []
    for name in ("die_with_parent", "configure_logging"):
        monkeypatch.setattr(jobs, name, lambda *_: None)
    monkeypatch.setattr(jobs.atexit, "register", lambda *call: last.append(call))
    output, left = tmp_path / "cohort/splits.parquet", tmp_path / "cohort/.4711.splits.parquet"

    def job(rule: str, inputs: dict[str, str], outputs: list[str]) -> jobs.Job:
        params = SimpleNamespace(cfg={"seed": 1}, code="c0de")
        log = [str(tmp_path / f"logs/{rule}/all.log")]
        return start(SimpleNamespace(rule=rule, log=log, params=params, input=inputs, output=outputs))

    left.parent.mkdir()
    left.write_text("of a killed job")
    job("make_splits", {}, [str(output)])
    assert not left.exists()
    output.write_text("splits")
    call, *arguments = last.pop()
    call(*arguments)
    assert (tmp_path / "logs/make_splits/all.json").is_file()
    after = job("fill_genotypes", {"splits": str(output)}, [])
    assert after.provenance()["inputs"] == {"splits": after.digests["splits"]}
    output.write_text("others")
    with pytest.raises(InputError, match="is not what the study wrote"):
        job("fill_genotypes", {"splits": str(output)}, [])


def test_leftovers_of_other_files_stay(tmp_path: Path) -> None:
    for name in (".1.a.parquet", ".22.b.parquet", "1.a.parquet", ".x.a.parquet"):
        (tmp_path / name).touch()
    remove_leftovers([str(tmp_path / "a.parquet")])
    assert {path.name for path in tmp_path.iterdir()} == {".22.b.parquet", "1.a.parquet", ".x.a.parquet"}
