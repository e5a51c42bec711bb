"""Scores, tests between models, and the choice of a loss subset."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from cgni.classification.comparisons import holm
from cgni.classification.evaluation import matched_subset
from cgni.classification.metrics import auc, balanced_accuracy
from cgni.classification.paired import mcnemar
from cgni.classification.pooling import pooled_validation
from cgni.classification.selection import choose_terms
from cgni.contrastive.terms import encoder_spec


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9])), min_size=4, max_size=40))
def test_scores_equal_scikit_learn(rows: list[tuple[int, float]]) -> None:
    labels, values = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    if len(np.unique(labels)) < 2:
        assert np.isnan(auc(labels, values))
        return
    assert auc(labels, values) == pytest.approx(roc_auc_score(labels, values))
    assert balanced_accuracy(labels, values) == pytest.approx(balanced_accuracy_score(labels, values >= 0.5))


def test_mcnemar_is_the_binomial_test_of_discordant_pairs() -> None:
    labels = np.r_[np.ones(20, int), np.zeros(20, int)]
    first, second = np.where(labels == 1, 0.9, 0.1), np.where(labels == 1, 0.9, 0.1)
    second[:7] = 0.2  # seven errors of the second only
    first[30:32] = 0.8  # two of the first only
    assert mcnemar(labels, first, second) == pytest.approx(binomtest(7, 9, 0.5).pvalue)
    assert mcnemar(labels, first, first) == 1.0


def test_holm_by_hand() -> None:
    # sorted .01 .02 .04 -> x3 .03, x2 .04, x1 .04
    assert np.allclose(holm(np.array([0.04, 0.01, 0.02])), [0.04, 0.03, 0.04])


def test_matched_subset_is_balanced_in_sex_and_close_in_age() -> None:
    rng = np.random.default_rng(0)
    people = pd.DataFrame({"label": rng.integers(0, 2, 200), "sex": rng.integers(0, 2, 200)})
    people["age"] = 60 + 6 * (1 - people["label"]) + rng.normal(0, 6, 200)
    rows = people.iloc[matched_subset(people)]
    assert (rows.groupby(["sex", "label"]).size().unstack().diff(axis=1).iloc[:, 1] == 0).all()
    assert abs(rows.groupby("label")["age"].mean().diff().iloc[1]) < 1.5


def test_selection_reads_validation_rows_only() -> None:
    """A model that is right on validation people alone wins over one that is right on fit people alone."""
    people = pd.DataFrame([(fold, number) for fold in range(2) for number in range(6)], columns=["fold", "number"])
    people["participant_id"] = [f"p{fold}{number}" for fold, number in people.itertuples(index=False)]
    people["label"] = people["number"] % 2
    right, wrong = 0.1 + 0.8 * people["label"], 0.9 - 0.8 * people["label"]

    def predictions(fit: pd.Series, validation: pd.Series) -> pd.DataFrame:
        parts = [people.assign(part="fit", probability=fit), people.assign(part="validation", probability=validation)]
        return pd.concat(parts, ignore_index=True)

    good, bad = predictions(wrong, right), predictions(right, wrong)
    specs = {encoder_spec((1,)): bad, encoder_spec((1, 2)): good, encoder_spec((1, 2, 4)): good}
    chosen = choose_terms(specs)
    assert chosen["proposed"] == "terms12"  # equal scores: fewer terms
    assert chosen["validation_score"] == {"terms1": 0.0, "terms12": 1.0, "terms124": 1.0}
    assert len(pooled_validation(good)) == 12
