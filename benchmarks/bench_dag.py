"""Jobs that the published study plans, seconds that `snakemake -n` takes, and how both grow with subsets and folds.

Every run is the whole command in a new process, as a user waits for it.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import yaml

from benchmarks.common import describe_machine, processor

ROOT = Path(__file__).resolve().parents[1]
SUBSETS = {1: [[1]], 4: [[1], [2], [3], [4]], 15: "all"}
FOLDS = (2, 5, 10)


def plan(overlay: dict) -> tuple[int, float, float]:
    """Jobs, wall-clock seconds and processor seconds of a dry run of the published study under `overlay`."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump({"results_dir": "results-of-nothing", **overlay}, file)
        file.flush()
        command = [str(Path(sys.executable).with_name("snakemake")), "-n", "--quiet", "reason", "--configfile"]
        begun, used = time.perf_counter(), _children_seconds()
        run = subprocess.run([*command, "tests/published.yaml", file.name], cwd=ROOT, capture_output=True, text=True)
        seconds = time.perf_counter() - begun
    if run.returncode != 0:
        raise SystemExit(run.stdout + run.stderr)
    total = next(line for line in (run.stdout + run.stderr).splitlines() if line.startswith("total "))
    return int(total.split()[1]), seconds, _children_seconds() - used


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print the table of growth, then the line of the published study."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one run a size, three sizes")
    quick = parser.parse_args().quick
    describe_machine()
    repeats = 1 if quick else 3
    sizes = [(subsets, folds) for subsets in SUBSETS for folds in FOLDS]
    growth = []
    for subsets, folds in [(1, 2), (15, 5), (15, 10)] if quick else sizes:
        overlay = {"contrastive": {"subsets": SUBSETS[subsets]}, "splits": {"folds": folds}}
        runs = [plan(overlay) for _ in range(repeats)]
        jobs, seconds, cpu = (median(column) for column in zip(*runs, strict=True))
        growth.append({"subsets": subsets, "folds": folds, "jobs": int(jobs), "seconds": seconds, "cpu_seconds": cpu})
        print(f"{subsets:3d} subsets x {folds:2d} folds: {jobs:4.0f} jobs, {seconds:.1f} s ({cpu:.1f} s of processor)")
    published = next(row for row in growth if (row["subsets"], row["folds"]) == (15, 5))
    results = ROOT / "benchmarks/results"
    results.mkdir(exist_ok=True)
    summary = {"name": "dag", "processor": processor(), "published": published, "growth": growth}
    (results / "dag.json").write_text(json.dumps(summary, indent=2))
    print(f"dag seconds={published['seconds']:.1f} jobs={published['jobs']}")


if __name__ == "__main__":
    main()
