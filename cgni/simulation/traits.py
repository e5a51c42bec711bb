"""Latent factors, confounds and the working-memory score, with planted strengths."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from cgni.simulation.people import Pedigree
from cgni.simulation.settings import SimulatedTraitsSettings, SimulationSettings

# the WM groups: digits remembered
LOW_DIGITS, HIGH_DIGITS = 5, 9
# years from which the quadratic effect of age is counted
MIDDLE_AGE = 63.5


def snp_shares(factors: np.ndarray, traits: SimulatedTraitsSettings) -> np.ndarray:
    """Share of its factor's variance that each causal SNP explains, float [causal SNPs].

    All have `snp_share`, or those of a factor are spread evenly in logarithm from `smallest_snp_share` to it.
    """
    largest, smallest = traits.snp_share, min(traits.smallest_snp_share or traits.snp_share, traits.snp_share)
    shares = np.empty(len(factors))
    for factor in np.unique(factors):
        own = np.flatnonzero(factors == factor)
        shares[own] = np.geomspace(largest, smallest, len(own))
    return shares


def factor_values(
    genotypes: np.ndarray, factors: np.ndarray, shares: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Factors F_f = sum of beta times standardised allele counts, plus noise; unit variance.

    Parameters
    ----------
    genotypes : [people, causal SNPs].
    factors : int [causal SNPs], the factor of each.
    shares : float [causal SNPs], share of the factor's variance that each explains.

    Returns
    -------
    values : float [people, factors].
    betas : float [causal SNPs], signed.
    """
    standard = (genotypes - genotypes.mean(axis=0)) / genotypes.std(axis=0)
    betas = np.sqrt(shares) * rng.choice([-1.0, 1.0], len(factors))
    values = np.empty((len(genotypes), factors.max() + 1))
    for factor in range(values.shape[1]):
        own = factors == factor
        rest = np.sqrt(max(1 - shares[own].sum(), 0.0))
        values[:, factor] = standard[:, own] @ betas[own] + rest * rng.standard_normal(len(genotypes))
    return values / values.std(axis=0), betas


def wm_loading(factors: int, settings: SimulationSettings) -> float:
    """Effect of each factor on the WM liability, in SD."""
    return float(settings.wm_scale * np.sqrt(settings.traits.factor_share / factors))


def draw_confounds(pedigree: Pedigree, rng: np.random.Generator) -> pd.DataFrame:
    """Age at imaging (45-80 years), sex (1 male), site, head size (UKB scaling, about 1.3), population and cline."""
    people = len(pedigree.population)
    sex = rng.integers(0, 2, people)
    return pd.DataFrame(
        {
            "age": np.clip(rng.normal(MIDDLE_AGE, 7.5, people), 45, 80),
            "sex": sex,
            "site": rng.choice([11025, 11026, 11027], people, p=[0.5, 0.2, 0.3]),
            "head_size": rng.normal(1.30, 0.10, people) - 0.11 * (sex - 0.5),
            "population": pedigree.population,
            "cline": pedigree.cline,
        }
    )


def wm_liability(
    factors: np.ndarray,
    polygenic: np.ndarray,
    confounds: pd.DataFrame,
    settings: SimulationSettings,
    rng: np.random.Generator,
) -> np.ndarray:
    """What makes the working-memory score, float [people].

    A unit-variance liability holds `factor_share * wm_scale**2` of its variance from the
    factors (equally), the polygenic score, the confounds with their own strengths (correlations; age through the
    gap in years between the groups), and noise.

    Parameters
    ----------
    factors : float [people, factors], unit variance.
    polygenic : float [people], as large as it is to be.
    confounds : age, sex, site, head_size, population and cline of each.
    settings : its scales and its part `traits` are read.
    """
    liability = wm_loading(factors.shape[1], settings) * factors.sum(axis=1) + polygenic
    for strength, values in _confound_effects(confounds, settings.traits):
        liability = liability + settings.confound_scale * strength * (values - values.mean()) / max(values.std(), 1e-9)
    noise = np.sqrt(max(1 - liability.var(), 0.05))
    whole: np.ndarray = liability + noise * rng.standard_normal(len(confounds))
    return whole


def scores_of(liability: np.ndarray, traits: SimulatedTraitsSettings) -> np.ndarray:
    """The score that people are given, int [people]: digits remembered, or points of `traits.points`.

    Points follow a normal distribution whose three SD reach from the middle to the ends.
    """
    if traits.points is None:
        return digits_remembered(liability, traits)
    lowest, highest = traits.points
    rank = (liability.argsort().argsort() + 0.5) / len(liability)
    points: np.ndarray = np.rint((lowest + highest) / 2 + norm.ppf(rank) * (highest - lowest) / 6)
    return points.clip(lowest, highest).astype(int)


def later_scores(
    scores: np.ndarray, factors: np.ndarray, traits: SimulatedTraitsSettings, rng: np.random.Generator
) -> np.ndarray:
    """The score at the second imaging visit, int [people]: practice, decline by the last factor, and chance.

    Parameters
    ----------
    scores : int [people], at the visits before.
    factors : float [people, factors], unit variance.
    """
    if traits.change_sd == 0 and traits.practice == 0:
        return scores
    chance = rng.standard_normal(len(scores))
    change = np.sqrt(1 - traits.change_share) * chance - np.sqrt(traits.change_share) * factors[:, -1]
    later = np.rint(scores + traits.practice + traits.change_sd * change)
    lowest, highest = traits.points or (2, 12)
    clipped: np.ndarray = later.clip(lowest, highest).astype(int)
    return clipped


def digits_remembered(liability: np.ndarray, traits: SimulatedTraitsSettings) -> np.ndarray:
    """Digits (2-12), int [people]: quantiles of the liability, with the shares of the groups."""
    rank = liability.argsort().argsort() / len(liability)
    low, high = traits.low_share, traits.high_share
    middle = 1 - low - high
    cuts = np.r_[
        low * np.array([0.05, 0.2, 0.5, 1.0]),
        low + middle * np.array([0.33, 0.67, 1.0]),
        1 - high * np.array([0.4, 0.12, 0.03]),
    ]
    digits: np.ndarray = 2 + np.searchsorted(cuts, rank, side="right")
    return digits


def _confound_effects(confounds: pd.DataFrame, traits: SimulatedTraitsSettings) -> list[tuple[float, np.ndarray]]:
    """Correlation with the liability and values of each confound."""
    age = confounds["age"].to_numpy()
    separation = _tail_mean(traits.high_share) + _tail_mean(traits.low_share)
    return [
        (-traits.age_gap / (age.std() * separation), age),
        (traits.age_squared_effect, (age - MIDDLE_AGE) ** 2),
        (traits.sex_effect, confounds["sex"].to_numpy(float)),
        (traits.site_effect, (confounds["site"] == 11026).to_numpy(float)),
        (traits.head_size_effect, confounds["head_size"].to_numpy()),
        (-traits.ancestry_effect, confounds["population"].to_numpy(float)),
        (traits.cline_effect, confounds["cline"].to_numpy()),
    ]


def _tail_mean(share: float) -> float:
    """Mean of a standard normal variable in its upper tail of probability `share`."""
    return float(norm.pdf(norm.ppf(1 - share)) / share)
