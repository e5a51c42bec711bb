"""Remove Snakemake's lock when no live process holds it (standard library only).

A Snakemake that was killed leaves its lock behind, and on a cluster also its jobs: a new run beside those
would write the same files. So the lock stays while a Snakemake or one of its scripts works in this folder, or
while Slurm has jobs of this folder in its queue; `--wait` lets these finish, `--cancel` cancels them.
"""

import argparse
import getpass
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE = 5  # s; scripts end with their Snakemake, but not in the same instant


def running_here() -> bool:
    """Whether a Snakemake process, or a script that one started, works in this folder."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            if b"snakemake" in command and Path(os.readlink(entry / "cwd")) == ROOT and int(entry.name) != os.getpid():
                return True
        except OSError:
            continue  # the process has gone, or is not ours to look at
    return False


def queued_jobs() -> list[str]:
    """Ids of this user's Slurm jobs, waiting or running, that were submitted from this folder."""
    if shutil.which("squeue") is None:
        return []
    listed = subprocess.run(
        ["squeue", "--noheader", "--user", getpass.getuser(), "--format", "%A|%Z"], capture_output=True, text=True
    )
    if listed.returncode != 0:
        if not (ROOT / ".snakemake" / "slurm_logs").is_dir():
            return []  # Slurm's programs without a cluster, and nothing was ever submitted from here
        raise SystemExit(f"Slurm does not say which jobs are left, so the lock stays: {listed.stderr.strip()}")
    jobs = (line.split("|", 1) for line in listed.stdout.splitlines())
    return [job for job, folder in jobs if Path(folder).resolve() == ROOT]


def main() -> int:
    """0 when the folder is free (a stale lock is removed), 1 when another run is at work."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--wait", action="store_true", help="let Slurm jobs of a killed run finish first")
    group.add_argument("--cancel", action="store_true", help="cancel Slurm jobs of a killed run first")
    options = parser.parse_args()
    locks = ROOT / ".snakemake" / "locks"
    if not locks.is_dir() or not any(locks.iterdir()):
        return 0
    jobs = queued_jobs()
    if jobs and options.cancel:
        subprocess.run(["scancel", *jobs], check=True)
    while jobs and (options.wait or options.cancel):
        time.sleep(2)
        jobs = queued_jobs()
    if jobs:
        print(f"{len(jobs)} Slurm jobs of this folder are not done; give --wait or --cancel.", file=sys.stderr)
        return 1
    patient_until = time.monotonic() + _PATIENCE
    while running_here() and time.monotonic() < patient_until:
        time.sleep(0.2)
    if running_here():
        print("Another Snakemake run is at work in this folder; wait for it or stop it.", file=sys.stderr)
        return 1
    print("Removing the lock that an interrupted run left behind.")
    return subprocess.call([sys.executable, "-m", "snakemake", "--unlock", "--quiet", "all"], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
