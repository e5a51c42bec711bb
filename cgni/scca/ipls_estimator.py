"""The covariance form of IPLS as an estimator of cca-zoo."""

import logging
import warnings

import numpy as np
from cca_zoo.sparse import IPLSCCA
from numpy.typing import ArrayLike
from sklearn.exceptions import ConvergenceWarning

from cgni.scca.ipls import Covariances, fit_ipls


class CovarianceIPLSCCA(IPLSCCA):
    """`cca_zoo.sparse.IPLSCCA` of two views, computed on their covariances.

    Takes IPLSCCA's parameters and has its interface (`transform`, `score`, `predict`, per-view
    penalties in cca-zoo's searches). `random_state` has no effect: nothing is drawn.

    Attributes
    ----------
    weights_ : weights [features, n_components_] of each view.
    n_components_ : components that have weights; fewer than asked for where the penalty kills one.
    converged_ : bool [n_components_].
    n_iter_ : most iterations run by any component.
    """

    def fit(self, views: list[ArrayLike], y: None = None) -> "CovarianceIPLSCCA":
        """Fit the model to two arrays [people, features].

        Raises
        ------
        ValueError
            Not two views, or a penalty so large that not even one component has weights.
        """
        centred = self._setup_fit(views)
        if self.n_views_ != 2:
            raise ValueError(f"{type(self).__name__} takes 2 views, got {self.n_views_}.")
        alpha, ratio = _two(self.alpha), _two(self.l1_ratio)
        fit = fit_ipls(Covariances.of(*centred), self.n_components, alpha, ratio, self.max_iter, self.tol)
        if not fit.converged.size:
            raise ValueError(f"alpha={self.alpha} sets all weights of view {fit.died} to zero; use a smaller one.")
        if fit.died:
            logging.info("%d of %d components have weights at these penalties", fit.converged.size, self.n_components)
        if not fit.converged.all():
            warnings.warn(
                f"{type(self).__name__} did not converge in max_iter={self.max_iter} iterations.",
                ConvergenceWarning,
                stacklevel=2,
            )
        self.converged_ = fit.converged
        self.n_iter_ = int(fit.iterations.max())
        self.weights_: list[np.ndarray] = [fit.x, fit.y]
        self._fit_maps_and_importances(centred)
        return self


def _two(value: float | list[float]) -> tuple[float, float]:
    first, second = value if isinstance(value, list | tuple | np.ndarray) else (value, value)
    return float(first), float(second)
