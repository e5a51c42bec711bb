"""The contracts of a fitted classifier and of what fits one."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from cgni.base.settings import Section
from cgni.classification.settings import TrainingSettings

Curve = list[dict[str, Any]]


class FittedModel(ABC):
    """A fitted classifier of WM group, which its plain state restores.

    Attributes
    ----------
    KIND : what a checkpoint calls it.
    """

    KIND: ClassVar[str]

    @abstractmethod
    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """Probability of the high group, float64 [people], of inputs float32 [people, columns]."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Plain types and tensors from which `restore` makes it again."""

    @classmethod
    @abstractmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        """The model of a `state`."""


@dataclass(frozen=True)
class Examples:
    """People that a fit looks at.

    Attributes
    ----------
    x : inputs, float32 [people, columns].
    labels : 0 low, 1 high.
    """

    x: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class FitterParts:
    """What fitters are made from.

    Attributes
    ----------
    own : the model's own section of the config.
    training : the common one.
    encoders : checkpoint of the encoders that are trained along.
    networks : weights of each fold's WM network.
    """

    own: Section | None = None
    training: TrainingSettings | None = None
    encoders: Mapping[str, Any] | None = None
    networks: Sequence[Mapping[str, Any]] | None = None


class Fitter(Protocol):
    """What fits a kind of classifier in a fold.

    Attributes
    ----------
    MODEL : the kind of model that comes out.
    """

    MODEL: ClassVar[type[FittedModel]]

    @classmethod
    def of(cls, parts: FitterParts) -> "Fitter":
        """A fitter for a model with these settings and inputs."""

    def fit(self, fit: Examples, watched: Examples | None, fold: int, seed: int) -> tuple[FittedModel, Curve]:
        """A model fitted on `fit` alone, and its learning curve (empty if it has none).

        Parameters
        ----------
        watched
            People who stop the fit or set its probabilities, where it uses any.
        fold
            Number of the fold, of which a fitter may take a network.
        """
