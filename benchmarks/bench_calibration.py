"""Whether what a study says is true: the chain from features on, over cohorts whose truth is known.

    PYTHONPATH=. python benchmarks/bench_calibration.py [--cohorts 200] [--folder benchmarks/results]

Environment variables: PARTS=null,cline,... runs some parts (all: benchmarks/calibration_parts.py), COHORTS=20 is
`--cohorts 20`. Each part's raw numbers become calibration_<part>.json in the folder; the last line is made of all
parts that are there. The number of cohorts of every part is in proportion to that of null cohorts; fewer than 200 leave
out the settings that are measured for comparison alone.
"""

import argparse
import json
import logging
import math
import multiprocessing
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from benchmarks.calibration_parts import BESIDE, PARTS, Summary
from benchmarks.common import describe_machine, processor

COHORTS = 200  # null cohorts of a full run
PROCESSES = 2
_FIRST_SEED = 41_000
_RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Run the parts and print the line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cohorts", type=int, default=int(os.environ.get("COHORTS", COHORTS)))
    parser.add_argument("--folder", type=Path, default=_RESULTS)
    given = parser.parse_args()
    chosen = [name for name in os.environ.get("PARTS", ",".join(PARTS)).split(",") if name]
    unknown = sorted(set(chosen) - set(PARTS))
    if unknown:
        parser.error(f"PARTS: there is no {', '.join(unknown)}; known: {', '.join(PARTS)}")
    describe_machine()
    given.folder.mkdir(parents=True, exist_ok=True)
    for name in chosen:
        run_part(name, given.cohorts, given.folder)
    print(last_line(given.folder))


def run_part(name: str, cohorts: int, folder: Path) -> Summary:
    """Measure a part's cohorts in two processes; write and print what they come to."""
    part, begun = PARTS[name], time.perf_counter()
    tasks = [
        (name, variant, _FIRST_SEED + number)
        for variant, trial in part.trials.items()
        for number in range(scaled(trial.cohorts, cohorts))
        if cohorts >= COHORTS or variant not in BESIDE
    ]
    with multiprocessing.get_context("spawn").Pool(PROCESSES, _alone) as pool:
        rows = pool.map(measure, tasks, chunksize=1)
    by_variant: dict[str, list[dict[str, Any]]] = {}
    for (_, variant, seed), row in zip(tasks, rows, strict=True):
        by_variant.setdefault(variant, []).append({"seed": seed, **row})
    summary = part.summarise(by_variant)
    written = {
        "part": name,
        "processor": processor(),
        "minutes": round((time.perf_counter() - begun) / 60, 1),
        "summary": summary,
        "cohorts": by_variant,
    }
    (folder / f"calibration_{name}.json").write_text(json.dumps(written, indent=1) + "\n")
    print(f"{name}, {written['minutes']} min:", *(f"{key}={value:.4g}" for key, value in summary.items()), flush=True)
    return summary


def scaled(full: int, cohorts: int) -> int:
    """How many cohorts of a part stand beside so many null cohorts; at least one."""
    return max(1, math.ceil(full * cohorts / COHORTS))


def measure(task: tuple[str, str, int]) -> dict[str, Any]:
    """What a part measures of one cohort, with its seconds."""
    name, variant, seed = task
    part, begun = PARTS[name], time.perf_counter()
    found = part.measure(part.trials[variant], seed)
    return {**found, "seconds": round(time.perf_counter() - begun, 2)}


def last_line(folder: Path) -> str:
    """The benchmark's last line, of the parts in the folder; nan stands for a part that has not been run."""
    found = {path.stem: json.loads(path.read_text())["summary"] for path in folder.glob("calibration_*.json")}
    shown = {
        "any_call": _of(found, "null", "any_call"),
        "level": worst_level(found),
        "cline_snps": _of(found, "cline", "now_snps_most"),
        "cline_r": _of(found, "cline", "now_r"),
        "collider_snps": _of(found, "collider", "now_snps_most"),
        "directions": _of(found, "planted", "directions"),
        "components_ok": _of(found, "planted", "components_ok"),
        "label15_r": _of(found, "shares", "everybody_15%_r"),
        "block_fdr": _of(found, "blocks", "block_fdr"),
        "coverage": _of(found, "blocks", "coverage"),
    }
    return "calibration " + " ".join(f"{name}={value:.3g}" for name, value in shown.items())


def worst_level(found: Mapping[str, Summary]) -> float:
    """The largest share of p at most .05 over all tests and parts; of many right ones the largest lies above .05."""
    named = [(name, value) for part in found.values() for name, value in part.items() if name.startswith("level_")]
    return max((value for name, value in named if not name.endswith("_se")), default=math.nan)


def _of(found: Mapping[str, Summary], part: str, name: str) -> float:
    return float(found.get(f"calibration_{part}", {}).get(name, math.nan))


def _alone() -> None:
    """One thread a process, and no word about people that cannot be fitted on."""
    torch.set_num_threads(1)
    logging.disable(logging.WARNING)


if __name__ == "__main__":
    main()
