"""Tables 1 and 2 at the published size on simulated features: the study's own rules, 2 cores, no images.

    python -m benchmarks.full_size_features [--seconds 280] [--compare-heads]

With --seconds the run stops after so many; the same command goes on where it stopped (at most the running fit of
each job is lost) and the seconds of all runs add up.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
import yaml

from benchmarks.common import processor
from benchmarks.features import write_features
from cgni.workflow.config import effective_config, model_names, terms_names
from cgni.figures.study_tables import table1, table2
from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.classification.candidates import classifier_seed, with_settings
from cgni.classification.fold_fits import fit_classifier_folds, fit_contrastive_folds
from cgni.classification.inputs import StudyTables
from cgni.networks.resume import ResumeFile
from cgni.classification.selection import fold_scores

FOLDER = Path("results-full-size")
OVERLAY = "benchmarks/full_size.yaml"
TIMES = FOLDER / "seconds.json"


def main() -> int:
    """0 when the tables are there, 1 when time ran out before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=None)
    parser.add_argument("--cores", default="2")
    parser.add_argument("--compare-heads", action="store_true")
    arguments = parser.parse_args()
    if not (FOLDER / "transfer/fold4/wm.ckpt").exists():
        write_features(FOLDER, seed=1)
    if arguments.compare_heads:
        print(compare_heads().to_string(index=False))
        return 0
    finished = _run(arguments.cores, arguments.seconds)
    spent = json.loads(TIMES.read_text())
    print(f"{processor()}; {sum(spent):.0f} s in {len(spent)} runs; finished: {finished}")
    if finished:
        for name, table in tables().items():
            print(f"\n{name}\n{table.T.to_string() if name == 'table1' else table.to_string(index=False)}")
    return 0 if finished else 1


def tables() -> dict[str, pd.DataFrame]:
    """Tables 1 and 2 and every candidate's scores."""
    config = _config()
    performance = read_table(FOLDER / "classification/performance.parquet")
    comparisons = read_table(FOLDER / "classification/comparisons.parquet")
    chosen = json.loads((FOLDER / "classification/selection.json").read_text())["terms"]
    models = [m for m in model_names(config) if not m.startswith("cgni_terms") or m == f"cgni_{chosen}"]
    scores = pd.concat(
        [read_table(path).assign(model=path.parent.name) for path in FOLDER.glob("search/*/scores.parquet")]
    )
    return {
        "candidates": scores[scores["fold"] == -1],
        "table1": table1(performance, models, comparisons),
        "table2": table2(performance, terms_names(config), config["contrastive"]["weights"], chosen),
    }


def compare_heads() -> pd.DataFrame:
    """Mean validation score of the proposed head and of the same head on h_v alone, by whom they are fitted on.

    With the settings and the loss subset that the run chose. Finished folds are kept in the results folder, so that a
    call that was cut off goes on.
    """
    torch.set_num_threads(1)
    terms = json.loads((FOLDER / "classification/selection.json").read_text())["terms"]
    winner = json.loads((FOLDER / "search/cgni_terms1234/selection.json").read_text())["candidate"]
    config = with_settings(_config(), FOLDER / f"search/cgni_terms1234/{winner}/settings.json")
    digest = {"config": {name: config[name] for name in ("seed", "contrastive", "classification")}}
    folds = range(config["splits"]["folds"])
    study = StudyTables(
        [str(FOLDER / f"transfer/fold{fold}/features.parquet") for fold in folds],
        [str(FOLDER / f"genetics/fold{fold}/fill.parquet") for fold in folds],
        str(FOLDER / "genetics/genotypes.parquet"),
        str(FOLDER / "cohort/participants.parquet"),
        str(FOLDER / "cohort/splits.parquet"),
    )
    resume = ResumeFile(FOLDER / f"resume/compare_heads/{terms}", digest)
    seed = derive_seed(config["seed"], "contrastive")
    encoders = fit_contrastive_folds(study, terms, config["contrastive"], "fit", seed, resume)
    rows = []
    for heads_on in ("fit", "monitor", "both"):
        row: dict[str, object] = {"heads on": heads_on}
        for model in (f"cgni_{terms}", "head_h"):
            seed = classifier_seed(config["seed"], model)
            extra = {"embeddings": encoders.rows}
            resume = ResumeFile(FOLDER / f"resume/compare_heads/{model}_{heads_on}", digest)
            fits = fit_classifier_folds(model, study, config["classification"], heads_on, seed, extra, resume)
            scores = 100 * np.array(list(fold_scores(fits.rows).values()))
            row[model] = f"{scores.mean():.2f} ± {scores.std(ddof=1):.2f}"
        rows.append(row)
    return pd.DataFrame(rows)


def _config() -> dict:
    config = yaml.safe_load(Path("config.yaml").read_text())
    for key, value in yaml.safe_load(Path(OVERLAY).read_text()).items():
        config[key] = {**config[key], **value} if isinstance(value, dict) else value
    return effective_config(config)


def _run(cores: str, seconds: float | None) -> bool:
    """Run Snakemake, at most `seconds`; whether everything is done."""
    command = [Path(sys.executable).parent / "snakemake", "-s", "benchmarks/full_size.smk", "--cores", cores,
               "--rerun-incomplete", "--quiet", "all", "--configfile", "config.yaml", OVERLAY]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}  # the Snakefile does not lie in the root
    subprocess.run([*command, "--unlock"], check=True, env=environment)
    start = time.monotonic()
    process = subprocess.Popen(command, env=environment)
    try:
        code = process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)  # its jobs die with it
        code = process.wait()
    spent = json.loads(TIMES.read_text()) if TIMES.exists() else []
    TIMES.write_text(json.dumps([*spent, round(time.monotonic() - start, 1)]))
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
