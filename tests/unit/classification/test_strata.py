"""Scores within ancestry and age bands against scikit-learn on the same people."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from cgni.classification.strata import score_strata

BANDS = {"below 50": (0, 50), "50 to 59": (50, 60), "60 to 69": (60, 70), "70 and above": (70, 200)}


def test_each_stratum_is_scored_on_its_own_people() -> None:
    rng = np.random.default_rng(3)
    ids = [f"p{n:03d}" for n in range(300)]
    participants = pd.DataFrame({"participant_id": ids, "family": ids, "age": rng.uniform(45, 80, 300)})
    participants["largest_ancestry"] = rng.uniform(size=300) < 0.8
    participants.loc[:3, "age"] = [50.0, 60.0, 70.0, np.nan]  # an age where a band begins is in it; unknown: in none
    labels = rng.integers(0, 2, 300)
    labels[participants["age"] < 50] = 1
    table = pd.DataFrame({"participant_id": ids, "label": labels})
    table["probability"] = np.clip(0.3 + 0.4 * labels + rng.normal(0, 0.3, 300), 0, 1)
    development = {"m": table.iloc[:200].assign(fold=0, part="validation")}
    holdout = table.iloc[200:].assign(fold=0, model="m")
    long = score_strata(development, holdout, participants, 100, 1)
    scores = long.set_index(["split", "by", "stratum", "metric"])
    for split, rows in (("validation", slice(0, 200)), ("holdout", slice(200, 300))):
        people = table.iloc[rows].merge(participants)
        groups = {("age", name): people["age"].between(*b, inclusive="left") for name, b in BANDS.items()}
        groups |= {("ancestry", "largest"): people["largest_ancestry"]}
        groups |= {("ancestry", "others"): ~people["largest_ancestry"]}
        for place, chosen in groups.items():
            own, people_in = scores.loc[(split, *place)], people[chosen]
            accuracy, area = own.loc["balanced_accuracy"], own.loc["auc"]
            assert (own["people"] == len(people_in)).all() and (own["people_high"] == people_in["label"].sum()).all()
            if place == ("age", "below 50"):  # everybody is of the high group
                assert own[["value", "low", "high"]].isna().all(axis=None)
                continue
            called = people_in["probability"] >= 0.5
            assert accuracy["value"] == pytest.approx(balanced_accuracy_score(people_in["label"], called))
            assert area["value"] == pytest.approx(roc_auc_score(people_in["label"], people_in["probability"]))
            assert area["low"] < area["value"] < area["high"]
    assert len(scores) == 24


def test_strata_without_people_are_left_out() -> None:
    ids = ["a", "b", "c", "d"]
    participants = pd.DataFrame({"participant_id": ids, "family": ids, "age": 55.0, "largest_ancestry": True})
    table = pd.DataFrame({"participant_id": ids, "label": [0, 1, 0, 1], "probability": [0.1, 0.9, 0.6, 0.7], "fold": 0})
    scores = score_strata({"m": table.assign(part="validation")}, table.assign(model="m"), participants, 100, 1)
    scores = scores[scores["metric"] == "balanced_accuracy"]
    assert scores["stratum"].tolist() == ["largest", "50 to 59"] * 2
    assert scores["value"].tolist() == [0.75] * 4
