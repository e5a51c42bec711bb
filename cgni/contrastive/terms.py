"""The terms of the contrastive loss as data: subsets, config keys, tables and labels follow from this list."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from cgni.base.views import GENETICS, IMAGING


@dataclass(frozen=True)
class Term:
    """A term of equation (5).

    Attributes
    ----------
    number : as published; subsets are named by it.
    anchor : the view whose embeddings are the anchors.
    other : the view they are held against; the anchor's own: people of one class attract each other.
    symbol : of its weight.
    weight : default weight where it stands with others.
    loss : the entry of `contrastive.losses.LOSSES` that computes it.
    """

    number: int
    anchor: str
    other: str
    symbol: str
    weight: float
    loss: str

    @property
    def key(self) -> str:
        """Its key in the config's `contrastive.weights`."""
        views = f"{self.anchor}_{self.other}"
        return views if self.loss in _PUBLISHED_LOSSES else f"{self.loss}_{views}"

    @property
    def relates_views(self) -> bool:
        """Whether it holds the two views against each other."""
        return self.anchor != self.other


_PUBLISHED_LOSSES = ("cross_modal", "supervised")  # two views, or one and the classes
TERMS = (
    Term(1, IMAGING, GENETICS, "λ", 0.7, "cross_modal"),
    Term(2, GENETICS, IMAGING, "σ", 0.3, "cross_modal"),
    Term(3, IMAGING, IMAGING, "γ", 0.3, "supervised"),
    Term(4, GENETICS, GENETICS, "θ", 0.4, "supervised"),
)
BY_NUMBER = {term.number: term for term in TERMS}
LABEL_FREE = (1, 2)  # the published terms that never see a label


@dataclass(frozen=True)
class EncoderSpec:
    """A pair of encoders: the loss terms it is trained on, and whether its genetic encoder is one linear layer."""

    terms: tuple[int, ...]
    linear: bool = False

    @property
    def name(self) -> str:
        """Such as `terms124` or `linear_terms124`."""
        return ("linear_" if self.linear else "") + "terms" + "".join(str(number) for number in self.terms)

    @property
    def label(self) -> str:
        """Such as (1)+(2)+(4)."""
        return "+".join(f"({number})" for number in self.terms)

    @property
    def relates_views(self) -> bool:
        """Whether a term relates the two embeddings; otherwise a correlation between them means nothing."""
        return any(BY_NUMBER[number].relates_views for number in self.terms)

    @property
    def looks_at_labels(self) -> bool:
        """Whether any term looks at WM groups."""
        return any(not BY_NUMBER[number].relates_views for number in self.terms)

    @property
    def needs_labels(self) -> bool:
        """Whether all terms do, so that people without a WM group teach nothing."""
        return not self.relates_views

    @property
    def weighted(self) -> tuple[str, ...]:
        """Weights that the config gives; a term that stands alone weighs 1."""
        return tuple(BY_NUMBER[number].key for number in self.terms) if len(self.terms) > 1 else ()


def encoder_spec(terms: Sequence[int], linear: bool = False) -> EncoderSpec:
    """The spec of a subset in any order."""
    return EncoderSpec(tuple(sorted(terms)), linear)


def all_subsets() -> list[tuple[int, ...]]:
    """All non-empty subsets of the terms, in the order of their bits."""
    numbers = [term.number for term in TERMS]
    chosen = itertools.product((False, True), repeat=len(numbers))
    subsets = [tuple(n for n, there in zip(numbers, reversed(bits), strict=True) if there) for bits in chosen]
    return subsets[1:]


SEARCHED_TERMS = EncoderSpec((1, 2, 3, 4))  # the published terms: the proposed model is searched with all of them
