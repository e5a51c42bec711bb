"""All 15 subsets of the published terms in every reading against plain loops in float64, and the loss at its edges."""

import itertools
import math

import pytest
import torch

from cgni.base.errors import InputError
from cgni.base.views import GENETICS, IMAGING
from cgni.contrastive.losses import LossOptions, Outcome, contrastive_loss, supervised_loss, term_weights
from cgni.contrastive.terms import BY_NUMBER, SEARCHED_TERMS, TERMS, encoder_spec

PUBLISHED = {"imaging_genetics": 0.7, "genetics_imaging": 0.3, "imaging_imaging": 0.2, "genetics_genetics": 0.4}
WEIGHTS = {term.key: term.weight for term in TERMS} | PUBLISHED
LABELS = [0, 1, 0, 1, 1, 0, 2]  # the last has no positive
SUBSETS = [chosen for size in range(1, 5) for chosen in itertools.combinations((1, 2, 3, 4), size)]


def options(include_positive=False, reduction="sum", normalise=True, temperature=0.3):
    return LossOptions(temperature, include_positive, reduction, normalise)


def embeddings(people=7):
    generator = torch.Generator().manual_seed(3)
    values = [torch.randn(people, 5, generator=generator, dtype=torch.float64) for _ in range(2)]
    return dict(zip((IMAGING, GENETICS), values, strict=True))


def dot(first, second):
    return sum(a * b for a, b in zip(first, second, strict=True))


def unit(rows):
    return [[value / math.sqrt(dot(row, row)) for value in row] for row in rows]


def reduced(terms, chosen):
    return sum(terms) / (len(terms) if chosen.reduction == "mean" else 1)


def loop_cross_modal(anchors, others, chosen):
    """Equation (1), written out."""
    terms = []
    for i, anchor in enumerate(anchors):
        below = [j for j in range(len(others)) if chosen.include_positive or j != i]
        denominator = sum(math.exp(dot(anchor, others[j]) / chosen.temperature) for j in below)
        terms.append(-math.log(math.exp(dot(anchor, others[i]) / chosen.temperature) / denominator))
    return reduced(terms, chosen)


def loop_supervised(rows, chosen):
    """Equation (3), written out; anchors without positives are left out."""
    terms = []
    for i, anchor in enumerate(rows):
        positives = [p for p in range(len(rows)) if p != i and LABELS[p] == LABELS[i]]
        if positives:
            others = sum(math.exp(dot(anchor, rows[j]) / chosen.temperature) for j in range(len(rows)) if j != i)
            shares = [math.log(math.exp(dot(anchor, rows[p]) / chosen.temperature) / others) for p in positives]
            terms.append(-sum(shares) / len(positives))
    return reduced(terms, chosen)


@pytest.mark.parametrize("subset", SUBSETS, ids=str)
@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("include_positive", [False, True])
def test_every_subset_equals_the_plain_loop(subset, include_positive, reduction, normalise):
    chosen = options(include_positive, reduction, normalise)
    own = embeddings()
    weights = term_weights(encoder_spec(subset), WEIGHTS)
    v, g = own[IMAGING].tolist(), own[GENETICS].tolist()
    v, g = (unit(v), unit(g)) if normalise else (v, g)
    terms = {
        1: loop_cross_modal(v, g, chosen),
        2: loop_cross_modal(g, v, chosen),
        3: loop_supervised(v, chosen),
        4: loop_supervised(g, chosen),
    }
    assert [term.number for term in weights] == list(subset)
    expected = sum(weight * terms[term.number] for term, weight in weights.items())
    value = contrastive_loss(own, Outcome(torch.tensor(LABELS)), weights, chosen)
    assert value.item() == pytest.approx(expected, rel=1e-12)


def test_a_batch_without_any_positive_has_no_loss_and_no_gradient():
    rows = embeddings(people=2)[IMAGING].requires_grad_()
    value = supervised_loss(rows, rows, Outcome(torch.tensor([0, 1])), options())
    value.backward()
    assert value.item() == 0
    assert not rows.grad.any()


def test_large_similarities_stay_finite_in_single_precision():
    own = {view: values.float() for view, values in embeddings().items()}
    weights = term_weights(SEARCHED_TERMS, WEIGHTS)
    assert torch.isfinite(contrastive_loss(own, Outcome(torch.tensor(LABELS)), weights, options(temperature=1e-3)))


def test_the_loss_ignores_the_scale_of_normalised_embeddings():
    own = embeddings()
    weights = term_weights(SEARCHED_TERMS, WEIGHTS)
    first = contrastive_loss(own, Outcome(torch.tensor(LABELS)), weights, options())
    scaled = {IMAGING: own[IMAGING] * 7, GENETICS: own[GENETICS] / 3}
    torch.testing.assert_close(first, contrastive_loss(scaled, Outcome(torch.tensor(LABELS)), weights, options()))


def test_adam_on_raw_embeddings_is_stopped_when_it_diverges():
    """Without the positive in the denominator, (1) falls without bound (study B2)."""
    own = {view: values.requires_grad_() for view, values in embeddings().items()}
    optimiser = torch.optim.Adam(list(own.values()), lr=100.0)
    with pytest.raises(InputError, match="diverged"):
        for _ in range(500):
            optimiser.zero_grad()
            contrastive_loss(
                own, Outcome(torch.tensor(LABELS)), {BY_NUMBER[1]: 1.0}, options(normalise=False)
            ).backward()
            optimiser.step()
