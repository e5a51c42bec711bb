"""Scores, comparisons, gains and calibration of a continuous outcome, against references."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import linregress, pearsonr
from sklearn.metrics import mean_absolute_error as sk_mae
from sklearn.metrics import r2_score

from cgni.base.tables import write_table
from cgni.classification.bootstrap import weighted_mean_absolute_error, weighted_pearson, weighted_r_squared
from cgni.classification.calibration import reliability
from cgni.classification.comparisons import compare_models
from cgni.classification.evaluation import score_models
from cgni.classification.increments import measure_increments
from cgni.classification.line_calibration import check_line, weighted_line
from cgni.classification.metrics import mean_absolute_error, pearson, r_squared
from cgni.classification.paired import swap_errors
from cgni.classification.schemas import (
    COMPARISONS,
    INCREMENTS,
    LINE_CALIBRATION,
    PERFORMANCE,
    RELIABILITY,
    STRATA,
    holdout_schema,
    predictions_schema,
)
from cgni.classification.scores import CONTINUOUS, Answers
from cgni.classification.strata import score_strata

_FOLDS, _PEOPLE = 2, 400


def _values(people: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    observed = rng.normal(6, 2, people)
    return observed, observed + rng.normal(0.5, 1, people)


def test_scores_are_those_of_scikit_learn_and_scipy() -> None:
    observed, predicted = _values()
    assert r_squared(observed, predicted) == pytest.approx(r2_score(observed, predicted), rel=1e-12)
    assert pearson(observed, predicted) == pytest.approx(pearsonr(observed, predicted).statistic, rel=1e-12)
    assert mean_absolute_error(observed, predicted) == pytest.approx(sk_mae(observed, predicted), rel=1e-12)
    assert np.isnan([r_squared(np.ones(3), np.ones(3)), pearson(np.arange(3.0), np.ones(3))]).all()


def test_weighted_scores_are_those_of_repeated_people() -> None:
    """A person of weight 3 counts as three people."""
    observed, predicted = _values(20)
    weights = np.random.default_rng(1).integers(0, 4, (5, 20))
    for weighted, plain in (
        (weighted_r_squared, r_squared),
        (weighted_pearson, pearson),
        (weighted_mean_absolute_error, mean_absolute_error),
    ):
        repeated = [np.repeat(np.arange(20), row) for row in weights]
        expected = [plain(observed[rows], predicted[rows]) for rows in repeated]
        np.testing.assert_allclose(weighted(observed, predicted, weights.astype(float)), expected, rtol=1e-9)


def test_the_calibration_line_is_scipys() -> None:
    observed, predicted = _values()
    line = linregress(predicted, observed)
    slope, intercept = weighted_line(Answers(observed, predicted, CONTINUOUS), np.ones((1, 60)))
    assert (slope[0], intercept[0]) == pytest.approx((line.slope, line.intercept), rel=1e-9)
    bins = reliability(observed, predicted)
    assert len(bins) == 10 and bins[0][2] == pytest.approx(np.sort(predicted)[:6].mean())


def test_the_swap_test_of_errors_keeps_its_level_and_finds_a_better_model() -> None:
    """Two predictions with equal errors: 200 draws, 5 % + 3 SE; and one with half the error."""
    p = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        observed = rng.normal(size=40)
        first, second = observed + rng.normal(size=40), observed + rng.normal(size=40)
        p.append(swap_errors(observed, first, second, np.arange(40).astype(str), 1))
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    observed, predicted = _values()
    better = observed + (predicted - observed) / 2
    assert swap_errors(observed, better, predicted, np.arange(60).astype(str), 1) < 0.001
    assert swap_errors(observed, predicted, predicted, np.arange(60).astype(str), 1) == 1


def _study() -> tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.DataFrame]:
    """Age says something of the outcome; `good` knows a second half of it, `confounds` age alone."""
    rng = np.random.default_rng(3)
    age, other = rng.uniform(45, 80, _PEOPLE), rng.normal(size=_PEOPLE)
    outcome = 6 - 0.05 * (age - 62) + other + rng.normal(0, 0.5, _PEOPLE)
    ids = [f"p{n:03d}" for n in range(_PEOPLE)]
    participants = pd.DataFrame({"participant_id": ids, "age": age, "sex": 0, "largest_ancestry": True, "family": ids})
    predicted = {"confounds": 6 - 0.05 * (age - 62), "good": 6 - 0.05 * (age - 62) + 0.9 * other}
    people = pd.DataFrame({"participant_id": ids, "label": (outcome > 6).astype("int8"), "target": outcome})
    held_out, place = np.arange(_PEOPLE) < 100, np.arange(_PEOPLE) % 4
    development, holdout = {}, []
    for model, values in predicted.items():
        table, folds = people.assign(predicted=values), []
        for fold in range(_FOLDS):
            own = table[~held_out].assign(fold=fold)
            own["part"] = np.select(
                [place[~held_out] % _FOLDS == fold, place[~held_out] < 2], ["validation", "monitor"], "fit"
            )
            folds.append(own)
            holdout.append(table[held_out].assign(fold=fold, model=model))
        development[model] = pd.concat(folds)[predictions_schema(continuous=True).names]
    return development, pd.concat(holdout)[holdout_schema(continuous=True).names], participants


def test_models_of_a_continuous_outcome_are_scored_compared_and_weighed(tmp_path) -> None:
    development, holdout, participants = _study()
    performance = score_models(development, holdout, participants, ["good"], 100, 1)
    write_table(performance, tmp_path / "performance.parquet", PERFORMANCE, {})
    pooled = performance[(performance["fold"] == -1) & (performance["split"] == "holdout")]
    own = holdout[(holdout["model"] == "good") & (holdout["fold"] == 0)]
    scores = pooled[pooled["model"] == "good"].set_index("metric")
    assert scores.at["r2", "value"] == pytest.approx(r2_score(own["target"], own["predicted"]), rel=1e-9)
    assert scores.at["r2", "low"] < scores.at["r2", "value"] < scores.at["r2", "high"]
    assert {"r", "mae", "people"} <= set(scores.index) and "tp" not in scores.index

    comparisons = compare_models("good", [], development, holdout, participants, 200, 1)
    write_table(comparisons, tmp_path / "comparisons.parquet", COMPARISONS, {})
    assert (comparisons["difference"] > 0.3).all() and (comparisons["permutation_p"] < 0.01).all()
    assert comparisons["mcnemar_p_holm"].isna().all()

    increments = measure_increments(development, holdout, participants, True, 100, 1)
    write_table(increments, tmp_path / "increments.parquet", INCREMENTS, {})
    gains = increments.set_index(["model", "split"])["increment"]
    assert (gains["good"] > 0.3).all() and (gains["confounds"] == 0).all()

    strata = score_strata(development, holdout, participants, 50, 1)
    write_table(strata, tmp_path / "strata.parquet", STRATA, {})
    assert set(strata["metric"]) == {"r2", "r", "mae"}

    calibration, bins = check_line(development, holdout, participants, 100, 1)
    write_table(calibration, tmp_path / "calibration.parquet", LINE_CALIBRATION, {})
    write_table(bins, tmp_path / "bins.parquet", RELIABILITY, {})
    row = calibration.set_index(["model", "split"]).loc[("good", "holdout")]
    # predictions leave a tenth of what they know out, and the line of observed on them is nearly 1
    assert row["slope_low"] < row["slope"] < row["slope_high"] and 0.9 < row["slope"] < 1.2
    assert row["rmse"] < row["sd"]
