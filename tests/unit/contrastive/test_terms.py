"""The loss terms as data: subsets, names, labels and what the settings make of them."""

import dataclasses

import pytest

from cgni.base.views import GENETICS, IMAGING
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import BY_NUMBER, LABEL_FREE, SEARCHED_TERMS, TERMS, EncoderSpec, all_subsets, encoder_spec


def test_the_published_terms() -> None:
    """Equation (5): number, anchor, what it is held against, symbol and default of the weight, kind of loss."""
    assert [dataclasses.astuple(term) for term in TERMS[:4]] == [
        (1, IMAGING, GENETICS, "λ", 0.7, "cross_modal"),
        (2, GENETICS, IMAGING, "σ", 0.3, "cross_modal"),
        (3, IMAGING, IMAGING, "γ", 0.3, "supervised"),
        (4, GENETICS, GENETICS, "θ", 0.4, "supervised"),
    ]
    keys = ["imaging_genetics", "genetics_imaging", "imaging_imaging", "genetics_genetics"]
    assert [term.key for term in TERMS[:4]] == keys
    assert [term.relates_views for term in TERMS[:4]] == [True, True, False, False]


def test_terms_are_told_apart_by_number_and_by_the_key_of_their_weight() -> None:
    assert {term.number: term for term in TERMS} == BY_NUMBER and len(BY_NUMBER) == len(TERMS)
    assert len({term.key for term in TERMS}) == len(TERMS)
    another = dataclasses.replace(TERMS[0], number=99, loss="another")
    assert another.key == "another_imaging_genetics"


def test_terms_that_see_no_label_are_those_between_the_views() -> None:
    assert LABEL_FREE == (1, 2)
    assert all(BY_NUMBER[number].relates_views for number in LABEL_FREE)


def test_all_subsets_come_in_the_order_of_their_bits() -> None:
    """Bit n - 1 of the numbers from 1 on says whether the nth term is there; 15 for the published four."""
    numbers = [term.number for term in TERMS]
    masks = range(1, 2 ** len(numbers))
    subsets = [tuple(number for place, number in enumerate(numbers) if mask >> place & 1) for mask in masks]
    assert all_subsets() == subsets
    assert subsets[:4] == [(1,), (2,), (1, 2), (3,)] and subsets[14] == (1, 2, 3, 4)
    assert subsets[-1] == tuple(numbers) and SEARCHED_TERMS.terms == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("spec", "name", "label", "relates", "weighted"),
    [
        (encoder_spec([1]), "terms1", "(1)", True, ()),
        (encoder_spec([4]), "terms4", "(4)", False, ()),
        (encoder_spec([4, 3]), "terms34", "(3)+(4)", False, ("imaging_imaging", "genetics_genetics")),
        (
            encoder_spec([4, 1, 2], linear=True),
            "linear_terms124",
            "(1)+(2)+(4)",
            True,
            ("imaging_genetics", "genetics_imaging", "genetics_genetics"),
        ),
    ],
)
def test_encoders_have_a_name_and_a_label(
    spec: EncoderSpec, name: str, label: str, relates: bool, weighted: tuple[str, ...]
) -> None:
    assert (spec.name, spec.label, spec.relates_views, spec.weighted) == (name, label, relates, weighted)


def test_names_tell_all_encoders_apart() -> None:
    specs = [encoder_spec(terms, linear) for terms in all_subsets() for linear in (False, True)]
    assert len({spec.name for spec in specs}) == 2 * (2 ** len(TERMS) - 1)
    assert encoder_spec([2, 1]) == encoder_spec([1, 2]) != encoder_spec([1, 2], linear=True)


def test_default_weights_are_those_of_the_terms_in_their_order() -> None:
    assert list(ContrastiveSettings(include_positive=True, reduction="mean").weights.items()) == [
        (term.key, term.weight) for term in TERMS
    ]
