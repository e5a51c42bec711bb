"""Settings of the transfer to working memory."""

from collections.abc import Mapping
from typing import Any

from cgni.base.settings import Section, section, setting

# what a candidate may change, with the bounds of the keys themselves
_CANDIDATE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "transfer_blocks": {"type": "integer", "minimum": 0},
        "freeze": {"type": "boolean"},
        "self_transfer_rounds": {"type": "integer", "minimum": 0, "maximum": 10},
        "dropout": {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
        "batch_size": {"type": "integer", "minimum": 4},
        "learning_rate": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "weight_decay": {"type": "number", "minimum": 0},
    },
}


@section("transfer")
class TransferSettings(Section):
    """The imaging network, trained on the outcome from the brain-age network's first blocks on."""

    transfer_blocks: int | tuple[int, ...] = setting(default=2, at_least=0, min_items=1, unique=True)
    """first blocks taken over from the brain-age network; of a list such as [0, 1, 2, 3] all are trained, and each fold
    keeps the best on its monitor people"""
    freeze: bool = setting(default=False)
    """keep the taken blocks fixed"""
    self_transfer_rounds: int = setting(default=0, at_least=0, at_most=10)
    """restarts from the first blocks of the fold's best network (our reading of the publication, unverified)"""
    class_weights: bool = setting(default=True)
    """weight the loss by inverse class frequency"""
    dropout: float | None = setting(default=None, at_least=0, below=1)
    """share of the features dropped before the head while training; null: that of the brain-age network"""
    batch_size: int = setting(default=25, at_least=4)
    """people a batch"""
    epochs: int = setting(default=12, at_least=1)
    """passes over the fit people at most"""
    learning_rate: float = setting(default=1.0e-3, above=0, at_most=1)
    """Adam's step size"""
    weight_decay: float = setting(default=1.0e-4, at_least=0)
    """L2 penalty"""
    patience: int = setting(default=6, at_least=1)
    """epochs without progress on the monitor people before stopping"""
    candidates: tuple[Mapping[str, Any], ...] = setting(
        default=(), schema={"type": "array", "uniqueItems": True, "items": _CANDIDATE}
    )
    """settings to try in the place of those above, such as [{learning_rate: 1.0e-3}, {learning_rate: 1.0e-4, dropout:
    0.5}]; each fold trains all of them and keeps the best on its monitor people; []: those above"""
