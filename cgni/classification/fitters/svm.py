"""Fit linear support vector machines, and support vector regressions of a continuous outcome."""

from dataclasses import dataclass
from typing import ClassVar

from cgni.classification.fitters.base import Curve, Examples, FittedModel, FitterParts, ValueScale
from cgni.classification.fitters.linear_model import LinearModel, standardised
from cgni.classification.fitters.svm_settings import SvmSettings
from cgni.networks.scaling import Scaling

_EPSILON = 0.1  # SD of the outcome within which an error counts nothing


@dataclass(frozen=True)
class SvmFitter:
    """A linear SVM on standardised inputs; Platt's probabilities from the monitor people when there are some.

    Attributes
    ----------
    c : inverse strength of the penalty; class_weights : weight people by inverse class frequency.
    """

    MODEL: ClassVar[type[FittedModel]] = LinearModel

    c: float
    class_weights: bool

    @classmethod
    def of(cls, parts: FitterParts) -> "SvmFitter":
        """From SvmSettings."""
        assert isinstance(parts.own, SvmSettings) and parts.training is not None
        return cls(parts.own.c, parts.training.class_weights)

    def fit(self, fit: Examples, watched: Examples | None, fold: int, seed: int) -> tuple[LinearModel, Curve]:
        """`Fitter.fit`."""
        from sklearn.linear_model import LogisticRegression  # here, because importing it costs networks seconds
        from sklearn.svm import LinearSVC, LinearSVR

        balanced = "balanced" if self.class_weights else None
        scaling = Scaling.fit(fit.x)
        if fit.values is not None:
            scale = ValueScale.fit(fit.values)
            svr = LinearSVR(C=self.c, epsilon=_EPSILON, max_iter=5000, random_state=seed % 2**32)
            svr.fit(standardised(scaling, fit.x), scale.standardise(fit.values))
            return LinearModel(scaling, svr.coef_, float(svr.intercept_[0]), scale), []
        svm = LinearSVC(C=self.c, max_iter=5000, class_weight=balanced, random_state=seed % 2**32)
        svm.fit(standardised(scaling, fit.x), fit.labels)
        shown = watched or fit
        decision = svm.decision_function(standardised(scaling, shown.x))[:, None]
        platt = LogisticRegression(class_weight=balanced).fit(decision, shown.labels)
        slope, offset = platt.coef_[0, 0], platt.intercept_[0]
        return LinearModel(scaling, slope * svm.coef_[0], slope * svm.intercept_[0] + offset), []
