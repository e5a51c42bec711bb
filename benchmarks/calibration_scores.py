"""Tests between models where there is nothing between them: predictions are made up, the people are a cohort's."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from benchmarks.calibration_cohorts import SPLITS, draw_cohort
from benchmarks.calibration_trials import LEVEL, Trial
from cgni.base.seeds import derive_seed
from cgni.classification.comparisons import compare_models
from cgni.classification.increments import CONFOUNDS_ONLY, measure_increments
from cgni.fold_data.people import fold_parts

_RESAMPLES = 500
_NOISE = 1.0  # SD of a fold model's own error, on the scale of a confound of SD 1


def scores(trial: Trial, seed: int) -> dict[str, Any]:
    """Whether p of two equally good models are at most .05, and whether a model of noise seems to add to confounds.

    The confounds-only model sees age, which goes with WM; two others see it as well, each with errors of
    its own; one is errors alone.
    """
    cohort, rng = draw_cohort(trial.kind, seed), np.random.default_rng(derive_seed(seed, "scores"))
    people = cohort.participants[cohort.participants["outcome_group"].notna()].sort_values("participant_id")
    ids, labels = pd.Index(people["participant_id"]), people["outcome_group"].to_numpy(int)
    age = -((people["age"] - people["age"].mean()) / people["age"].std()).to_numpy()
    weights = {CONFOUNDS_ONLY: (1.0, 0.1), "one": (0.5, _NOISE), "other": (0.5, _NOISE), "noise": (0.0, _NOISE)}
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in weights}
    for fold in range(SPLITS.folds):
        part = fold_parts(cohort.splits, fold, ids)
        for name, (slope, noise) in weights.items():
            probability = expit(slope * age + noise * rng.standard_normal(len(ids)))
            facts = {"fold": fold, "participant_id": ids, "part": part, "label": labels}
            tables[name].append(pd.DataFrame({**facts, "probability": probability}))
    whole = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    development = {name: table[table["part"] != "holdout"] for name, table in whole.items()}
    holdout = pd.concat([table[table["part"] == "holdout"].assign(model=name) for name, table in whole.items()])
    pair = {name: development[name] for name in ("one", "other")}
    of_pair = holdout[holdout["model"].isin(pair)]
    compared = compare_models("one", [], pair, of_pair, cohort.participants, _RESAMPLES, seed)
    added = measure_increments(development, holdout, cohort.participants, True, _RESAMPLES, seed)
    found: dict[str, Any] = {}
    for row in compared.itertuples():
        for test in ("permutation", "bootstrap", "mcnemar"):
            found[f"{test}_{row.split}"] = bool(getattr(row, f"{test}_p") <= LEVEL)
    for row in added[added["model"] == "noise"].itertuples():
        found[f"gain_{row.split}"] = bool(row.low > 0)
        found[f"loss_{row.split}"] = bool(row.high < 0)
    return found
