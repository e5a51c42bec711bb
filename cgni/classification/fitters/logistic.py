"""Fit logistic regressions, and ridge regressions of a continuous outcome."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cgni.classification.fitters.base import Curve, Examples, FittedModel, FitterParts, ValueScale
from cgni.classification.fitters.linear_model import LinearModel, standardised
from cgni.classification.fitters.logistic_settings import LogisticSettings
from cgni.networks.scaling import Scaling


@dataclass(frozen=True)
class LogisticFitter:
    """A logistic (ridge) regression on standardised inputs; missing values become the fit people's means.

    Attributes
    ----------
    c : scikit-learn's inverse strength of the L2 penalty (of a ridge regression 1 / (2 alpha)).
    class_weights : weight people by inverse class frequency.
    """

    MODEL: ClassVar[type[FittedModel]] = LinearModel

    c: float
    class_weights: bool

    @classmethod
    def of(cls, parts: FitterParts) -> "LogisticFitter":
        """From LogisticSettings."""
        assert isinstance(parts.own, LogisticSettings) and parts.training is not None
        return cls(parts.own.c, parts.training.class_weights)

    def fit(self, fit: Examples, watched: Examples | None, fold: int, seed: int) -> tuple[LinearModel, Curve]:
        """`Fitter.fit`; nobody watches."""
        from sklearn.linear_model import LogisticRegression, Ridge  # here, because importing it costs networks seconds

        mean = np.nan_to_num(np.nanmean(fit.x, axis=0))
        filled = np.where(np.isnan(fit.x), mean, fit.x)
        scaling = Scaling.fit(filled)
        if fit.values is not None:
            scale = ValueScale.fit(fit.values)
            ridge = Ridge(alpha=1 / (2 * self.c)).fit(standardised(scaling, filled), scale.standardise(fit.values))
            return LinearModel(scaling, ridge.coef_, ridge.intercept_, scale), []
        balanced = "balanced" if self.class_weights else None
        model = LogisticRegression(C=self.c, class_weight=balanced, max_iter=1000)
        model.fit(standardised(scaling, filled), fit.labels)
        return LinearModel(scaling, model.coef_[0], model.intercept_[0]), []
