"""A private copy of the repository in which a test runs Snakemake."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SNAKEMAKE = Path(sys.executable).parent / "snakemake"
_JOB_LINE = re.compile(r"^(\w+)\s+(\d+)$")


@dataclass(frozen=True)
class Study:
    """A working copy and the overlays that its runs use."""

    folder: Path
    overlays: tuple[str, ...]

    def snakemake(
        self, *arguments: str, overlays: tuple[str, ...] = (), environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess:
        """Run Snakemake in the copy; stdout and stderr come back as one text."""
        return subprocess.run(
            self.command(*arguments, overlays=overlays),
            cwd=self.folder,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=1800,
        )

    def command(self, *arguments: str, overlays: tuple[str, ...] = ()) -> list[str]:
        files = [*self.overlays, *overlays]
        return [str(SNAKEMAKE), "--cores", "2", *arguments, *(["--configfile", *files] if files else [])]

    def planned(self, *arguments: str, overlays: tuple[str, ...] = ()) -> dict[str, int]:
        """Rules and numbers of jobs that a run would execute now."""
        run = self.snakemake("-n", *arguments, overlays=overlays)
        assert run.returncode == 0, run.stdout
        return planned_jobs(run.stdout)

    def copied_to(self, target: Path) -> "Study":
        """A copy of the study, with its records and times, that a test may change."""
        shutil.copytree(self.folder, target, symlinks=True)
        return Study(target, self.overlays)

    def overlay(self, name: str, text: str) -> str:
        """Write an overlay config into the copy and return its name."""
        (self.folder / name).write_text(text)
        return name


def planned_jobs(output: str) -> dict[str, int]:
    """The table `Job stats` of a dry run as {rule: jobs}; empty when nothing is to be done."""
    jobs: dict[str, int] = {}
    for line in output.split("Job stats:")[1].splitlines()[1:] if "Job stats:" in output else []:
        match = _JOB_LINE.match(line.strip())
        if match:
            jobs[match[1]] = int(match[2])
        elif jobs:
            break
    jobs.pop("total", None)
    return jobs


def copy_repository(target: Path) -> Path:
    """Copy what git tracks (and what it would) to `target`, with links to the environment."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=REPOSITORY, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    for name in listed:
        source, copy = REPOSITORY / name, target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():
            copy.symlink_to(source.readlink())
        elif source.is_file():
            shutil.copy2(source, copy)
    for name in (".venv", ".system"):
        if (REPOSITORY / name).exists():
            (target / name).symlink_to(REPOSITORY / name)
    return target
