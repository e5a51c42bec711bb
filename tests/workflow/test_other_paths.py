"""Switches that the default study leaves off, all at once on the finished tiny study, to the tables and the null."""

import json

import pandas as pd
import pytest

from tests.workflow.applied import apply_to_itself, compare_with_holdout
from tests.workflow.study import Study

pytestmark = pytest.mark.slow

OVERLAY = """
people: {heads_on: both}
contrastive: {linear_subset: [1, 2]}
classification:
  finetune_encoder: true
  shared_head: [[imaging], [imaging, genetics_hidden]]
  search:
  - {model: genetic_linear, classification.genetic_linear.c: [1.0e-3, 1.0e-2]}
  - {model: imaging_genetic_svm, classification.imaging_genetic_svm.c: [1.0e-2, 1.0e-1]}
audit: {shuffles: {count: 2, epochs: 2}}
"""
TARGETS = ("tables", "null", "results-tiny/audit/lineage.parquet")
# model to the rule that fits it
FITTED = {
    "cgni_terms12": "train_encoder_head",
    "cgni_linear_terms12": "train_encoder_head",
    "head_imaging": "train_network",
    "head_imaging_genetics_hidden": "train_network",
    "genetic_linear": "train_logistic",
    "imaging_genetic_svm": "train_svm",
}


def test_linear_encoders_heads_searches_and_the_null_run_to_the_end(study_copy: Study) -> None:
    overlays = (study_copy.overlay("other.yaml", OVERLAY),)
    run = study_copy.snakemake(*TARGETS, overlays=overlays)
    assert run.returncode == 0 and "(100%) done" in run.stdout, run.stdout[-6000:]
    results = study_copy.folder / "results-tiny"
    own = results / "classification"

    models = pd.read_csv(results / "tables/table1.csv")["Model"]
    labels = {"CGNI (1)+(2), linear genetic encoder", "CGNI head on h_v", "CGNI head on h_v + h_g"}
    assert labels <= set(models) and models.is_unique
    for model, rule in FITTED.items():
        assert (results / f"logs/{rule}/{model}.json").is_file(), f"{rule} has not fitted {model}"
    fits = pd.read_parquet(results / "audit/lineage.parquet")
    assert fits["clean"].all() and fits["rule"].str.startswith("search_").any()
    summary = pd.read_parquet(results / "audit/shuffle_summary.parquet").set_index("model")
    assert (summary["shuffles"] == 2).all() and {"cgni_terms124", *list(FITTED)[2:]} <= set(summary.index)

    for model in ("genetic_linear", "imaging_genetic_svm"):
        folder = own / "search" / model
        scores = pd.read_parquet(folder / "scores.parquet").groupby("candidate")["score"].mean()
        winner = json.loads((folder / "selection.json").read_text())["candidate"]
        assert len(scores) == 2 and scores[winner] == scores.max()
        fitted = pd.read_parquet(own / model / "predictions.parquet")
        of_candidates = {name: pd.read_parquet(folder / name / "predictions.parquet") for name in scores.index}
        same = [name for name, found in of_candidates.items() if found.equals(fitted)]
        assert same == [winner], "the model must be fitted with the winner's settings"

    assert study_copy.planned(*TARGETS, overlays=overlays) == {}
    # heads that were trained along with their encoders, in another cohort
    compare_with_holdout(results, apply_to_itself(study_copy, overlays), "probability")
