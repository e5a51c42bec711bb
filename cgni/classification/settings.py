"""Settings that classifiers share; each fitter has its own beside it."""

from typing import Literal

from cgni.base.settings import Section, section, setting
from cgni.networks.settings import Activation

FeatureSet = Literal[
    "imaging",
    "genetics",
    "imaging_cleaned",
    "genetics_cleaned",
    "imaging_embedding",
    "genetics_embedding",
    "genetics_hidden",
    "confounds",
]


@section("classification")
class TrainingSettings(Section):
    """How the networks of Table 1 are trained."""

    class_weights: bool = setting(default=True)
    """weight people by inverse class frequency"""
    activation: Activation = setting(default="relu")
    """between layers"""
    dropout: float = setting(default=0.2, at_least=0, below=1)
    """share of hidden units dropped while training"""
    epochs: int = setting(default=40, at_least=1)
    """passes over the fit people at most"""
    learning_rate: float = setting(default=1.0e-3, above=0, at_most=1)
    """Adam's step size"""
    weight_decay: float = setting(default=1.0e-4, at_least=0)
    """L2 penalty"""
    patience: int = setting(default=10, at_least=1)
    """epochs without progress on the monitor people before stopping"""
