"""Decline between two visits: which genes the study finds where a factor drives it, and where chance alone does.

    PYTHONPATH=. python benchmarks/bench_progression.py [--seeds 3] [--folder benchmarks/results]

SEEDS=3 is `--seeds 3`. Seeds are 52,000 and on. The default cohort, with imaging features from a table, and a residual
change of the score between the first visit and the second imaging visit. In `planted` cohorts people in whom the
last factor is high decline; in `noise` cohorts the change is chance. A gene counts as found where a called SNP of it
goes with the change in people whom no fold has seen (q at most .05). Finished cohorts are kept in
progression_<kind>_<seed>.csv.
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
from cgni.base.tables import read_table

ROOT = Path(__file__).resolve().parents[1]
_FIRST_SEED, _LEVEL = 52_000, 0.05
_TRAITS = {"second_visits": 0.9, "change_sd": 1.5, "practice": 0.3}
KINDS = {"planted": {**_TRAITS, "change_share": 0.4}, "noise": {**_TRAITS, "change_share": 0.0}}
_OUTCOME = {
    "label": "change of working memory",
    "measure": "residual change of digits remembered",
    "kind": "continuous",
    "change": "residual",
    "baseline": [0, 2],
    "followup": [3],
}


def main() -> None:
    """Run the cohorts and print one row each, and their means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=int(os.environ.get("SEEDS", 3)))
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent / "results")
    given = parser.parse_args()
    describe_machine()
    given.folder.mkdir(parents=True, exist_ok=True)
    tables = []
    for kind in KINDS:
        for seed in range(_FIRST_SEED, _FIRST_SEED + given.seeds):
            table = progression(kind, seed, given.folder)
            print(kind, seed, *(f"{name}={value:.3g}" for name, value in table.iloc[0].items()), flush=True)
            tables.append(table.assign(kind=kind))
    means = pd.concat(tables).groupby("kind", sort=False).mean()
    for kind, row in means.iterrows():
        print(f"progression kind={kind} seeds={given.seeds}", *(f"{name}={value:.3g}" for name, value in row.items()))


def progression(kind: str, seed: int, folder: Path) -> pd.DataFrame:
    """One row: scores in the holdout, and genes found against those planted; run unless `folder` has it."""
    kept = folder / f"progression_{kind}_{seed}.csv"
    if not kept.is_file():
        results = f"results-progression-{kind}-{seed}"
        overlay = {
            "seed": seed,
            "results_dir": results,
            "outcome": _OUTCOME,
            "cohort": {"image_instances": [2]},
            "imaging": {"source": "table"},
            "simulation": {"traits": KINDS[kind], "images": {"kind": "table"}},
            "contrastive": {"subsets": [[1, 2, 4]]},
            "classification": {"models": []},
        }
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(overlay, file)
            file.flush()
            command = [str(Path(sys.executable).with_name("snakemake")), "report", "--cores", "all", "--quiet", "all"]
            subprocess.run([*command, "--nolock", "--configfile", file.name], cwd=ROOT, check=True)
        pd.DataFrame([found(ROOT / results)]).to_csv(kept, index=False)
        shutil.rmtree(ROOT / results)
    return pd.read_csv(kept)


def found(results: Path) -> dict[str, float]:
    """What a finished study says of the change, against the planted factors."""
    performance = read_table(results / "classification/performance.parquet")
    own = performance[(performance["fold"] == -1) & (performance["split"] == "holdout")]
    scores = own[own["model"].str.startswith("cgni_") & ~own["model"].str.endswith("cleaned")]
    scores = scores.set_index("metric")["value"]
    directions = read_table(results / "contributions/directions.parquet")
    alleles = directions[(directions["kind"] == "allele_outcome") & (directions["people"] == "out_of_fold")]
    certain = alleles.loc[alleles["q"] <= _LEVEL, "feature"]
    pairs = read_table(results / "genetics/snp_genes.parquet")
    genes = pairs.set_index("variant_id")["gene_id"]
    causal = read_table(results / "simulation/truth/betas.parquet").set_index("variant_id")["factor"]
    driving = set(genes[genes.index.isin(causal.index[causal == causal.max()])])
    named = set(genes[genes.index.isin(certain)])
    return {
        "holdout_r2": float(scores["r2"]),
        "holdout_r": float(scores["r"]),
        "called_snps": len(alleles),
        "genes_of_decline": len(driving),
        "found": len(named & driving),
        "recall": len(named & driving) / len(driving),
        "false_genes": len(named - driving),
    }


if __name__ == "__main__":
    main()
