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
    """A fitted model of the outcome, which its plain state restores.

    Attributes
    ----------
    KIND : what a checkpoint calls it.
    """

    KIND: ClassVar[str]

    @abstractmethod
    def predict(self, x: np.ndarray) -> np.ndarray:
        """Probability of the high group, or the value, float64 [people], of inputs float32 [people, columns]."""

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
    labels : 0 low, 1 high; of a continuous outcome in which half of the cohort its value lies.
    values : of a continuous outcome, float64 [people]; None: the labels are what is learnt.
    """

    x: np.ndarray
    labels: np.ndarray
    values: np.ndarray | None = None


@dataclass(frozen=True)
class ValueScale:
    """Mean and SD of the outcome among fit people: networks and linear models learn standardised values."""

    mean: float
    sd: float

    @classmethod
    def fit(cls, values: np.ndarray) -> "ValueScale":
        """From the fit people's values; the SD of one value alone is 1."""
        return cls(float(values.mean()), float(values.std()) or 1.0)

    @classmethod
    def of(cls, state: Mapping[str, float] | None) -> "ValueScale | None":
        """From what `state` gave; None of groups."""
        return None if state is None else cls(state["mean"], state["sd"])

    def standardise(self, values: np.ndarray) -> np.ndarray:
        """float32, as a loss compares outputs with them."""
        return ((values - self.mean) / self.sd).astype(np.float32)

    def values(self, outputs: np.ndarray) -> np.ndarray:
        """Standardised outputs in the outcome's unit, float64."""
        return self.mean + self.sd * outputs.astype(np.float64)

    def state(self) -> dict[str, float]:
        """Plain numbers for a checkpoint."""
        return {"mean": self.mean, "sd": self.sd}


def scale_state(scale: ValueScale | None) -> dict[str, Any]:
    """What a checkpoint says of the scale: nothing of groups."""
    return {} if scale is None else {"values": scale.state()}


@dataclass(frozen=True)
class FitterParts:
    """What fitters are made from.

    Attributes
    ----------
    own : the model's own section of the config.
    training : the common one.
    encoders : checkpoint of the encoders that are trained along.
    networks : checkpoint of each fold's network of the outcome.
    """

    own: Section | None = None
    training: TrainingSettings | None = None
    encoders: Mapping[str, Any] | None = None
    networks: Sequence[Mapping[str, Any]] | None = None


class Fitter(Protocol):
    """What fits a kind of model in a fold.

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
