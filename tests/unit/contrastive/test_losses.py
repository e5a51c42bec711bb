"""The loss terms against plain loops written from the equations of the study."""

import math

import pytest
import torch
from torch.nn import functional

from cgni.base.errors import InputError
from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.contrastive.losses import (
    LOSSES,
    LossOptions,
    Outcome,
    contrastive_loss,
    cross_modal_loss,
    supervised_loss,
    term_weights,
)
from cgni.contrastive.terms import BY_NUMBER, TERMS, encoder_spec

WEIGHTS = {BY_NUMBER[number]: weight for number, weight in {1: 0.7, 2: 0.3, 3: 0.2, 4: 0.4}.items()}


def _embeddings(people: int = 9, latent: int = 5) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    v = functional.normalize(torch.randn(people, latent, generator=generator, dtype=torch.float64), dim=1)
    g = functional.normalize(torch.randn(people, latent, generator=generator, dtype=torch.float64), dim=1)
    return v, g, torch.tensor([0, 0, 0, 0, 0, 1, 1, 1, 2])  # the last person has no partner


def _options(**changes: object) -> LossOptions:
    return LossOptions(
        **{"temperature": 0.3, "include_positive": False, "reduction": "sum", "normalise": True, **changes}
    )


def _loop_cross_modal(v: torch.Tensor, g: torch.Tensor, tau: float, include_positive: bool) -> float:
    total = 0.0
    for i in range(len(v)):
        others = [j for j in range(len(v)) if include_positive or j != i]
        denominator = sum(math.exp(float(v[i] @ g[j]) / tau) for j in others)
        total -= math.log(math.exp(float(v[i] @ g[i]) / tau) / denominator)
    return total


def _loop_supervised(z: torch.Tensor, labels: torch.Tensor, tau: float) -> tuple[float, int]:
    total, anchors = 0.0, 0
    for i in range(len(z)):
        partners = [p for p in range(len(z)) if p != i and labels[p] == labels[i]]
        if not partners:
            continue
        anchors += 1
        denominator = sum(math.exp(float(z[i] @ z[j]) / tau) for j in range(len(z)) if j != i)
        total += -sum(math.log(math.exp(float(z[i] @ z[p]) / tau) / denominator) for p in partners) / len(partners)
    return total, anchors


@pytest.mark.parametrize("include_positive", [False, True])
def test_cross_modal_term_is_equation_1(include_positive: bool) -> None:
    v, g, labels = _embeddings()
    expected = _loop_cross_modal(v, g, 0.3, include_positive)
    options = _options(include_positive=include_positive)
    assert float(cross_modal_loss(v, g, Outcome(labels), options)) == pytest.approx(expected, rel=1e-12)
    mean = _options(include_positive=include_positive, reduction="mean")
    assert float(cross_modal_loss(v, g, Outcome(labels), mean)) == pytest.approx(expected / len(v), rel=1e-12)


def test_cross_modal_term_with_positive_is_cross_entropy() -> None:
    # InfoNCE: cross entropy of the similarities with the own pair as the class (PyTorch's implementation)
    v, g, labels = _embeddings()
    expected = functional.cross_entropy(v @ g.T / 0.3, torch.arange(len(v)))
    assert torch.allclose(
        cross_modal_loss(v, g, Outcome(labels), _options(include_positive=True, reduction="mean")), expected
    )


def test_supervised_term_is_equation_3_and_skips_anchors_without_partner() -> None:
    v, _, labels = _embeddings()
    total, anchors = _loop_supervised(v, labels, 0.3)
    assert anchors == len(v) - 1
    mean = _options(reduction="mean")
    assert float(supervised_loss(v, v, Outcome(labels), _options())) == pytest.approx(total, rel=1e-12)
    assert float(supervised_loss(v, v, Outcome(labels), mean)) == pytest.approx(total / anchors, rel=1e-12)


def test_weighted_sum_is_equation_5() -> None:
    v, g, labels = _embeddings()
    expected = 0.7 * _loop_cross_modal(v, g, 0.3, False) + 0.3 * _loop_cross_modal(g, v, 0.3, False)
    expected += 0.2 * _loop_supervised(v, labels, 0.3)[0] + 0.4 * _loop_supervised(g, labels, 0.3)[0]
    # inputs of another length: the loss normalises them itself
    other_lengths = {IMAGING: 5 * v, GENETICS: 0.1 * g}
    assert float(contrastive_loss(other_lengths, Outcome(labels), WEIGHTS, _options())) == pytest.approx(
        expected, rel=1e-10
    )


def test_supervised_term_is_cross_entropy_with_soft_targets() -> None:
    # equal shares of the positives as targets, the anchor itself left out (PyTorch's implementation)
    v, _, labels = (t[:8] for t in _embeddings())
    others = ~torch.eye(8, dtype=torch.bool)
    similarity = (v @ v.T / 0.3)[others].reshape(8, 7)
    same = (labels[:, None] == labels[None, :])[others].reshape(8, 7).double()
    expected = functional.cross_entropy(similarity, same / same.sum(dim=1, keepdim=True))
    assert torch.allclose(supervised_loss(v, v, Outcome(labels), _options(reduction="mean")), expected, rtol=1e-12)


@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("include_positive", [False, True])
def test_gradients_are_those_of_finite_differences(include_positive: bool, reduction: str, normalise: bool) -> None:
    v, g, labels = (t[3:9] for t in _embeddings())  # the last person has no partner
    v, g = v.clone().requires_grad_(), g.clone().requires_grad_()
    options = _options(include_positive=include_positive, reduction=reduction, normalise=normalise)

    def loss(imaging: torch.Tensor, genetics: torch.Tensor) -> torch.Tensor:
        return contrastive_loss({IMAGING: imaging, GENETICS: genetics}, Outcome(labels), WEIGHTS, options)

    assert torch.autograd.gradcheck(loss, (v, g))


def test_diverged_raw_embeddings_are_refused() -> None:
    v, g, labels = _embeddings()
    with pytest.raises(InputError, match=r"contrastive\.normalise"):
        contrastive_loss(
            {IMAGING: 1e6 * v, GENETICS: g}, Outcome(labels), {BY_NUMBER[1]: 1.0}, _options(normalise=False)
        )


@pytest.mark.parametrize("broken", VIEWS)
def test_undefined_embeddings_are_an_error_in_either_view(broken: str) -> None:
    embeddings = {view: torch.ones(4, 3) for view in VIEWS}
    embeddings[broken][2, 1] = torch.nan
    options = _options(temperature=0.1, reduction="mean", normalise=False)
    with pytest.raises(InputError, match="diverged"):
        contrastive_loss(embeddings, Outcome(torch.tensor([0, 0, 1, 1])), {BY_NUMBER[1]: 1.0}, options)


def test_term_alone_weighs_one() -> None:
    weights = {"imaging_genetics": 0.7, "genetics_imaging": 0.3, "imaging_imaging": 0.2, "genetics_genetics": 0.4}
    assert term_weights(encoder_spec((4,)), weights) == {BY_NUMBER[4]: 1.0}
    assert term_weights(encoder_spec((4,)), {}) == {BY_NUMBER[4]: 1.0}  # its weight is not asked for
    expected = {BY_NUMBER[1]: 0.7, BY_NUMBER[2]: 0.3, BY_NUMBER[4]: 0.4}
    assert term_weights(encoder_spec((1, 2, 4)), weights) == expected


def test_every_term_names_a_loss() -> None:
    assert {term.loss for term in TERMS} <= set(LOSSES)


def _loop_y_aware(z: torch.Tensor, values: torch.Tensor, tau: float, bandwidth: float) -> float:
    """Dufumier et al. 2021, equation 2, for one view: -sum_k w_ik / sum_j w_ij log share_ik, over other people."""
    total = 0.0
    for i in range(len(z)):
        others = [j for j in range(len(z)) if j != i]
        near = {j: math.exp(-(float(values[i] - values[j]) ** 2) / (2 * bandwidth**2)) for j in others}
        denominator = sum(math.exp(float(z[i] @ z[j]) / tau) for j in others)
        for j in others:
            total -= near[j] / sum(near.values()) * math.log(math.exp(float(z[i] @ z[j]) / tau) / denominator)
    return total


def test_of_a_continuous_outcome_people_of_near_values_attract_each_other() -> None:
    v, _, labels = _embeddings()
    values = torch.linspace(-1.5, 1.5, len(v), dtype=torch.float64)
    own = float(supervised_loss(v, v, Outcome(labels, values), _options(bandwidth=0.4)))
    assert own == pytest.approx(_loop_y_aware(v, values, 0.3, 0.4), rel=1e-12)


def test_values_far_apart_are_classes() -> None:
    """Where values differ by nothing within a class and by very much between classes, the kernel is 1 or 0."""
    v, _, labels = _embeddings()
    values = 1e3 * labels.double()
    by_value = supervised_loss(v, v, Outcome(labels, values), _options())
    assert float(by_value) == pytest.approx(float(supervised_loss(v, v, Outcome(labels), _options())), rel=1e-12)


def test_people_without_a_value_are_not_looked_at() -> None:
    v, _, labels = _embeddings()
    values = torch.linspace(-1.5, 1.5, len(v), dtype=torch.float64)
    known = torch.arange(len(v)) != 4
    unknown = Outcome(torch.where(known, labels, -1), torch.where(known, values, torch.nan))
    expected = supervised_loss(v[known], v[known], Outcome(labels[known], values[known]), _options())
    assert float(supervised_loss(v, v, unknown, _options())) == pytest.approx(float(expected), rel=1e-12)
