"""Encoders and classifiers of a fold: what they learn, from whom, and that they come back from their files."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from cgni.contrastive.encoders import Scaling, load_encoders
from cgni.networks.mlp import Mlp
from cgni.networks.checkpoint import load_checkpoint, save_folds
from cgni.classification.classifier_fits import fit_classifier
from cgni.classification.classifiers import hidden_features, linear_head, probabilities
from cgni.contrastive.fit import embed, fit_encoders
from cgni.classification.metrics import balanced_accuracy
from cgni.fold_data.people import FoldData, assemble_fold, fit_rows, head_rows, watch_rows
from cgni.networks.fit_in_memory import SmallSettings, fit_small

torch.set_num_threads(1)
CONTRASTIVE = {
    "weights": {"vg": 0.7, "gv": 0.3, "gg": 0.4},
    "include_positive": True,
    "reduction": "mean",
    "normalise": True,
    "temperature": 0.1,
    "imaging_layers": [16, 8],
    "genetic_layers": [16, 8],
    "activation": "relu",
    "dropout": 0.1,
    "l1": 0.0,
    "optimiser": "adam",
    "batch_size": 20,
    "epochs": 4,
    "learning_rate": 1e-2,
    "weight_decay": 1e-4,
    "patience": 2,
}
CLASSIFICATION = {
    "class_weights": True,
    "finetune_encoder": False,
    "proposed": {"features": ["zg", "h"], "layers": [16, 8], "l1": 0.0, "batch_size": 40},
    "genetic_linear": {"c": 0.01},
    "genetic_nn": {"layers": [16, 8], "l1": 1e-5, "batch_size": 40},
    "imaging_genetic_nn": {"layers": [16], "l1": 1e-5, "batch_size": 40},
    "imaging_genetic_svm": {"c": 0.01},
    "activation": "relu",
    "dropout": 0.2,
    "epochs": 10,
    "learning_rate": 1e-3,
    "weight_decay": 1e-4,
    "patience": 5,
}
TRAINED = ["cgni_terms124", "genetic_nn", "genetic_linear", "head_h", "imaging_genetic_nn"]
TRAINED += ["imaging_genetic_svm", "confounds"]


def fold_data(count=300, features=12, snps=20, signal=1.0, seed=0):
    """People of all parts, a tenth without a label; label moves h and counts by `signal` SD."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count)
    h = rng.normal(size=(count, features)) + signal * labels[:, None] * (np.arange(features) < 4)
    counts = rng.binomial(2, 0.3 + 0.2 * min(signal, 1) * labels[:, None] * (np.arange(snps) < 5))
    labels[::10] = -1
    return FoldData(
        ids=pd.Index([f"p{i:03d}" for i in range(count)]),
        part=rng.choice(["fit", "monitor", "validation", "holdout"], count, p=[0.55, 0.15, 0.2, 0.1]).astype(object),
        labels=labels,
        h=h.astype(np.float32),
        counts=counts.astype(np.float32),
        variants=[f"1:{i}:A:G" for i in range(snps)],
    )


def spoiled(data, *parts):
    """The same people with nonsense in the rows of `parts`."""
    rows = np.isin(data.part, parts)
    h, counts, labels = data.h.copy(), data.counts.copy(), data.labels.copy()
    h[rows], counts[rows] = 1e3, 2
    labels[rows] = 1 - np.maximum(labels[rows], 0)
    return FoldData(data.ids, data.part, labels, h, counts, data.variants)


def same(first, second):
    """Whether two nested checkpoints are equal to the bit."""
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    return torch.equal(first, second) if isinstance(first, torch.Tensor) else first == second


def classifier(model, data, heads_on="fit"):
    fit, watched = head_rows(data, heads_on, 1)
    x = np.hstack([data.h, data.counts])
    return fit_classifier(model, x, data.labels, fit, watched, CLASSIFICATION, 5)[0], x


def test_parts_of_a_fit():
    data = fold_data()
    fit, monitor = fit_rows(data, "fit"), watch_rows(data, "fit")
    assert set(data.part[fit]) == {"fit"} and set(data.part[monitor]) == {"monitor"}
    assert (data.labels[np.r_[fit, monitor]] >= 0).all()
    assert set(data.part[fit_rows(data, "training")]) == {"fit", "monitor"}
    assert watch_rows(data, "training") is None


def test_heads_on_monitor_people_leave_a_quarter_of_the_families_to_watch():
    data = fold_data()
    families = np.array([f"f{i // 2}" for i in range(len(data.ids))])
    data = dataclasses.replace(data, families=families)
    for heads_on, parts in (("monitor", {"monitor"}), ("both", {"fit", "monitor"})):
        fit, watched = head_rows(data, heads_on, 3)
        assert set(data.part[fit]) == parts and set(data.part[watched]) == {"monitor"}
        assert not set(families[watched]) & set(families[data.rows("monitor")][~np.isin(data.rows("monitor"), watched)])
        assert not set(fit) & set(watched)
        assert set(fit) | set(watched) == set(data.rows(*parts))
        assert 0.15 < len(watched) / len(data.rows("monitor")) < 0.35
        assert set(data.labels[watched]) == {0, 1}
    fit, watched = head_rows(data, "training", 3)
    assert set(fit) == set(data.rows("fit", "monitor")) and watched is None


@pytest.mark.parametrize(
    ("fit_on", "unseen"), [("fit", ["validation", "holdout"]), ("training", ["validation", "holdout"])]
)
def test_encoders_are_the_same_whatever_unseen_people_look_like(fit_on, unseen):
    data = fold_data()
    first, curve, used = fit_encoders(data, "terms124", CONTRASTIVE, fit_on, 3)
    second, other_curve, _ = fit_encoders(spoiled(data, *unseen), "terms124", CONTRASTIVE, fit_on, 3)
    assert same(first.checkpoint(), second.checkpoint())
    assert curve == other_curve
    seen, _, _ = fit_encoders(spoiled(data, "fit"), "terms124", CONTRASTIVE, fit_on, 3)
    assert not same(first.checkpoint(), seen.checkpoint())  # the comparison can fail
    assert not set(used["fit"]) & set(used["monitor"])
    assert set(data.part[data.ids.isin([*used["fit"], *used["monitor"]])]) == {"fit", "monitor"}


def test_input_scaling_sees_the_fit_people_alone():
    data = fold_data()
    pair, _, _ = fit_encoders(spoiled(data, "monitor", "validation", "holdout"), "terms1", CONTRASTIVE, "fit", 3)
    rows = fit_rows(data, "fit")
    np.testing.assert_allclose(pair.scaling_h.mean, data.h[rows].mean(axis=0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(pair.scaling_counts.sd, data.counts[rows].std(axis=0), rtol=1e-4)


def test_without_a_monitor_all_epochs_run():
    """paper: everybody is fitted on, so nothing stops the fit."""
    _, curve, used = fit_encoders(fold_data(), "terms124", CONTRASTIVE, "training", 3)
    assert [row["epoch"] for row in curve] == [1, 2, 3, 4]
    assert {row["split"] for row in curve} == {"fit"} and len(used["monitor"]) == 0


def test_the_learning_curve_tells_of_collapse():
    _, curve, _ = fit_encoders(fold_data(), "terms124", CONTRASTIVE, "fit", 3)
    names = {row["metric"] for row in curve if row["split"] == "monitor"}
    assert names == {"loss", "alignment", "uniformity", "effective_rank", "class_spread"}


def test_encoders_come_back_from_their_file(tmp_path):
    data = fold_data()
    pair, _, _ = fit_encoders(data, "terms124", CONTRASTIVE, "fit", 3)
    save_folds({"fold2": pair.checkpoint()}, tmp_path / "encoders.ckpt")
    loaded = load_encoders(load_checkpoint(tmp_path / "encoders.ckpt"), 2)
    pd.testing.assert_frame_equal(embed(pair, data), embed(loaded, data))
    table = embed(loaded, data)
    assert len(table) == len(data.ids)  # unlabelled and holdout people too
    for prefix in ("zv", "zg"):
        norms = np.linalg.norm(table.filter(regex=f"^{prefix}_").to_numpy(), axis=1)
        np.testing.assert_allclose(norms, 1, rtol=1e-5)
    with torch.inference_mode():
        raw = loaded.genetic_raw(torch.from_numpy(data.counts)).numpy()
    scaled = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    np.testing.assert_allclose(table.filter(regex="^zg_").to_numpy(), scaled, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("model", TRAINED)
def test_classifiers_are_the_same_whatever_unseen_people_look_like(model):
    data = fold_data()
    first, x = classifier(model, data)
    second, _ = classifier(model, spoiled(data, "validation", "holdout"))
    assert same(first, second)
    np.testing.assert_array_equal(probabilities(first, x), probabilities(second, x))
    heads, _ = classifier(model, data, "monitor")
    other, _ = classifier(model, spoiled(data, "fit", "validation", "holdout"), "monitor")
    assert same(heads, other)  # heads on monitor people: nobody else
    assert not same(first, classifier(model, spoiled(data, "fit"))[0])  # the comparison can fail


@pytest.mark.parametrize("model", TRAINED)
def test_classifiers_find_a_signal_and_none_where_there_is_none(model):
    def unseen_accuracy(data):
        fitted, x = classifier(model, data)
        rows = data.rows("validation", "holdout")
        return balanced_accuracy(data.labels[rows], probabilities(fitted, x[rows]))

    assert unseen_accuracy(fold_data(600)) > 0.75
    shuffled = []
    for seed in range(5):  # about 160 unseen people each, SE of the mean 1.8 %
        data = fold_data(600, seed=seed)
        labels = data.labels.copy()
        known = labels >= 0
        labels[known] = np.random.default_rng(seed + 50).permutation(labels[known])
        shuffled.append(unseen_accuracy(FoldData(data.ids, data.part, labels, data.h, data.counts, data.variants)))
    assert abs(np.mean(shuffled) - 0.5) < 0.07


def test_the_genetic_network_hands_over_its_last_hidden_layer():
    fitted, x = classifier("genetic_nn", fold_data())
    hidden = hidden_features(fitted, x)
    weight, bias = fitted["state"]["linears.2.weight"].numpy(), fitted["state"]["linears.2.bias"].numpy()
    logits = hidden @ weight.T + bias
    expected = 1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))
    assert hidden.shape == (len(x), 8)
    np.testing.assert_allclose(probabilities(fitted, x), expected, rtol=1e-4)


def test_the_cnn_head_is_a_softmax_of_its_logits():
    generator = torch.Generator().manual_seed(1)
    weight, bias = torch.randn(2, 6, generator=generator), torch.randn(2, generator=generator)
    x = torch.randn(9, 6, generator=generator)
    expected = torch.softmax(x @ weight.T + bias, dim=1)[:, 1]
    np.testing.assert_allclose(probabilities(linear_head(weight, bias), x.numpy()), expected, rtol=1e-5)


def test_the_confound_baseline_is_a_logistic_regression_on_the_fit_people():
    data = fold_data()
    fitted, x = classifier("confounds", data)
    rows = fit_rows(data, "fit")
    mean, sd = x[rows].mean(axis=0), x[rows].std(axis=0)
    reference = LogisticRegression(class_weight="balanced", max_iter=1000)
    reference.fit((x[rows] - mean) / sd, data.labels[rows])
    expected = reference.predict_proba((x - mean) / sd)[:, 1]
    np.testing.assert_allclose(probabilities(fitted, x), expected, atol=1e-3)


def test_missing_confounds_become_the_means_of_the_fit_people():
    data = fold_data()
    fitted, x = classifier("confounds", data)
    one = x[:1].copy()
    one[0, 3] = np.nan
    filled = one.copy()
    filled[0, 3] = x[fit_rows(data, "fit"), 3].mean()
    np.testing.assert_allclose(probabilities(fitted, one), probabilities(fitted, filled), rtol=1e-5)


def test_l1_is_the_sum_of_absolute_hidden_weights():
    network = Mlp(3, [4, 2])
    expected = network.linears[0].weight.abs().sum()
    torch.testing.assert_close(network.l1(), expected)


def test_constant_columns_are_centred_and_not_divided():
    scaling = Scaling.fit(np.array([[1.0, 2.0], [1.0, 4.0]], np.float32))
    torch.testing.assert_close(scaling.apply(torch.tensor([[1.0, 4.0]])), torch.tensor([[0.0, 1.0]]))


def test_a_fold_takes_its_own_fill_values_and_features():
    ids = ["a", "b", "c"]
    features = pd.DataFrame({"participant_id": ["c", "a", "x"], "h_0": [3.0, 1.0, 9.0]})
    genotypes = pd.DataFrame({"participant_id": ids, "v1": pd.array([1, 0, None], "Int8")})
    participants = pd.DataFrame({"participant_id": ids, "wm_group": pd.array([0, 1, None], "Int8")})
    splits = pd.DataFrame(
        {"participant_id": ids, "role": ["development"] * 2 + ["holdout"], "fold": [0, 1, -1],
         "monitor_0": [False] * 3, "monitor_1": [False] * 3}
    )  # fmt: skip
    fill = pd.DataFrame({"variant_id": ["v1"], "fill": [0.75]})
    data = assemble_fold(features, genotypes, fill, participants, splits, 0)
    assert data.ids.tolist() == ["a", "c"]
    assert data.part.tolist() == ["validation", "holdout"]
    assert data.labels.tolist() == [0, -1]
    np.testing.assert_array_equal(data.h, [[1], [3]])
    np.testing.assert_array_equal(data.counts, [[1], [0.75]])


@pytest.mark.parametrize("key", ["l1", "weight_decay"])
def test_penalties_shrink_the_encoders(key):
    """L1 on hidden weights, and decay apart from the gradient: the hidden weights' mean size falls."""

    def size(**changes):
        cfg = {**CONTRASTIVE, "optimiser": "adamw", **changes}
        pair, _, _ = fit_encoders(fold_data(), "terms124", cfg, "training", 3)
        return float(pair.genetic_mlp.linears[0].weight.detach().abs().mean())

    assert size(**{key: {"l1": 0.1, "weight_decay": 5.0}[key]}) < 0.8 * size()


def test_decoupled_weight_decay_is_the_published_one():
    """Without a gradient AdamW multiplies weights by 1 - rate x decay; the L2 penalty of Adam moves by the rate."""
    for optimiser, expected in (("adamw", 2.0 * (1 - 0.1 * 0.5)), ("adam", 2.0 - 0.1)):
        network = torch.nn.Linear(1, 1, bias=False)
        torch.nn.init.constant_(network.weight, 2.0)
        settings = SmallSettings(4, 1, 0.1, 0.5, 1, optimiser)
        fit_small(network, np.array([0, 0, 1, 1]), lambda rows, n=network: n.weight.sum() * 0, None, settings, 1)
        assert float(network.weight) == pytest.approx(expected, rel=1e-5)


def test_a_linear_genetic_encoder_is_one_layer():
    cfg = {**CONTRASTIVE, "genetic_layers": CONTRASTIVE["genetic_layers"][-1:]}
    data = fold_data()
    pair, _, _ = fit_encoders(data, "linear_terms124", cfg, "fit", 3)
    first, second = torch.from_numpy(data.counts[:2])
    with torch.inference_mode():
        middle = pair.genetic_raw(((first + second) / 2)[None])
        ends = (pair.genetic_raw(first[None]) + pair.genetic_raw(second[None])) / 2
    torch.testing.assert_close(middle, ends, rtol=1e-4, atol=1e-5)
