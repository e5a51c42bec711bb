"""What models add to the confounds: exactly 0 for the confounds-only one, nothing for noise, much for signal."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from cgni.base.errors import InputError
from cgni.classification.increments import CONFOUNDS_ONLY, fit_stack, measure_increments
from cgni.classification.metrics import log_odds

PEOPLE, FOLDS = 900, 3


def _study(**weights: tuple[float, float]) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.DataFrame]:
    """Models whose logit weighs a confound and a signal, both of which the label follows; the last 300 are held out."""
    rng = np.random.default_rng(5)
    confound, signal = rng.standard_normal((2, PEOPLE))
    labels = (confound + signal + rng.logistic(size=PEOPLE) > 0).astype(int)
    ids = np.array([f"p{n:04d}" for n in range(PEOPLE)])
    participants = pd.DataFrame({"participant_id": ids, "family": [f"f{n // 2}" for n in range(PEOPLE)]})
    known = np.arange(PEOPLE) < 600
    development, holdout = {}, []
    for model, (of_confound, of_signal) in {CONFOUNDS_ONLY: (1.0, 0.0), **weights}.items():
        parts = []
        for fold in range(FOLDS):
            noise = rng.standard_normal(PEOPLE)
            logit = of_confound * confound + of_signal * signal + (noise if (of_confound, of_signal) == (0, 0) else 0)
            table = pd.DataFrame({"fold": fold, "participant_id": ids, "label": labels, "probability": expit(logit)})
            number = np.arange(PEOPLE) % FOLDS
            part = np.where(number == fold, "validation", np.where(np.arange(PEOPLE) % 4 == 0, "monitor", "fit"))
            parts.append(table.assign(part=part)[known])
            holdout.append(table.assign(model=model)[~known])
        development[model] = pd.concat(parts, ignore_index=True).sample(frac=1, random_state=0)
    return development, pd.concat(holdout, ignore_index=True), participants


def test_increments_of_confounds_noise_and_signal() -> None:
    development, holdout, participants = _study(copy=(3.0, 0.0), noise=(0.0, 0.0), signal=(0.0, 1.0), both=(1.0, 1.0))
    table = measure_increments(development, holdout, participants, True, 200, 1).set_index(["model", "split"])
    for split in ("validation", "holdout"):
        for model in (CONFOUNDS_ONLY, "copy"):  # the same logit stretched says nothing else
            assert table.loc[(model, split), ["increment", "se", "low", "high"]].tolist() == [0, 0, 0, 0]
        noise = table.loc[("noise", split)]
        assert noise["low"] <= 0 <= noise["high"]
        # the signal weighs as much as the confound: the AUC of one of two equal parts against that of both
        assert table.loc[("signal", split), "low"] > 0.03
        assert table.at[("signal", split), "increment"] == pytest.approx(
            table.at[("both", split), "increment"], abs=0.02
        )
    assert table.loc[(CONFOUNDS_ONLY, "holdout"), "people"] == 300 and table["unseen"].all()


def test_stack_is_a_logistic_regression_of_monitor_people() -> None:
    """Weakly penalised by hand in scikit-learn: the same order of people, nearly the same probabilities."""
    rng = np.random.default_rng(1)
    logits = rng.standard_normal((400, 2)) @ np.array([[1.0, 0.6], [0.0, 0.8]])
    labels = (logits @ [1.0, 0.5] + rng.logistic(size=400) > 0).astype(int)
    reference = LogisticRegression(C=1e6).fit(logits, labels)
    new = rng.standard_normal((50, 2))
    np.testing.assert_allclose(fit_stack(logits, labels)(new), reference.predict_proba(new)[:, 1], atol=0.02)


def test_increment_by_a_plain_loop() -> None:
    development, holdout, participants = _study(both=(0.5, 1.0))
    table = measure_increments(development, holdout, participants, False, 100, 1).set_index(["model", "split"])
    scores, labels = {"alone": [], "stack": []}, []
    for fold in range(FOLDS):
        pair = [development[m][development[m]["fold"] == fold] for m in (CONFOUNDS_ONLY, "both")]
        pair = [own.sort_values("participant_id") for own in pair]
        part, logits = (
            pair[0]["part"].to_numpy(),
            np.column_stack([log_odds(o["probability"].to_numpy()) for o in pair]),
        )
        y = pair[0]["label"].to_numpy()
        monitor, unseen = part == "monitor", part == "validation"
        labels.append(y[unseen])
        for name, columns in (("alone", [0]), ("stack", [0, 1])):
            model = LogisticRegression(C=1e6).fit(logits[np.ix_(monitor, columns)], y[monitor])
            scores[name].append(model.predict_proba(logits[np.ix_(unseen, columns)])[:, 1])
    areas = {name: roc_auc_score(np.concatenate(labels), np.concatenate(own)) for name, own in scores.items()}
    own = table.loc[("both", "validation")]
    # the penalty on standardised logits moves the order of people of different folds a little
    assert own["score_confounds"] == pytest.approx(areas["alone"], abs=0.002)
    assert own["score_stack"] == pytest.approx(areas["stack"], abs=0.002)
    assert own["increment"] == pytest.approx(own["score_stack"] - own["score_confounds"]) and not table["unseen"].any()


def test_stacks_never_see_unseen_people() -> None:
    """Other labels of validation and holdout people change scores, never the probabilities that are scored."""
    development, holdout, participants = _study(both=(0.5, 1.0))
    spoiled = {m: t.assign(label=t["label"].where(t["part"] != "validation", 0)) for m, t in development.items()}
    before = measure_increments(development, holdout, participants, True, 100, 1)
    after = measure_increments(spoiled, holdout, participants, True, 100, 1)
    kept = before["split"] == "holdout"
    pd.testing.assert_frame_equal(before[kept], after[kept])


def test_folds_with_one_group_among_monitor_people_are_left_out() -> None:
    development, holdout, participants = _study(both=(0.5, 1.0))

    def without(folds: list[int]) -> pd.DataFrame:
        tables = {}
        for model, table in development.items():
            gone = table["fold"].isin(folds) & (table["part"] == "monitor") & (table["label"] == 1)
            tables[model] = table[~gone]
        return measure_increments(tables, holdout, participants, True, 100, 1).set_index(["model", "split"])

    one, all_folds = without([0]), without([0, 1, 2])
    assert one["people"].tolist() == [400, 400, 300, 300]
    assert one.loc[(CONFOUNDS_ONLY, "validation"), "increment"] == 0 and one.loc[("both", "holdout"), "low"] > 0
    assert (all_folds["people"] == 0).all() and all_folds[["score_stack", "increment", "low"]].isna().all(axis=None)


def test_models_on_other_people_are_refused() -> None:
    development, holdout, participants = _study(both=(0.5, 1.0))
    development["both"] = development["both"].iloc[:-1]
    with pytest.raises(InputError, match="same people"):
        measure_increments(development, holdout, participants, True, 100, 1)
