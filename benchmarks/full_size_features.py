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
from typing import Any

import numpy as np
import pandas as pd
import torch
import yaml

from benchmarks.common import processor
from benchmarks.features import study_tables, write_features
from cgni.base.nested import overlay
from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.classification.candidates import fold_scores
from cgni.classification.features import FeatureTables
from cgni.classification.fitters.registry import FITTERS, fitter_parts
from cgni.classification.folds import classifier_seed, fit_classifier_folds
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.folds import fit_contrastive_folds
from cgni.contrastive.settings import ContrastiveSettings
from cgni.figures.classification_tables import table1, table2
from cgni.figures.study_models import StudyModels
from cgni.networks.resume import ResumeFile
from cgni.workflow import roster
from cgni.workflow.config import effective_config
from cgni.workflow.job import Job
from cgni.workflow.search import with_candidate
from cgni.workflow.settings import StudySettings

FOLDER = Path("results-full-size")
OVERLAY = "benchmarks/full_size.yaml"
TIMES = FOLDER / "seconds.json"
SEARCH = FOLDER / "classification/search"


def main() -> int:
    """0 when the tables are there, 1 when time ran out before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=None)
    parser.add_argument("--cores", default="2")
    parser.add_argument("--compare-heads", action="store_true")
    arguments = parser.parse_args()
    if not (FOLDER / "transfer/fold4/outcome.ckpt").exists():
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
    settings = StudySettings.of(_config())
    performance = read_table(FOLDER / "classification/performance.parquet")
    comparisons = read_table(FOLDER / "classification/comparisons.parquet")
    increments = read_table(FOLDER / "classification/increments.parquet")
    models, subsets, selection = roster.roster(settings), roster.subsets(settings), _selection()
    compared = StudyModels(
        models=list(models),
        labels={name: spec.label for name, spec in models.items()},
        encoders={name: spec.terms for name, spec in subsets.items()},
        proposed={name: roster.model_name(name) for name in subsets},
        encoders_of={name: spec.encoders for name, spec in models.items() if spec.encoders in subsets},
        chosen=selection["proposed"],
        interpreted=selection["interpreted"],
    )
    scores = pd.concat([read_table(path).assign(model=path.parent.name) for path in SEARCH.glob("*/scores.parquet")])
    return {
        "candidates": scores[scores["fold"] == -1],
        "table1": table1(performance, comparisons, increments, compared),
        "table2": table2(performance, compared, settings.contrastive.weights),
    }


def compare_heads() -> pd.DataFrame:
    """Mean validation score of the proposed head and of the same head on h_v alone, by whom they are fitted on.

    With the settings and the loss subset that the run chose. Finished folds are kept in the results folder, so that a
    call that was cut off goes on.
    """
    torch.set_num_threads(1)
    winner = json.loads((SEARCH / "proposed/selection.json").read_text())["settings"]
    config = with_candidate(_config(), winner)
    declared = {name: config[name] for name in ("seed", "contrastive", "classification")}
    job = Job("compare_heads", "all", declared, code="", inputs={})
    settings, chosen = StudySettings.of(config), _selection()["proposed"]
    spec, models = roster.subsets(settings)[chosen], roster.roster(settings)
    kept = FOLDER / "resume/compare_heads"
    study, seed = study_tables(FOLDER), derive_seed(job.seed, "contrastive")
    resume = ResumeFile(kept / chosen, job.provenance())
    people = PeopleSettings(fit_on="fit", encoders_on="labelled")
    encoders = fit_contrastive_folds(study, spec, job.section(ContrastiveSettings), people, seed, resume)
    inputs = FeatureTables(study, embeddings=encoders.embeddings)
    rows = []
    for heads_on in ("fit", "monitor", "both"):
        row: dict[str, object] = {"heads on": heads_on}
        for model in (models[roster.model_name(chosen)], models["head_imaging"]):
            fitter = FITTERS[model.fitter].fitter.of(fitter_parts(model, job.section, []))
            resume = ResumeFile(kept / f"{model.name}_{heads_on}", job.provenance())
            fits = fit_classifier_folds(model, fitter, inputs, heads_on, classifier_seed(job.seed, model), resume)
            scores = 100 * np.array(list(fold_scores(fits.predictions).values()))
            row[model.name] = f"{scores.mean():.2f} ± {scores.std(ddof=1):.2f}"
        rows.append(row)
    return pd.DataFrame(rows)


def _selection() -> dict[str, str]:
    return json.loads((FOLDER / "classification/selection.json").read_text())


def _config() -> dict[str, Any]:
    config = yaml.safe_load(Path("config.yaml").read_text())
    overlay(config, yaml.safe_load(Path(OVERLAY).read_text()))
    return effective_config(config)


def _run(cores: str, seconds: float | None) -> bool:
    """Run Snakemake, at most `seconds`; whether everything is done."""
    snakemake = str(Path(sys.executable).parent / "snakemake")
    command = [snakemake, "-s", "benchmarks/full_size.smk", "--cores", cores, "--rerun-incomplete", "--quiet", "all"]
    command += ["--configfile", "config.yaml", OVERLAY]
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
