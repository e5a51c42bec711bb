"""What the demo finds of what was planted, over seeds: the whole study each time, imaging networks included.

    PYTHONPATH=. python benchmarks/bench_recovery.py [--seeds 10] [--folder benchmarks/results]

SEEDS=3 is `--seeds 3`. Seeds are 51,000 and on. Everything is as in the demo, but for the models of Table 1 and the
loss subsets that nothing is called from; a seed's study is removed when its truth has been compared. Each seed's
recovery is kept in recovery_<seed>.csv, so that a run that was stopped goes on.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import yaml

from benchmarks.common import describe_machine

ROOT = Path(__file__).resolve().parents[1]
_FIRST_SEED = 51_000
_SHOWN = ("block recall", "block precision", "region recall", "region precision", "gene recall", "gene precision")
_WHO = {"block": "claims", "region": "pipeline", "gene": "pipeline"}


def main() -> None:
    """Run the seeds and print one row a seed, and their means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=int(os.environ.get("SEEDS", 10)))
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent / "results")
    given = parser.parse_args()
    describe_machine()
    given.folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    for seed in range(_FIRST_SEED, _FIRST_SEED + given.seeds):
        table = recovery(seed, given.folder)
        rows[seed] = {
            name: float(table.loc[(_WHO[name.split()[0]], name), "value"])
            for name in _SHOWN
            if (_WHO[name.split()[0]], name) in table.index
        }
        print(seed, *(f"{name}={value:.2f}" for name, value in rows[seed].items()), flush=True)
    means = pd.DataFrame(rows).T.mean()
    print(f"recovery seeds={given.seeds}", *(f"{name.replace(' ', '_')}={value:.3g}" for name, value in means.items()))


def recovery(seed: int, folder: Path) -> pd.DataFrame:
    """The seed's table of findings against the truth, by who and quantity; run unless `folder` has it."""
    kept = folder / f"recovery_{seed}.csv"
    if not kept.is_file():
        results = f"results-recovery-{seed}"
        overlay = {
            "seed": seed,
            "results_dir": results,
            "contrastive": {"subsets": [[1, 2, 4]]},
            "classification": {"models": [], "shared_head": []},
        }
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(overlay, file)
            file.flush()
            command = [str(Path(sys.executable).with_name("snakemake")), f"{results}/audit/recovery.csv"]
            command += ["--cores", "all", "--quiet", "all", "--nolock", "--configfile", file.name]
            subprocess.run(command, cwd=ROOT, check=True)
        shutil.copy(ROOT / results / "audit/recovery.csv", kept)
        shutil.rmtree(ROOT / results)
    return pd.read_csv(kept).set_index(["who", "quantity"])


if __name__ == "__main__":
    main()
