"""What mass-univariate tests find: the power of a simulated cohort."""

import numpy as np
from scipy.stats import false_discovery_control
from scipy.stats import t as student

from cgni.cohort.confounds import residualise


def snp_region_tests(counts: np.ndarray, regions: np.ndarray, confounds: np.ndarray) -> np.ndarray:
    """Two-sided p of each SNP in a linear regression of each region on it and the confounds.

    Parameters
    ----------
    counts
        float [people, SNPs], no missing values.
    regions
        float [people, regions], mean gray matter.
    confounds
        float [people, columns], without an intercept; it is added.

    Returns
    -------
    float64 [SNPs, regions]; by Frisch, Waugh and Lovell all pairs are one product of residuals.
    """
    x, y = residualise(counts, confounds), residualise(regions, confounds)
    x /= np.maximum(np.sqrt((x**2).sum(axis=0)), 1e-12)
    y /= np.maximum(np.sqrt((y**2).sum(axis=0)), 1e-12)
    freedom = len(counts) - confounds.shape[1] - 2
    r = np.clip(x.T @ y, -1 + 1e-15, 1 - 1e-15)
    p: np.ndarray = 2 * student.sf(np.abs(r) * np.sqrt(freedom / (1 - r**2)), freedom)
    return p


def significant_pairs(p: np.ndarray, fdr: float) -> np.ndarray:
    """bool [SNPs, regions]: pairs at a false discovery rate by Benjamini and Hochberg over all pairs."""
    significant: np.ndarray = false_discovery_control(p.ravel()).reshape(p.shape) <= fdr
    return significant
