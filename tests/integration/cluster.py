"""Snakemake on a real Slurm, and what Slurm recorded of it."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.workflow.study import Study

_FIELDS = "JobID,Comment,Partition,State,ReqCPUS,ReqMem,TimelimitRaw,AllocTRES,Account,Submit,WorkDir"


@dataclass(frozen=True)
class Submitted:
    """One Slurm job as sacct tells it."""

    job: str
    rule: str
    instance: str
    partition: str
    state: str
    cpus: int
    memory: str
    minutes: int
    gpu: bool
    account: str


def why_no_cluster() -> str:
    """Why the Slurm tests cannot run here; empty when Slurm answers and accounts."""
    try:
        for command in (["sinfo", "--noheader"], ["sacct", "--noheader", "--starttime", "now"]):
            subprocess.run(command, check=True, capture_output=True, timeout=20)
    except (OSError, subprocess.SubprocessError) as error:
        return f"no Slurm with accounting answers ({error}); .ci/slurm/start.sh starts one"
    return ""


def submitted(folder: Path) -> list[Submitted]:
    """All Slurm jobs submitted from `folder` since it was made (another run may have had the name), oldest first."""
    made = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime((folder / "Snakefile").stat().st_ctime))
    listed = subprocess.run(
        ["sacct", "--allocations", "--noheader", "--parsable2", "--starttime", "now-3hours", f"--format={_FIELDS}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    rows = [dict(zip(_FIELDS.split(","), line.split("|"), strict=True)) for line in listed.splitlines()]
    return [_job(row) for row in rows if row["WorkDir"] == str(folder) and row["Submit"] >= made]


def _job(row: dict[str, str]) -> Submitted:
    rule, _, instance = row["Comment"].removeprefix("rule_").partition("_wildcards_")
    return Submitted(
        job=row["JobID"],
        rule=rule,
        instance=instance,
        partition=row["Partition"],
        state=row["State"].split()[0],
        cpus=int(row["ReqCPUS"]),
        memory=row["ReqMem"],
        minutes=int(row["TimelimitRaw"]),
        gpu="gres/gpu=1" in row["AllocTRES"].split(","),
        account=row["Account"],
    )


def edit_profile(study: Study, rule: str, **resources: Any) -> None:
    """Give `rule` other resources in the copy's profile, as a site would."""
    path = study.folder / "profiles/slurm/config.yaml"
    profile = yaml.safe_load(path.read_text())
    profile["set-resources"][rule] = {**profile["set-resources"].get(rule, {}), **resources}
    path.write_text(yaml.safe_dump(profile))


class Run:
    """`snakemake --profile slurm` in a study's folder."""

    def __init__(self, study: Study, *arguments: str, overlays: tuple[str, ...] = ()) -> None:
        self.log = study.folder / f"run-{time.time_ns()}.log"
        command = study.command("--profile", "slurm", "--latency-wait", "10", *arguments, overlays=overlays)
        del command[1:3]  # --cores 2 is for local runs
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                command, cwd=study.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )

    @property
    def text(self) -> str:
        """What Snakemake has printed so far."""
        return self.log.read_text()

    def wait(self, seconds: float) -> int:
        """Its exit code; a run that takes longer is killed."""
        try:
            return self._process.wait(seconds)
        finally:
            self.kill()

    def kill(self) -> None:
        """SIGKILL to Snakemake, if it lives; its Slurm jobs live on."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def until(self, condition: Callable[[], Any], seconds: float, what: str) -> Any:
        """Poll until `condition()` is true and return its value; fails when the run ends or time is up."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert self._process.poll() is None, f"the run ended before {what}\n{self.text[-4000:]}"
            assert time.monotonic() < deadline, f"{what} did not happen\n{self.text[-4000:]}"
            time.sleep(0.2)
        return value


def running(folder: Path, rule: str) -> dict[str, str]:
    """Instance to job id of the running Slurm jobs of `rule` that were submitted from `folder`."""
    listed = subprocess.run(
        ["squeue", "--noheader", "--states", "RUNNING", "--Format", "JobID:|,WorkDir:|,Comment:"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = {}
    for job, workdir, comment in (line.split("|") for line in listed.splitlines()):
        name, _, instance = comment.strip().removeprefix("rule_").partition("_wildcards_")
        if workdir.strip() == str(folder) and name == rule:
            found[instance] = job.strip()
    return found
