"""Latent factors, confounds and the working-memory score, with planted strengths."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from cgni.simulation.settings import SimulatedTraitsSettings, SimulationSettings


def factor_values(
    genotypes: np.ndarray, factors: np.ndarray, snp_share: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Factors F_f = sum of beta times standardised allele counts, plus noise; unit variance.

    Parameters
    ----------
    genotypes : [people, causal SNPs].
    factors : int [causal SNPs], the factor of each.
    snp_share : share of a factor's variance that one SNP explains (at most 0.1).

    Returns
    -------
    values : float [people, factors].
    betas : float [causal SNPs], signed.
    """
    standard = (genotypes - genotypes.mean(axis=0)) / genotypes.std(axis=0)
    betas = np.sqrt(snp_share) * rng.choice([-1.0, 1.0], len(factors))
    values = np.empty((len(genotypes), factors.max() + 1))
    for factor in range(values.shape[1]):
        genetic = standard[:, factors == factor] @ betas[factors == factor]
        rest = np.sqrt(max(1 - (factors == factor).sum() * snp_share, 0.0))
        values[:, factor] = genetic + rest * rng.standard_normal(len(genotypes))
    return values / values.std(axis=0), betas


def draw_confounds(population: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Age at imaging (45-80 years), sex (1 male), site, head size (UKB scaling, about 1.3) and ancestry."""
    people = len(population)
    sex = rng.integers(0, 2, people)
    return pd.DataFrame(
        {
            "age": np.clip(rng.normal(63.5, 7.5, people), 45, 80),
            "sex": sex,
            "site": rng.choice([11025, 11026, 11027], people, p=[0.5, 0.2, 0.3]),
            "head_size": rng.normal(1.30, 0.10, people) - 0.11 * (sex - 0.5),
            "population": population,
        }
    )


def wm_scores(
    factors: np.ndarray, confounds: pd.DataFrame, settings: SimulationSettings, rng: np.random.Generator
) -> np.ndarray:
    """Digits remembered (2-12), int [people].

    A unit-variance liability holds `factor_share * effect_scale**2` of its variance from the
    factors (equally), the confounds with their own strengths (correlations; age through the gap in
    years between the groups), and noise; quantiles cut it into digits.

    Parameters
    ----------
    factors : float [people, factors], unit variance.
    confounds : age, sex, site, head_size and population of each.
    settings : its scales and its part `traits` are read.
    """
    traits, people = settings.traits, len(confounds)
    liability = settings.effect_scale * np.sqrt(traits.factor_share / factors.shape[1]) * factors.sum(axis=1)
    for strength, values in _confound_effects(confounds, traits):
        liability = liability + settings.confound_scale * strength * (values - values.mean()) / max(values.std(), 1e-9)
    noise = np.sqrt(max(1 - liability.var(), 0.05))
    liability = liability + noise * rng.standard_normal(people)
    rank = liability.argsort().argsort() / people
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
    """Correlation with the liability and values of age, sex, the second site, head size and ancestry."""
    age = confounds["age"].to_numpy()
    separation = _tail_mean(traits.high_share) + _tail_mean(traits.low_share)
    return [
        (-traits.age_gap / (age.std() * separation), age),
        (traits.sex_effect, confounds["sex"].to_numpy(float)),
        (traits.site_effect, (confounds["site"] == 11026).to_numpy(float)),
        (traits.head_size_effect, confounds["head_size"].to_numpy()),
        (-traits.ancestry_effect, confounds["population"].to_numpy(float)),
    ]


def _tail_mean(share: float) -> float:
    """Mean of a standard normal variable in its upper tail of probability `share`."""
    return float(norm.pdf(norm.ppf(1 - share)) / share)
