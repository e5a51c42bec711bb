"""The confounder test: uniform under the null, an R² of two regressions, and the table of models."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest

from cgni.audit.confounds import audit_confounds, confounder_test
from cgni.audit.schemas import CONFOUNDS


def test_confounder_test_on_null_and_on_confounded_predictions() -> None:
    rng = np.random.default_rng(1)
    null = []
    for seed in range(100):
        labels, confounds = rng.integers(0, 2, 60), rng.standard_normal((60, 2))
        null.append(confounder_test(labels + rng.standard_normal(60), labels, confounds, 99, seed)[1])
    assert kstest(null, "uniform").pvalue > 0.01
    labels, confounds = rng.integers(0, 2, 100), rng.standard_normal((100, 2))
    assert confounder_test(labels + confounds[:, 0], labels, confounds, 99, 0)[1] == pytest.approx(0.01)


def _rest(design: np.ndarray, values: np.ndarray) -> float:
    return float(((values - design @ np.linalg.pinv(design) @ values) ** 2).sum())


def test_each_model_is_tested_on_its_validation_people() -> None:
    rng = np.random.default_rng(2)
    ids = [f"p{n:03d}" for n in range(200)]
    age, site, labels = rng.uniform(45, 80, 200), rng.choice(["a", "b"], 200), rng.integers(0, 2, 200)
    participants = pd.DataFrame(
        {"participant_id": ids, "age": age, "sex": rng.integers(0, 2, 200), "head_size": 1.3, "site": site}
    )
    log_odds = {
        "by_age": labels + (age - 60) / 5 + rng.standard_normal(200),
        "by_label": 2.0 * labels + rng.standard_normal(200),
    }
    predictions = {}
    for model, scores in log_odds.items():
        table = pd.DataFrame(
            {"participant_id": ids, "part": "validation", "label": labels, "probability": 1 / (1 + np.exp(-scores))}
        )
        seen = table.iloc[:50].assign(part="holdout", probability=0.5)
        predictions[model] = pd.concat([seen, table]).sample(frac=1, random_state=0)
    audited = audit_confounds(predictions, participants, seed=7)
    assert list(audited.columns) == CONFOUNDS.names and audited["model"].tolist() == ["by_age", "by_label"]
    assert (audited["people"] == 200).all()

    base = np.column_stack([np.ones(200), labels])
    full = np.column_stack([base, age, participants["sex"], site == "b"])
    for model, partial_r2 in zip(audited["model"], audited["partial_r2"], strict=True):
        expected = 1 - _rest(full, log_odds[model]) / _rest(base, log_odds[model])
        assert partial_r2 == pytest.approx(expected, rel=1e-6)
    assert audited["p"][0] == 1 / 500 and audited["p"][1] > 0.01
