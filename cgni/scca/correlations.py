"""Pearson correlations between the columns of two arrays of the same people."""

import numpy as np


def variate_correlations(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Pearson r [columns] of each pair of columns of [people, columns]; 0 where one is constant."""
    a, b = first - first.mean(axis=0), second - second.mean(axis=0)
    scale = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    r: np.ndarray = np.divide((a * b).sum(axis=0), scale, out=np.zeros(a.shape[1]), where=scale > 1e-12)
    return r


def cross_correlations(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Pearson r [columns of the first, of the second] of every column with every column; 0 where one is constant."""
    r: np.ndarray = standardised(first).T @ standardised(second) / len(first)
    return r


def standardised(values: np.ndarray) -> np.ndarray:
    """Columns [people, columns] with mean 0 and SD 1; constant ones are 0."""
    centred = values - values.mean(axis=0)
    scaled: np.ndarray = centred / np.maximum(centred.std(axis=0), 1e-12)
    return scaled
