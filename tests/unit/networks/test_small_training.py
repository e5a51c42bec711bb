"""Batches, scalers, classifiers and scores of the small networks."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from cgni.base.errors import InputError
from cgni.contrastive.encoders import load_encoders
from cgni.networks.batches import class_aware_batches
from cgni.classification.classifiers import fit_logistic, fit_network, fit_svm, linear_head, probabilities
from cgni.contrastive.fit import embed, fit_encoders
from cgni.classification.evaluation import (
    holm,
    matched_subset,
    mcnemar,
    pooled_validation,
)
from cgni.classification.metrics import auc, balanced_accuracy
from cgni.fold_data.people import FoldData
from cgni.classification.selection import choose_terms

_NETWORK = {
    "layers": [8], "activation": "relu", "dropout": 0.0, "class_weights": True, "batch_size": 20,
    "epochs": 15, "learning_rate": 1e-2, "weight_decay": 0.0, "patience": 5,
}  # fmt: skip
_CONTRASTIVE = {
    "imaging_layers": [6, 4], "genetic_layers": [6, 4], "activation": "relu", "dropout": 0.1, "normalise": True,
    "temperature": 0.2, "include_positive": True, "reduction": "mean", "weights": {"vg": 0.7, "gv": 0.3, "gg": 0.4},
    "l1": 0.0, "optimiser": "adam", "batch_size": 16, "epochs": 3,
    "learning_rate": 1e-3, "weight_decay": 0.0, "patience": 3,
}  # fmt: skip


@given(st.integers(2, 60), st.integers(2, 60), st.integers(4, 30), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_batches_hold_everybody_once_and_two_of_each_class(low: int, high: int, size: int, seed: int) -> None:
    labels = np.r_[np.zeros(low, int), np.ones(high, int)]
    batches = class_aware_batches(labels, size, seed)
    assert sorted(np.concatenate(batches)) == list(range(low + high))
    for batch in batches:
        assert min(np.bincount(labels[batch], minlength=2)) >= 2


def test_single_class_is_refused() -> None:
    with pytest.raises(InputError, match="class-aware"):
        class_aware_batches(np.zeros(9, int), 4, 0)


def _data(people: int = 120) -> FoldData:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, people)
    part = np.array(["fit"] * 70 + ["monitor"] * 20 + ["validation"] * 20 + ["holdout"] * 10, dtype=object)
    h = (rng.standard_normal((people, 7)) + labels[:, None]).astype(np.float32)
    counts = rng.integers(0, 3, (people, 5)).astype(np.float32)
    ids = pd.Index([f"p{n:03d}" for n in range(people)])
    return FoldData(ids, part, labels.astype(np.int64), h, counts, [f"v{n}" for n in range(5)])


def test_encoders_see_fit_and_monitor_people_only() -> None:
    data = _data()
    pair, _, used = fit_encoders(data, "terms124", _CONTRASTIVE, "fit", 1)
    assert set(used["fit"]) == set(data.ids[:70]) and set(used["monitor"]) == set(data.ids[70:90])
    changed = FoldData(data.ids, data.part, data.labels.copy(), data.h.copy(), data.counts.copy(), data.variants)
    changed.h[90:] += 100
    changed.counts[90:] = 2
    changed.labels[90:] = 1 - changed.labels[90:]
    again, _, _ = fit_encoders(changed, "terms124", _CONTRASTIVE, "fit", 1)
    for name, value in pair.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name
    assert torch.equal(pair.scaling_h.mean, again.scaling_h.mean)


def test_encoders_survive_their_checkpoint() -> None:
    data = _data()
    pair, _, _ = fit_encoders(data, "terms1", {**_CONTRASTIVE, "weights": {}}, "training", 1)
    loaded = load_encoders({"fold3": pair.checkpoint()}, 3)
    pd.testing.assert_frame_equal(embed(pair, data), embed(loaded, data))


def test_heads_standardise_with_their_fit_people_and_repeat() -> None:
    data = _data()
    first, _ = fit_network(data.h[:70], data.labels[:70], (data.h[70:90], data.labels[70:90]), _NETWORK, 5)
    second, _ = fit_network(data.h[:70], data.labels[:70], (data.h[70:90], data.labels[70:90]), _NETWORK, 5)
    assert np.allclose(first["scaling"]["mean"].numpy(), data.h[:70].mean(axis=0), atol=1e-5)
    assert np.array_equal(probabilities(first, data.h), probabilities(second, data.h))
    # the classes are one SD apart in each of 7 columns: an easy problem
    assert balanced_accuracy(data.labels[90:], probabilities(first, data.h[90:])) > 0.75


@pytest.mark.parametrize("fit", [lambda x, y: fit_svm(x, y, None, 0.1, True, 0), lambda x, y: fit_logistic(x, y, True)])
def test_linear_models_find_an_easy_difference(fit) -> None:
    data = _data()
    fitted = fit(data.h[:70], data.labels[:70])
    assert balanced_accuracy(data.labels[90:], probabilities(fitted, data.h[90:])) > 0.75


def test_shuffled_labels_are_not_learned() -> None:
    rng = np.random.default_rng(1)
    scores = []
    for _ in range(8):
        data = _data(400)
        labels = rng.permutation(data.labels)
        fitted = fit_logistic(data.h[:200], labels[:200], True)
        scores.append(balanced_accuracy(labels[200:], probabilities(fitted, data.h[200:])))
    # 8 x 200 people: a standard error of about 0.0125 around 0.5
    assert abs(np.mean(scores) - 0.5) < 0.04


def test_linear_head_is_softmax_of_two_logits() -> None:
    layer = torch.nn.Linear(7, 2)
    x = _data().h
    expected = torch.softmax(layer(torch.from_numpy(x)), dim=1)[:, 1].detach().numpy()
    assert np.allclose(probabilities(linear_head(layer.weight.detach(), layer.bias.detach()), x), expected, atol=1e-6)


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
    rows = [(f, f"p{f}{n}", part, n % 2, p) for f in range(2) for part, p in (("fit", 0.0), ("validation", None))
            for n in range(6) for p in [0.9 if n % 2 else 0.1] if True]  # fmt: skip
    good = pd.DataFrame(rows, columns=["fold", "participant_id", "part", "label", "probability"])
    bad = good.assign(probability=1 - good["probability"])
    bad.loc[bad["part"] == "fit", "probability"] = good.loc[good["part"] == "fit", "probability"]
    chosen = choose_terms({"terms1": bad, "terms12": good, "terms124": good})
    assert chosen["terms"] == "terms12"  # equal scores: fewer terms
    assert chosen["validation_balanced_accuracy"] == {"terms1": 0.0, "terms12": 1.0, "terms124": 1.0}
    assert len(pooled_validation(good)) == 12
