"""Calibration against scikit-learn and known temperatures."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss

from cgni.classification.calibration import (
    BINS,
    calibration_error,
    check_calibration,
    error_limit,
    fit_temperature,
    reliability,
)

FOLDS = 2


def _drawn(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels whose chance is their sigmoid."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, count)
    return logits, (rng.uniform(size=count) < expit(logits)).astype(int)


def _predictions(sharpness: float) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """A model whose logits are those of the labels' chances times the sharpness."""
    logits, labels = _drawn(3000, 4)
    ids = [f"p{n:04d}" for n in range(3000)]
    table = pd.DataFrame({"participant_id": ids, "label": labels, "probability": expit(sharpness * logits)})
    own, held = table.iloc[:2000], table.iloc[2000:]
    parts = []
    for fold in range(FOLDS):
        number = np.arange(2000)
        part = np.where(number % FOLDS == fold, "validation", np.where(number % 4 < 2, "monitor", "fit"))
        parts.append(own.assign(fold=fold, part=part))
    holdout = pd.concat([held.assign(fold=fold, model="m") for fold in range(FOLDS)], ignore_index=True)
    return {"m": pd.concat(parts, ignore_index=True)}, holdout


def test_bins_are_those_of_scikit_learn() -> None:
    logits, labels = _drawn(400, 1)
    observed, mean = calibration_curve(labels, expit(logits), n_bins=BINS, strategy="quantile")
    bins = reliability(labels, expit(logits))
    assert [cells[:2] for cells in bins] == [(number, 40) for number in range(1, BINS + 1)]
    np.testing.assert_allclose([cells[2] for cells in bins], mean)
    np.testing.assert_allclose([cells[3] for cells in bins], observed)
    assert calibration_error(labels, expit(logits)) == pytest.approx(np.mean(np.abs(mean - observed)))


def test_few_people_are_a_bin_each() -> None:
    labels, values = np.array([0, 1, 1]), np.array([0.2, 0.9, 0.4])
    assert reliability(labels, values) == [(1, 1, 0.2, 0.0), (2, 1, 0.4, 1.0), (3, 1, 0.9, 1.0)]
    assert calibration_error(labels, values) == pytest.approx((0.2 + 0.6 + 0.1) / 3)


def test_temperature_is_the_inverse_slope_of_a_logistic_regression_without_intercept() -> None:
    logits, labels = _drawn(500, 2)
    slope = LogisticRegression(C=1e8, fit_intercept=False, tol=1e-8).fit(3 * logits[:, None], labels).coef_[0, 0]
    assert fit_temperature(3 * logits, labels) == pytest.approx(1 / slope, rel=1e-3)
    assert fit_temperature(logits, np.ones(500, int)) == 1.0
    assert fit_temperature(np.where(labels == 1, 1.0, -1.0), labels) == pytest.approx(0.05, rel=0.01)  # no end to it


@pytest.mark.parametrize(("sharpness", "poor"), [(1.0, False), (3.0, True), (0.4, True)])
def test_temperature_of_monitor_people_mends_what_is_too_sharp_or_too_blunt(sharpness: float, poor: bool) -> None:
    development, holdout = _predictions(sharpness)
    table, bins = check_calibration(development, holdout, True, 7)
    assert table["split"].tolist() == ["validation", "holdout"] and table["people"].tolist() == [2000, 1000]
    assert table["temperature"].to_numpy() == pytest.approx(sharpness, rel=0.15)
    assert (table["poor"] == poor).all()
    validation = development["m"][development["m"]["part"] == "validation"]
    expected = brier_score_loss(validation["label"], validation["probability"])
    assert table["brier"][0] == pytest.approx(expected)
    share = validation["label"].mean()
    assert table["brier_of_share"][0] == pytest.approx(share * (1 - share))
    if poor:
        assert (table["brier_scaled"] < table["brier"]).all() and (table["ece_scaled"] < table["ece"] / 2).all()
    assert bins.groupby(["split", "scaled"])["people"].sum().tolist() == [1000, 1000, 2000, 2000]
    pd.testing.assert_frame_equal(table, check_calibration(development, holdout, True, 7)[0])


def test_calibrated_models_are_called_poor_in_one_of_twenty() -> None:
    """200 studies of 300 people whose labels follow the probabilities: 5 % ± 3 SE."""
    above = []
    for seed in range(200):
        logits, labels = _drawn(300, 100 + seed)
        above.append(calibration_error(labels, expit(logits)) > error_limit(expit(logits), seed))
    assert abs(np.mean(above) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 200)
