"""Fitters on made-up people: what they learn, and from whom."""

import dataclasses

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVR

from cgni.base.views import GENETICS, IMAGING
from cgni.classification.fitters.base import Examples, FittedModel, Fitter, ValueScale
from cgni.classification.fitters.cnn_head import CnnHeadFitter
from cgni.classification.fitters.logistic import LogisticFitter
from cgni.classification.fitters.network import NetworkFitter
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.classification.fitters.svm import SvmFitter
from cgni.classification.metrics import balanced_accuracy, r_squared
from cgni.classification.settings import TrainingSettings
from cgni.fold_data.people import FoldData, fit_rows, head_rows
from tests.unit.classification.made_up import SmallModels
from tests.unit.fold_data.made_up import made_up_fold, made_up_people, same, spoiled

torch.set_num_threads(1)
MODELS = SmallModels(
    proposed={"layers": [16, 8], "l1": 0.0, "batch_size": 40},
    genetic_nn={"layers": [16, 8], "l1": 1e-5, "batch_size": 40},
    imaging_genetic_nn={"layers": [16], "l1": 1e-5, "batch_size": 40},
    dropout=0.2,
    epochs=10,
    learning_rate=1e-3,
    weight_decay=1e-4,
)
TRAINED = [name for name in MODELS.specs if name != "imaging_cnn"]  # its head is taken as it is
NETWORK = NetworkFitter(
    NetworkSettings(layers=(8,), batch_size=20),
    TrainingSettings(dropout=0.0, epochs=15, learning_rate=1e-2, weight_decay=0.0, patience=5),
)


def inputs(data: FoldData) -> np.ndarray:
    return np.hstack([data.views[IMAGING], data.views[GENETICS]])


def classifier(model: str, data: FoldData, heads_on: str = "fit") -> tuple[FittedModel, np.ndarray]:
    """A model fitted with its own settings on both views of everybody."""
    fit, watched = head_rows(data, heads_on, 1)
    x = inputs(data)
    seen = None if watched is None else Examples(x[watched], data.labels[watched])
    return MODELS.fitter(model).fit(Examples(x[fit], data.labels[fit]), seen, 0, 5)[0], x


def examples() -> tuple[Examples, Examples, Examples]:
    """Fit, monitor, and all other people."""
    data = made_up_fold()
    h = data.views[IMAGING]
    fit, monitor, rest = (Examples(h[part], data.labels[part]) for part in (slice(70), slice(70, 90), slice(90, None)))
    return fit, monitor, rest


def test_all_kinds_that_learn_are_there():
    assert set(TRAINED) == {
        "cgni_terms124",
        "cgni_terms124_cleaned",
        "genetic_nn",
        "genetic_linear",
        "imaging_genetic_svm",
        "imaging_genetic_nn",
        "head_imaging",
        "head_imaging_cleaned",
        "confounds",
    }


@pytest.mark.parametrize("model", TRAINED)
def test_classifiers_are_the_same_whatever_unseen_people_look_like(model):
    data = made_up_people()
    first, x = classifier(model, data)
    second, _ = classifier(model, spoiled(data, "validation", "holdout"))
    assert same(first.state(), second.state())
    np.testing.assert_array_equal(first.predict(x), second.predict(x))
    heads, _ = classifier(model, data, "monitor")
    other, _ = classifier(model, spoiled(data, "fit", "validation", "holdout"), "monitor")
    assert same(heads.state(), other.state())  # heads on monitor people: nobody else
    seen, _ = classifier(model, spoiled(data, "fit"))
    assert not same(first.state(), seen.state())  # the comparison can fail


@pytest.mark.parametrize("model", TRAINED)
def test_classifiers_find_a_signal_and_none_where_there_is_none(model):
    def unseen_accuracy(data):
        fitted, x = classifier(model, data)
        rows = data.rows("validation", "holdout")
        return balanced_accuracy(data.labels[rows], fitted.predict(x[rows]))

    assert unseen_accuracy(made_up_people(600)) > 0.75
    shuffled = []
    for seed in range(5):  # about 160 unseen people each, SE of the mean 1.8 %
        data = made_up_people(600, seed=seed)
        labels = data.labels.copy()
        known = labels >= 0
        labels[known] = np.random.default_rng(seed + 50).permutation(labels[known])
        shuffled.append(unseen_accuracy(dataclasses.replace(data, labels=labels)))
    assert abs(np.mean(shuffled) - 0.5) < 0.07


def test_networks_standardise_with_their_fit_people_and_repeat():
    fit, monitor, rest = examples()
    first, _ = NETWORK.fit(fit, monitor, 0, 5)
    second, _ = NETWORK.fit(fit, monitor, 0, 5)
    np.testing.assert_allclose(first.scaling.mean, fit.x.mean(axis=0), atol=1e-5)
    np.testing.assert_array_equal(first.predict(rest.x), second.predict(rest.x))
    # the classes are one SD apart in each of 7 columns: an easy problem
    assert balanced_accuracy(rest.labels, first.predict(rest.x)) > 0.75


@pytest.mark.parametrize("fitter", [SvmFitter(0.1, True), LogisticFitter(1.0, True)])
def test_linear_models_find_an_easy_difference(fitter: Fitter):
    fit, _, rest = examples()
    model, curve = fitter.fit(fit, None, 0, 0)
    assert balanced_accuracy(rest.labels, model.predict(rest.x)) > 0.75
    assert curve == []


def test_shuffled_labels_are_not_learned():
    rng, scores = np.random.default_rng(1), []
    x = rng.standard_normal((400, 7)).astype(np.float32)
    for _ in range(8):
        labels = rng.permutation(np.arange(400) % 2)
        model, _ = LogisticFitter(1.0, True).fit(Examples(x[:200], labels[:200]), None, 0, 0)
        scores.append(balanced_accuracy(labels[200:], model.predict(x[200:])))
    # 8 x 200 people: a standard error of about 0.0125 around 0.5
    assert abs(np.mean(scores) - 0.5) < 0.04


def test_the_curve_of_a_network_tells_how_watchers_score():
    fit, monitor, _ = examples()
    _, curve = NETWORK.fit(fit, monitor, 0, 5)
    assert {row["metric"] for row in curve if row["split"] == "monitor"} == {"balanced_accuracy", "loss"}
    _, alone = NETWORK.fit(fit, None, 0, 5)
    assert [row["epoch"] for row in alone] == list(range(1, 16)) and {row["split"] for row in alone} == {"fit"}


def test_the_genetic_network_hands_over_its_last_hidden_layer():
    fitted, x = classifier("genetic_nn", made_up_people())
    hidden = fitted.hidden(x)
    state = fitted.state()["state"]
    weight, bias = state["linears.2.weight"].numpy(), state["linears.2.bias"].numpy()
    logits = hidden @ weight.T + bias
    expected = 1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))
    assert hidden.shape == (len(x), 8) and hidden.dtype == np.float32
    np.testing.assert_allclose(fitted.predict(x), expected, rtol=1e-4)


def test_an_l1_penalty_is_on_the_weights_that_it_names():
    """Hidden weights shrink under both kinds, those of the output layer under `all` alone."""
    fit, _, _ = examples()

    def sizes(**changes: object) -> tuple[float, float]:
        fitter = dataclasses.replace(NETWORK, own=NetworkSettings(layers=(8,), batch_size=20, **changes))
        linears = fitter.fit(fit, None, 0, 5)[0].network.linears
        first, last = (float(linear.weight.detach().abs().mean()) for linear in linears)
        return first, last

    none, hidden, everywhere = sizes(), sizes(l1=0.05), sizes(l1=0.05, l1_layers="all")
    assert hidden[0] < 0.8 * none[0] and everywhere[0] < 0.8 * none[0]
    assert everywhere[1] < 0.8 * none[1] and hidden[1] > 0.8 * none[1]


def test_the_cnn_head_is_a_softmax_of_its_two_logits():
    generator = torch.Generator().manual_seed(1)
    weight, bias = torch.randn(2, 6, generator=generator), torch.randn(2, generator=generator)
    x = torch.randn(9, 6, generator=generator)
    expected = torch.softmax(x @ weight.T + bias, dim=1)[:, 1]
    other = {"state": {"head.weight": torch.zeros(2, 6), "head.bias": torch.zeros(2)}}
    heads = CnnHeadFitter([other, {"state": {"head.weight": weight, "head.bias": bias}}])
    nobody = Examples(np.empty((0, 6), np.float32), np.empty(0, int))
    model, curve = heads.fit(nobody, None, 1, 0)  # each fold takes its own network
    np.testing.assert_allclose(model.predict(x.numpy()), expected, rtol=1e-5)
    assert curve == []


def test_the_confound_baseline_is_a_logistic_regression_on_the_fit_people():
    data = made_up_people()
    fitted, x = classifier("confounds", data)
    rows = fit_rows(data, "fit")
    mean, sd = x[rows].mean(axis=0), x[rows].std(axis=0)
    reference = LogisticRegression(class_weight="balanced", max_iter=1000)
    reference.fit((x[rows] - mean) / sd, data.labels[rows])
    expected = reference.predict_proba((x - mean) / sd)[:, 1]
    np.testing.assert_allclose(fitted.predict(x), expected, atol=1e-3)


def test_missing_confounds_become_the_means_of_the_fit_people():
    data = made_up_people()
    fitted, x = classifier("confounds", data)
    one = x[:1].copy()
    one[0, 3] = np.nan
    filled = one.copy()
    filled[0, 3] = x[fit_rows(data, "fit"), 3].mean()
    np.testing.assert_allclose(fitted.predict(one), fitted.predict(filled), rtol=1e-5)


def test_the_cnn_head_of_a_continuous_outcome_is_a_value_in_its_unit():
    """Value = mean + SD x (weights . features + bias), by hand."""
    weight, x = torch.tensor([[2.0, -1.0]]), np.array([[1, 1], [0, 3]], np.float32)
    head = {"state": {"head.weight": weight, "head.bias": torch.tensor([0.5])}, "values": {"mean": 6.0, "sd": 2.0}}
    nobody = Examples(np.empty((0, 2), np.float32), np.empty(0, int), np.empty(0))
    model, _ = CnnHeadFitter([head]).fit(nobody, None, 0, 0)
    np.testing.assert_allclose(model.predict(x), [9.0, 1.0])


def values_of(rows: np.ndarray, seed: int) -> np.ndarray:
    return 6 + 2 * rows[:, 0] + np.random.default_rng(seed).normal(0, 0.5, len(rows))


def test_linear_models_of_a_continuous_outcome_are_scikit_learns():
    """Ridge and SVR of scikit-learn on standardised inputs and outcomes; R² of what is planted is 4 / 4.25."""
    x = np.random.default_rng(1).normal(size=(400, 3)).astype(np.float32)
    y = values_of(x, 2)
    fit = Examples(x[:300], (y[:300] > 6).astype(int), y[:300])
    scaled, outcome = StandardScaler().fit(x[:300]), ValueScale.fit(y[:300])
    for fitter, reference in (
        (LogisticFitter(0.5, True), Ridge(1.0)),
        (SvmFitter(0.5, True), LinearSVR(C=0.5, epsilon=0.1)),
    ):
        model, _ = fitter.fit(fit, None, 0, 3)
        reference.fit(scaled.transform(x[:300]), outcome.standardise(y[:300]))
        expected = outcome.values(reference.predict(scaled.transform(x[300:])))
        np.testing.assert_allclose(model.predict(x[300:]), expected, atol=0.02)
        assert r_squared(y[300:], model.predict(x[300:])) > 0.9


def test_a_network_learns_a_continuous_outcome():
    x = np.random.default_rng(1).normal(size=(600, 3)).astype(np.float32)
    y = values_of(x, 2)
    parts = [Examples(x[rows], (y[rows] > 6).astype(int), y[rows]) for rows in np.split(np.arange(600), [400, 500])]
    model, curve = NETWORK.fit(parts[0], parts[1], 0, 5)
    assert {row["metric"] for row in curve} == {"loss", "r2"}
    assert r_squared(y[500:], model.predict(x[500:])) > 0.7
