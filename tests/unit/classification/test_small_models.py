"""Networks, SVMs and logistic regressions on a made-up fold."""

import numpy as np
import pytest
import torch

from cgni.base.views import IMAGING
from cgni.classification.fitters.base import Examples
from cgni.classification.fitters.cnn_head import CnnHeadFitter
from cgni.classification.fitters.logistic import LogisticFitter
from cgni.classification.fitters.network import NetworkFitter
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.classification.fitters.svm import SvmFitter
from cgni.classification.metrics import balanced_accuracy
from cgni.classification.settings import TrainingSettings
from tests.unit.contrastive.made_up import made_up_fold

NETWORK = NetworkFitter(
    NetworkSettings(layers=(8,), batch_size=20),
    TrainingSettings(dropout=0.0, epochs=15, learning_rate=1e-2, weight_decay=0.0, patience=5),
)


def _examples() -> tuple[Examples, Examples, Examples]:
    """Fit, monitor, and all other people."""
    data = made_up_fold()
    h = data.views[IMAGING]
    fit, monitor, rest = (Examples(h[part], data.labels[part]) for part in (slice(70), slice(70, 90), slice(90, None)))
    return fit, monitor, rest


def test_networks_standardise_with_their_fit_people_and_repeat() -> None:
    fit, monitor, rest = _examples()
    first, _ = NETWORK.fit(fit, monitor, 0, 5)
    second, _ = NETWORK.fit(fit, monitor, 0, 5)
    np.testing.assert_allclose(first.scaling.mean, fit.x.mean(axis=0), atol=1e-5)
    np.testing.assert_array_equal(first.probabilities(rest.x), second.probabilities(rest.x))
    # the classes are one SD apart in each of 7 columns: an easy problem
    assert balanced_accuracy(rest.labels, first.probabilities(rest.x)) > 0.75


@pytest.mark.parametrize("fitter", [SvmFitter(0.1, True), LogisticFitter(1.0, True)])
def test_linear_models_find_an_easy_difference(fitter: SvmFitter | LogisticFitter) -> None:
    fit, _, rest = _examples()
    model, curve = fitter.fit(fit, None, 0, 0)
    assert balanced_accuracy(rest.labels, model.probabilities(rest.x)) > 0.75
    assert curve == []


def test_shuffled_labels_are_not_learned() -> None:
    rng, scores = np.random.default_rng(1), []
    x = rng.standard_normal((400, 7)).astype(np.float32)
    for _ in range(8):
        labels = rng.permutation(np.arange(400) % 2)
        model, _ = LogisticFitter(1.0, True).fit(Examples(x[:200], labels[:200]), None, 0, 0)
        scores.append(balanced_accuracy(labels[200:], model.probabilities(x[200:])))
    # 8 x 200 people: a standard error of about 0.0125 around 0.5
    assert abs(np.mean(scores) - 0.5) < 0.04


def test_the_networks_own_head_is_the_softmax_of_its_two_logits() -> None:
    layer, (fit, _, rest) = torch.nn.Linear(7, 2), _examples()
    state = {"head.weight": layer.weight.detach(), "head.bias": layer.bias.detach()}
    model, _ = CnnHeadFitter([state]).fit(fit, None, 0, 0)
    expected = torch.softmax(layer(torch.from_numpy(rest.x)), dim=1)[:, 1].detach().numpy()
    np.testing.assert_allclose(model.probabilities(rest.x), expected, atol=1e-6)
