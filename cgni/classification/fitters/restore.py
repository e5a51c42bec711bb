"""Every kind of fitted model by name: a checkpoint's fold back into what it was."""

from collections.abc import Mapping
from typing import Any

from cgni.classification.fitters.base import FittedModel
from cgni.classification.fitters.encoder_head_model import EncoderHeadModel
from cgni.classification.fitters.linear_model import LinearModel
from cgni.classification.fitters.network_model import NetworkModel

MODELS: dict[str, type[FittedModel]] = {kind.KIND: kind for kind in (LinearModel, NetworkModel, EncoderHeadModel)}


def restore(state: Mapping[str, Any]) -> FittedModel:
    """The fitted model of a fold's part of a checkpoint (`classification.folds`)."""
    return MODELS[state["kind"]].restore(state["model"])
