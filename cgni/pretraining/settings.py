"""Settings of the brain-age pretraining."""

from typing import Literal

from cgni.base.settings import Section, section, setting


@section("pretraining")
class PretrainingSettings(Section):
    """The imaging network, trained on brain age."""

    output: Literal["regression", "bins"] = setting(default="regression")
    """regression (squared error), or bins: soft labels over age bins (SFCN)"""
    bin_years: float = setting(default=1.0, above=0)
    """width of those bins"""
    channels: tuple[int, ...] = setting(default=(8, 16, 32), at_least=1, min_items=1)
    """output channels, one entry a block"""
    kernel: int = setting(default=3, at_least=1, at_most=7)
    """edge of the convolution kernels in voxels"""
    dropout: float = setting(default=0.2, at_least=0, below=1)
    """share of the features dropped before the head while training"""
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
