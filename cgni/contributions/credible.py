"""Credible sets of SNPs within a block: the sum of single effects (SuSiE; Wang et al. 2020)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

_ITERATIONS, _TOLERANCE = 200, 1e-4
_LOG_VARIANCES = (-20.0, 5.0)  # of an effect, in units of the standardised target's variance
_NO_EFFECT = 1e-8  # a prior variance below this is none


@dataclass(frozen=True, eq=False)
class SingleEffects:
    """A fitted sum of single effects.

    Attributes
    ----------
    alpha : float64 [effects, SNPs], each effect's distribution over SNPs.
    variance : float64 [effects], prior variance of each; 0: the data show no such effect.
    residual : variance of the target that is left.
    converged : before the last allowed round.
    """

    alpha: np.ndarray
    variance: np.ndarray
    residual: float
    converged: bool

    @property
    def pip(self) -> np.ndarray:
        """Posterior probability [SNPs] that a SNP carries one of the effects."""
        none = np.where(self.variance[:, None] > _NO_EFFECT, 1 - self.alpha, 1.0)
        inclusion: np.ndarray = 1 - none.prod(axis=0)
        return inclusion


@dataclass(frozen=True)
class CredibleSet:
    """SNPs (column numbers, the likeliest first) of which one carries an effect, and their least absolute r."""

    snps: tuple[int, ...]
    purity: float


def fit_single_effects(x: np.ndarray, y: np.ndarray, effects: int) -> SingleEffects:
    """Iterative Bayesian stepwise selection: each effect in turn is fitted to what the others leave.

    Every SNP has the same prior probability. An effect's prior variance maximises its own marginal
    likelihood, and is 0 where no effect explains the data as well; the residual variance is the
    expected mean square.

    Parameters
    ----------
    x
        float64 [people, SNPs], columns with mean 0 and mean square 1 (or all 0); unrelated people.
    y
        float64 [people], mean 0 and mean square 1.
    effects
        Most effects in the block.
    """
    people, snps = x.shape
    xx, xy, effects = x.T @ x, x.T @ y, min(effects, snps)
    alpha = np.full((effects, snps), 1 / snps)
    mean, square = np.zeros((effects, snps)), np.zeros((effects, snps))
    variance, residual, converged = np.zeros(effects), float(y @ y) / people, False
    for _ in range(_ITERATIONS):
        before = alpha.copy()
        for own in range(effects):
            others = (alpha * mean).sum(axis=0) - alpha[own] * mean[own]
            slope = (xy - xx @ others) / people
            variance[own] = _prior_variance(slope, residual / people)
            alpha[own], mean[own], square[own] = _single_effect(slope, residual / people, variance[own])
        residual = _residual_variance(float(y @ y), xx, xy, alpha * mean, (alpha * square).sum() * people) / people
        converged = bool(np.abs(alpha - before).max() < _TOLERANCE)
        if converged:
            break
    return SingleEffects(alpha, variance, residual, converged)


def credible_sets(
    fit: SingleEffects, correlation: np.ndarray, coverage: float, least_purity: float
) -> list[CredibleSet]:
    """Each effect's smallest set of SNPs with a total probability of `coverage`, those of linked SNPs only.

    Parameters
    ----------
    correlation
        float [SNPs, SNPs].
    least_purity
        Sets with a pair of SNPs below this absolute correlation say nothing and are left out.
    """
    found: dict[frozenset[int], CredibleSet] = {}
    for own in np.flatnonzero(fit.variance > _NO_EFFECT):
        order = np.argsort(-fit.alpha[own], kind="stable")
        size = int(np.searchsorted(np.cumsum(fit.alpha[own][order]), coverage - 1e-12)) + 1
        chosen = order[:size]
        purity = float(np.abs(correlation[np.ix_(chosen, chosen)]).min())
        if purity >= least_purity:
            found.setdefault(frozenset(chosen.tolist()), CredibleSet(tuple(chosen.tolist()), purity))
    return list(found.values())


def credible_rows(fit: SingleEffects, sets: Sequence[CredibleSet], variants: Sequence[str]) -> pd.DataFrame:
    """Every SNP of a block with its inclusion probability and its set (`set` to `lead` of `schemas_claims.CREDIBLE`).

    A SNP of two sets counts to the first.
    """
    pip = fit.pip
    table = pd.DataFrame({"set": 0, "variant_id": list(variants), "pip": pip, "purity": np.nan, "lead": False})
    for number, own in enumerate(sets, start=1):
        free = [snp for snp in own.snps if table.at[snp, "set"] == 0]
        table.loc[free, ["set", "purity"]] = [number, own.purity]
        if free:
            table.loc[max(free, key=lambda snp: pip[snp]), "lead"] = True
    return table


def _log_bayes_factors(slope: np.ndarray, error: float, variance: float) -> np.ndarray:
    """Of an effect of each SNP with the prior `variance` against none; `error`: a slope's sampling variance."""
    shrunk: np.ndarray = 0.5 * (np.log(error / (error + variance)) + slope**2 / error * variance / (variance + error))
    return shrunk


def _prior_variance(slope: np.ndarray, error: float) -> float:
    def loss(log_variance: float) -> float:
        return -_log_sum(_log_bayes_factors(slope, error, np.exp(log_variance)))

    best = minimize_scalar(loss, bounds=_LOG_VARIANCES, method="bounded")
    return float(np.exp(best.x)) if -best.fun > np.log(len(slope)) + 1e-9 else 0.0


def _single_effect(slope: np.ndarray, error: float, variance: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Posterior probabilities of the SNPs, and mean and mean square of the effect of each."""
    evidence = _log_bayes_factors(slope, error, variance)
    spread = variance * error / (variance + error)
    mean = spread / error * slope
    return np.exp(evidence - _log_sum(evidence)), mean, mean**2 + spread


def _log_sum(logarithms: np.ndarray) -> float:
    """Logarithm of the sum; scipy's takes ten times as long on as few values."""
    largest = logarithms.max()
    return float(largest + np.log(np.exp(logarithms - largest).sum()))


def _residual_variance(yy: float, xx: np.ndarray, xy: np.ndarray, means: np.ndarray, squares: float) -> float:
    """Expected residual sum of squares; `means` [effects, SNPs], `squares` the sum of the effects' own."""
    total = means.sum(axis=0)
    own = np.einsum("ej,jk,ek->", means, xx, means)
    return float(yy - 2 * total @ xy + total @ xx @ total - own + squares)
