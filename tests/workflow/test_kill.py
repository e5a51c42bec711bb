"""A SIGKILL in the middle loses nothing and leaves nobody writing; the same command goes on."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workflow.processes import processes_in, wait_for
from tests.workflow.study import Study

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("CGNI_KILLS", "3"))  # ten take twice as long


def _begun(folder: Path) -> set[str]:
    """Jobs that have begun at any time, by their logs."""
    return {f"{path.parent.name} {path.stem}" for path in (folder / "results-tiny/logs").glob("*/*.log")}


def _results(folder: Path) -> dict[str, bytes]:
    """Files of the results with their content, without times: logs, benchmarks, and the report, which shows them."""
    root = folder / "results-tiny"
    files = {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}
    timed = ("logs/", "benchmarks/", "report.html", ".digests/report.html")
    return {name: path.read_bytes() for name, path in files.items() if not name.startswith(timed)}


def _make(folder: Path) -> subprocess.Popen:
    """The one command, in a process group of its own; what it says goes into `said.txt`."""
    # the locks of the environment are as old as can be, so that nothing is installed here
    for lock in (folder / "envs").glob("*.lock"):
        os.utime(lock, (0, 0))
    command = ["make", "study", "CONFIG=tests/tiny.yaml", "CORES=2"]
    with (folder / "said.txt").open("w") as said:
        return subprocess.Popen(
            command, cwd=folder, stdout=said, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True
        )


def _kill_when(folder: Path, jobs: int, delay: float) -> str:
    """Run the command and kill its whole group when so many jobs have begun; which rules were at work."""
    process = _make(folder)

    def is_there() -> bool:
        return len(_begun(folder)) >= jobs and "Job stats:" in (folder / "said.txt").read_text()

    wait_for(lambda: is_there() or process.poll() is not None, 900, f"{jobs} jobs never began")
    time.sleep(delay)
    said = (folder / "said.txt").read_text()
    assert process.poll() is None, said[-4000:]
    at_work = _scripts_in(folder)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return ", ".join(at_work)


def _scripts_in(folder: Path) -> list[str]:
    """Names of the rules whose scripts run in a folder."""
    commands = []
    for process in processes_in(folder):
        with contextlib.suppress(OSError):  # it has gone
            commands.append(Path(f"/proc/{process}/cmdline").read_text())
    return sorted({name for command in commands for name in re.findall(r"\.([a-z_]+)\.py\0", command)})


def test_kills_and_the_one_command_end_as_an_undisturbed_run(fresh_study: Study, finished_study: Study) -> None:
    """SIGKILL of make, Snakemake and scripts at moments of one study, each followed by the same command alone."""
    folder, all_jobs = fresh_study.folder, len(_begun(finished_study.folder))
    print("\n| kill | jobs begun | at work |\n|---|---|---|")
    for kill in range(1, KILLS + 1):
        # from the first job to the last ones, early and late within jobs
        at_work = _kill_when(folder, 1 + (kill - 1) * (all_jobs - 4) // (KILLS - 1), 0.3 * (kill % 4))
        assert kill == 1 or _goes_on(folder), (folder / "said.txt").read_text()[-4000:]
        print(f"| {kill} | {len(_begun(folder))} of {all_jobs} | {at_work or 'Snakemake alone'} |")
    last = _make(folder)
    assert last.wait(1800) == 0 and _goes_on(folder), (folder / "said.txt").read_text()[-4000:]
    undisturbed, disturbed = _results(finished_study.folder), _results(folder)
    assert set(disturbed) == set(undisturbed)
    assert [name for name in undisturbed if disturbed[name] != undisturbed[name]] == []
    print(f"{len(disturbed)} files of the results are byte-identical to the undisturbed run's")


def _goes_on(folder: Path) -> bool:
    said = (folder / "said.txt").read_text()
    return "Removing the lock that an interrupted run left behind." in said and "Job stats:" in said


def test_a_killed_run_goes_on_where_it_was(fresh_study: Study, finished_study: Study) -> None:
    folder = fresh_study.folder
    process = subprocess.Popen(
        fresh_study.command(), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    started = folder / "results-tiny/logs/finetune_outcome"
    wait_for(lambda: started.exists() or process.poll() is not None, 900, "fine-tuning never began")
    assert process.poll() is None, "the run ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: not processes_in(folder), 20, "a script outlived its Snakemake")

    # what make does: the lock is removed, because no live process holds it
    freed = subprocess.run([sys.executable, "tools/clear_stale_lock.py"], cwd=folder, capture_output=True, text=True)
    assert freed.returncode == 0 and "lock" in freed.stdout, freed.stdout + freed.stderr
    # the kills above go to the end of the study; here it is enough to pass what was killed
    features = [f"results-tiny/transfer/fold{fold}/features.parquet" for fold in (0, 1)]
    again = fresh_study.snakemake(*features)
    assert again.returncode == 0, again.stdout[-4000:]
    assert "simulate_genotypes" not in again.stdout, "finished work was done again"
    for name in features:
        assert (folder / name).read_bytes() == (finished_study.folder / name).read_bytes(), name
