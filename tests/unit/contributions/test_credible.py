"""Credible sets: the fit against a plain loop of the publication's algorithm, and how often they hold the cause."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from cgni.contributions.credible import SingleEffects, credible_rows, credible_sets, fit_single_effects


def _block(rng: np.random.Generator, people: int) -> np.ndarray:
    """Standardised counts of 20 to 50 linked SNPs: two mosaics of 16 haplotypes a person."""
    snps = int(rng.integers(20, 51))
    latent = rng.standard_normal((16, snps))
    for snp in range(1, snps):
        latent[:, snp] = 0.95 * latent[:, snp - 1] + np.sqrt(1 - 0.95**2) * latent[:, snp]
    haplotypes = latent < norm.ppf(rng.uniform(0.15, 0.5, snps))
    haplotypes[:2] = [[False], [True]]  # no SNP without both alleles
    weights, counts = rng.dirichlet(np.full(16, 1.5)), np.zeros((people, snps))
    for _ in range(2):
        copied = rng.choice(16, people, p=weights)
        for snp in range(snps):
            copied = np.where(rng.random(people) < 0.03, rng.choice(16, people, p=weights), copied)
            counts[:, snp] += haplotypes[copied, snp]
    counts = counts[:, counts.std(axis=0) > 0.15]
    return (counts - counts.mean(axis=0)) / counts.std(axis=0)


def _standardised(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()


def _plain(x: np.ndarray, y: np.ndarray, effects: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Algorithm 1 of Wang et al. (2020) on people's rows, with appendix B's updates of both variances."""
    people, snps = x.shape
    alpha, mean, spread = (np.zeros((effects, snps)) for _ in range(3))
    alpha[:], variance, residual = 1 / snps, np.zeros(effects), np.mean(y**2)
    for _ in range(200):
        before = alpha.copy()
        for effect in range(effects):
            left = y - sum(x @ (alpha[other] * mean[other]) for other in range(effects) if other != effect)
            slope = np.array([x[:, snp] @ left / (x[:, snp] @ x[:, snp]) for snp in range(snps)])
            error = residual / people

            def evidence(v: float, slope: np.ndarray = slope, error: float = error) -> np.ndarray:
                return norm.pdf(slope, 0, np.sqrt(v + error)) / norm.pdf(slope, 0, np.sqrt(error))

            best = minimize_scalar(lambda v: -np.log(evidence(np.exp(v)).mean()), bounds=(-20, 5), method="bounded")
            variance[effect] = np.exp(best.x) if best.fun < -1e-9 else 0.0
            factors = evidence(variance[effect])
            alpha[effect] = factors / factors.sum()
            if variance[effect]:
                spread[effect] = 1 / (1 / variance[effect] + 1 / error)
            else:
                spread[effect] = 0
            mean[effect] = spread[effect] / error * slope
        fitted = x @ (alpha * mean).sum(axis=0)
        squares = sum(
            people * (alpha[effect] * (mean[effect] ** 2 + spread[effect])).sum()
            - np.sum((x @ (alpha[effect] * mean[effect])) ** 2)
            for effect in range(effects)
        )
        residual = (np.sum((y - fitted) ** 2) + squares) / people
        if np.abs(alpha - before).max() < 1e-4:
            break
    return alpha, variance, float(residual)


def test_fit_is_that_of_a_plain_loop() -> None:
    rng = np.random.default_rng(1)
    x = _block(rng, 300)
    y = _standardised(0.35 * x[:, 3] - 0.3 * x[:, -4] + rng.standard_normal(300))
    found = fit_single_effects(x, y, 3)
    alpha, variance, residual = _plain(x, y, 3)
    assert found.converged
    assert found.alpha == pytest.approx(alpha, abs=2e-3)
    assert found.variance == pytest.approx(variance, rel=0.02, abs=1e-6)
    assert found.residual == pytest.approx(residual, rel=1e-3)
    assert (found.variance == 0).sum() == 1, "two effects were planted and three asked for"
    assert found.pip == pytest.approx(1 - (1 - alpha[variance > 0]).prod(axis=0), abs=5e-3)


def test_an_effect_of_an_unlinked_snp_is_found_alone() -> None:
    rng = np.random.default_rng(2)
    x = rng.standard_normal((2000, 10))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    found = fit_single_effects(x, _standardised(0.3 * x[:, 7] + rng.standard_normal(2000)), 5)
    own = credible_sets(found, x.T @ x / len(x), 0.95, 0.5)
    assert [credible.snps for credible in own] == [(7,)] and own[0].purity == pytest.approx(1)
    assert found.pip[7] == pytest.approx(1, abs=1e-3)


def test_noise_has_no_set() -> None:
    """Of 40 blocks of noise hardly any gives a set; the prior variance of every effect is 0 in most."""
    sets = 0
    for seed in range(40):
        rng = np.random.default_rng([3, seed])
        x = _block(rng, 500)
        fit = fit_single_effects(x, _standardised(rng.standard_normal(500)), 5)
        sets += len(credible_sets(fit, x.T @ x / len(x), 0.95, 0.5))
    assert sets <= 2


def test_sets_hold_the_cause_as_often_as_they_say() -> None:
    """150 blocks, one or two causal SNPs of 1.5 % of the variance each: .95 of the sets cover, less 2 SE at most."""
    covered, sizes = [], []
    for seed in range(150):
        rng = np.random.default_rng([4, seed])
        x = _block(rng, 1000)
        causal = rng.choice(x.shape[1], 1 + seed % 2, replace=False)
        y = _standardised(x[:, causal] @ rng.choice([-0.125, 0.125], len(causal)) + rng.standard_normal(1000))
        for own in credible_sets(fit_single_effects(x, y, 5), x.T @ x / len(x), 0.95, 0.5):
            covered.append(bool(set(own.snps) & set(causal.tolist())))
            sizes.append(len(own.snps))
    assert len(covered) > 80
    assert np.mean(covered) >= 0.95 - 2 * np.sqrt(0.05 * 0.95 / len(covered))
    assert np.mean(sizes) > 2, "the blocks are linked closely enough for sets to mean something"


def test_rows_of_sets_that_share_a_snp() -> None:
    alpha = np.array([[0.6, 0.4, 0.0, 0.0], [0.0, 0.3, 0.7, 0.0], [0.25, 0.25, 0.25, 0.25]])
    fit = SingleEffects(alpha, np.array([0.1, 0.1, 0.0]), 0.9, True)
    correlation = np.full((4, 4), 0.8) + 0.2 * np.eye(4)
    table = credible_rows(fit, credible_sets(fit, correlation, 0.95, 0.5), ["a", "b", "c", "d"])
    # by hand: the third effect is none; b is of both sets and counts to the first; its pip is 1 - .6 x .7
    assert table["pip"].tolist() == pytest.approx([0.6, 0.58, 0.7, 0.0])
    assert table["set"].tolist() == [1, 1, 2, 0]
    assert table["purity"].tolist()[:3] == pytest.approx([0.8] * 3) and np.isnan(table["purity"].iloc[3])
    assert table["lead"].tolist() == [True, False, True, False]
    assert not credible_sets(fit, np.eye(4), 0.95, 0.5), "unlinked SNPs in one set say nothing"
