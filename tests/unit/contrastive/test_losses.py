"""The loss terms against plain loops written from the equations of the study."""

import math

import pytest
import torch
from torch.nn import functional

from cgni.base.errors import InputError
from cgni.contrastive.losses import (
    LossOptions,
    contrastive_loss,
    cross_modal_loss,
    supervised_loss,
    term_weights,
)


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
    v, g, _ = _embeddings()
    expected = _loop_cross_modal(v, g, 0.3, include_positive)
    options = _options(include_positive=include_positive)
    assert float(cross_modal_loss(v, g, options)) == pytest.approx(expected, rel=1e-12)
    mean = _options(include_positive=include_positive, reduction="mean")
    assert float(cross_modal_loss(v, g, mean)) == pytest.approx(expected / len(v), rel=1e-12)


def test_cross_modal_term_with_positive_is_cross_entropy() -> None:
    # InfoNCE: cross entropy of the similarities with the own pair as the class (PyTorch's implementation)
    v, g, _ = _embeddings()
    expected = functional.cross_entropy(v @ g.T / 0.3, torch.arange(len(v)))
    assert torch.allclose(cross_modal_loss(v, g, _options(include_positive=True, reduction="mean")), expected)


def test_supervised_term_is_equation_3_and_skips_anchors_without_partner() -> None:
    v, _, labels = _embeddings()
    total, anchors = _loop_supervised(v, labels, 0.3)
    assert anchors == len(v) - 1
    assert float(supervised_loss(v, labels, _options())) == pytest.approx(total, rel=1e-12)
    assert float(supervised_loss(v, labels, _options(reduction="mean"))) == pytest.approx(total / anchors, rel=1e-12)


def test_weighted_sum_is_equation_5() -> None:
    v, g, labels = _embeddings()
    weights = {1: 0.7, 2: 0.3, 3: 0.2, 4: 0.4}
    expected = 0.7 * _loop_cross_modal(v, g, 0.3, False) + 0.3 * _loop_cross_modal(g, v, 0.3, False)
    expected += 0.2 * _loop_supervised(v, labels, 0.3)[0] + 0.4 * _loop_supervised(g, labels, 0.3)[0]
    # inputs of another length: the loss normalises them itself
    assert float(contrastive_loss(5 * v, 0.1 * g, labels, weights, _options())) == pytest.approx(expected, rel=1e-10)


def test_supervised_term_is_cross_entropy_with_soft_targets() -> None:
    # equal shares of the positives as targets, the anchor itself left out (PyTorch's implementation)
    v, _, labels = (t[:8] for t in _embeddings())
    others = ~torch.eye(8, dtype=torch.bool)
    similarity = (v @ v.T / 0.3)[others].reshape(8, 7)
    same = (labels[:, None] == labels[None, :])[others].reshape(8, 7).double()
    expected = functional.cross_entropy(similarity, same / same.sum(dim=1, keepdim=True))
    assert torch.allclose(supervised_loss(v, labels, _options(reduction="mean")), expected, rtol=1e-12)


@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("include_positive", [False, True])
def test_gradients_are_those_of_finite_differences(include_positive: bool, reduction: str, normalise: bool) -> None:
    v, g, labels = (t[3:9] for t in _embeddings())  # the last person has no partner
    v, g = v.clone().requires_grad_(), g.clone().requires_grad_()
    weights = {1: 0.7, 2: 0.3, 3: 0.2, 4: 0.4}
    options = _options(include_positive=include_positive, reduction=reduction, normalise=normalise)
    assert torch.autograd.gradcheck(lambda a, b: contrastive_loss(a, b, labels, weights, options), (v, g))


def test_diverged_raw_embeddings_are_refused() -> None:
    v, g, labels = _embeddings()
    with pytest.raises(InputError, match=r"contrastive\.normalise"):
        contrastive_loss(1e6 * v, g, labels, {1: 1.0}, _options(normalise=False))


def test_term_alone_weighs_one() -> None:
    weights = {"vg": 0.7, "gv": 0.3, "vv": 0.2, "gg": 0.4}
    assert term_weights("terms4", weights) == {4: 1.0}
    assert term_weights("terms124", weights) == {1: 0.7, 2: 0.3, 4: 0.4}
