"""Remove Snakemake's lock when no live process holds it (standard library only)."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def running_here() -> bool:
    """Whether a Snakemake process works in this folder."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            if b"snakemake" in command and Path(os.readlink(entry / "cwd")) == ROOT and int(entry.name) != os.getpid():
                return True
        except OSError:
            continue  # the process has gone, or is not ours to look at
    return False


def main() -> int:
    """0 when the folder is free (a stale lock is removed), 1 when another run is at work."""
    locks = ROOT / ".snakemake" / "locks"
    if not locks.is_dir() or not any(locks.iterdir()):
        return 0
    if running_here():
        print("Another Snakemake run is at work in this folder; wait for it or stop it.", file=sys.stderr)
        return 1
    print("Removing the lock that an interrupted run left behind.")
    return subprocess.call([sys.executable, "-m", "snakemake", "--unlock", "--quiet", "all"], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
