"""Settings of a network of Table 1."""

from typing import Literal

from cgni.base.settings import Section, section, setting


@section("classification.{model}")
class NetworkSettings(Section):
    """Layers, sparsity and batches of a network with two outputs."""

    layers: tuple[int, ...] = setting(default=(250, 200, 150), at_least=1, min_items=1)
    """hidden layers"""
    l1: float = setting(default=0.0, at_least=0)
    """penalty on weights"""
    l1_layers: Literal["hidden", "all"] = setting(default="hidden")
    """which weights it is on"""
    batch_size: int = setting(default=75, at_least=4)
    """people a batch"""
