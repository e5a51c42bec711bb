"""The confounder test: uniform under the null, an R² of two regressions, and the table of models."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest

from cgni.audit.confounds import audit_confounds, confound_name, confound_shares, confounder_test
from cgni.audit.schemas import CONFOUND_SHARES, CONFOUNDS


def test_confounder_test_on_null_and_on_confounded_predictions() -> None:
    rng = np.random.default_rng(1)
    null = []
    for seed in range(100):
        labels, confounds = rng.integers(0, 2, 60), rng.standard_normal((60, 2))
        null.append(confounder_test(labels + rng.standard_normal(60), labels, labels, confounds, 99, seed)[1])
    assert kstest(null, "uniform").pvalue > 0.01
    labels, confounds = rng.integers(0, 2, 100), rng.standard_normal((100, 2))
    assert confounder_test(labels + confounds[:, 0], labels, labels, confounds, 99, 0)[1] == pytest.approx(0.01)


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
    audited, shares = audit_confounds(predictions, participants, seed=7)
    assert list(audited.columns) == CONFOUNDS.names and audited["model"].tolist() == ["by_age", "by_label"]
    assert (audited["people"] == 200).all()

    base = np.column_stack([np.ones(200), labels])
    # age with its square and its product with sex; the head size is the same in everybody
    aged = np.column_stack([age, (age - 60) ** 2, (age - 60) * (participants["sex"] - 0.5)])
    full = np.column_stack([base, aged, participants["sex"], site == "b"])
    for model, partial_r2 in zip(audited["model"], audited["partial_r2"], strict=True):
        expected = 1 - _rest(full, log_odds[model]) / _rest(base, log_odds[model])
        assert partial_r2 == pytest.approx(expected, rel=1e-6)
    assert audited["p"][0] == 1 / 500 and audited["p"][1] > 0.01

    assert list(shares.columns) == CONFOUND_SHARES.names and (shares["people"] == 200).all()
    without = {
        "age": np.column_stack([base, participants["sex"], site == "b"]),
        "sex": np.column_stack([base, aged, site == "b"]),
        "site": np.column_stack([base, aged, participants["sex"]]),
        "head size": full,
    }
    for model, own in shares.groupby("model"):
        assert own["confound"].tolist() == ["age", "sex", "head size", "site"]
        assert own["columns"].tolist() == [3, 1, 0, 1]
        for confound, partial_r2 in zip(own["confound"], own["partial_r2"], strict=True):
            expected = 1 - _rest(full, log_odds[model]) / _rest(without[confound], log_odds[model])
            assert partial_r2 == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_columns_of_one_confound_bear_one_name() -> None:
    columns = ["age", "age_squared", "sex", "age_sex", "head_size", "pc1", "pc12", "site_11025"]
    columns += ["confound_25741", "category_22000_b1", "category_22000_b2"]
    expected = ["age", "age", "sex", "age", "head size", *["genetic components"] * 2, "site"]
    assert [confound_name(name) for name in columns] == [*expected, "field 25741", "field 22000", "field 22000"]


def test_a_confound_that_the_others_say_in_full_adds_nothing() -> None:
    """The sum of two columns, and a column without any value."""
    rng = np.random.default_rng(4)
    values = rng.standard_normal((80, 2))
    columns = pd.DataFrame({"sex": values[:, 0], "head_size": values[:, 1], "pc1": values.sum(axis=1)})
    columns["confound_1"] = np.nan
    labels = rng.integers(0, 2, 80)
    shares = confound_shares(values[:, 0] + labels + rng.standard_normal(80), labels, columns)
    assert [(name, count) for name, count, _ in shares][3] == ("field 1", 0)
    assert [value for _, _, value in shares] == pytest.approx([0, 0, 0, 0], abs=1e-12)
    assert confound_shares(values[:, 0], labels, columns[["sex", "head_size"]])[0][2] == pytest.approx(1)


def test_of_a_continuous_outcome_everybody_is_exchanged() -> None:
    """Uniform where predictions follow the outcome alone, though the confounds follow it too."""
    rng = np.random.default_rng(3)
    null = []
    for seed in range(100):
        values = rng.standard_normal(60)
        confounds = rng.standard_normal((60, 2)) + values[:, None]
        null.append(confounder_test(values + rng.standard_normal(60), values, None, confounds, 99, seed)[1])
    assert kstest(null, "uniform").pvalue > 0.01
    values = rng.standard_normal(100)
    confounds = rng.standard_normal((100, 2)) + values[:, None]
    assert confounder_test(values + confounds[:, 0], values, None, confounds, 99, 0)[1] == pytest.approx(0.01)
