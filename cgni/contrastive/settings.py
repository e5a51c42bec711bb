"""Settings of the contrastive encoders."""

from collections.abc import Mapping
from typing import Any, Literal

from cgni.base.settings import AUTO, Section, section, setting
from cgni.base.views import VIEWS
from cgni.contrastive.terms import TERMS
from cgni.networks.settings import Activation

_SUBSET: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": {"enum": [term.number for term in TERMS]},
}
_SUBSETS = {"type": "array", "minItems": 1, "items": _SUBSET}


@section("contrastive")
class ContrastiveSettings(Section):
    """Encoders of the imaging features and of the allele counts into one latent space."""

    subsets: Literal["all"] | tuple[tuple[int, ...], ...] = setting(
        default=((1,), (4,), (1, 2, 4)),
        schema={"oneOf": [{"const": "all"}, _SUBSETS]},
    )
    """loss terms of each pair of encoders; the published terms: 1 = imaging against genetics, 2 = genetics against
    imaging, 3 = imaging, 4 = genetics, by class; all: every subset of the terms"""
    linear_subset: tuple[int, ...] | None = setting(default=None, schema={"oneOf": [{"type": "null"}, _SUBSET]})
    """terms of a baseline whose genetic encoder is one linear layer; null: none"""
    weights: Mapping[str, float] = setting(default={term.key: term.weight for term in TERMS}, at_least=0, at_most=1)
    """of each term by its views; a term alone weighs 1"""
    include_positive: bool = setting(default=AUTO)
    """the positive pair in the denominator of (1) and (2)"""
    reduction: Literal["mean", "sum"] = setting(default=AUTO)
    """over the batch"""
    normalise: bool = setting(default=True)
    """embeddings on the unit sphere; false is unbounded below and guarded"""
    temperature: float = setting(default=1.0, above=0)
    """what similarities are divided by"""
    outcome_bandwidth: float = setting(default=0.5, above=0)
    """of the kernel by which people of near values attract each other in (3) and (4), in SD of a continuous outcome"""
    layers: Mapping[str, tuple[int, ...]] = setting(default={view: (100,) for view in VIEWS}, at_least=1, min_items=1)
    """of each encoder; one linear layer each: with some 400 people deep encoders memorise (docs/methods); the published
    layers stand in config.ukb.yaml"""
    activation: Activation = setting(default="relu")
    """between layers"""
    dropout: float = setting(default=0.0, at_least=0, below=1)
    """share of hidden units dropped while training"""
    l1: float = setting(default=0.0, at_least=0)
    """penalty on hidden weights"""
    optimiser: Literal["adam", "adamw"] = setting(default="adam")
    """adam, or adamw: weight decay apart from the gradient (Loshchilov & Hutter 2019)"""
    batch_size: int = setting(default=50, at_least=4)
    """people a batch"""
    epochs: int = setting(default=30, at_least=1)
    """passes over the fit people at most"""
    learning_rate: float = setting(default=1.0e-3, above=0, at_most=1)
    """Adam's step size"""
    weight_decay: float = setting(default=0.1, at_least=0)
    """L2 penalty, or decay a step with adamw"""
    patience: int = setting(default=10, at_least=1)
    """epochs without progress on the monitor people before stopping"""
