"""How like two maps are."""

import numpy as np


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's r of two arrays of one shape; NaN where one does not vary."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def likeness_of(values: np.ndarray, reference: np.ndarray, inside: np.ndarray) -> dict[str, float]:
    """r of a map with the template's gray matter, everywhere and `inside` its mask, as `imaging.schemas.T1_QUALITY`."""
    return {
        "r_template": correlation(values, reference),
        "r_template_in_mask": correlation(values[inside], reference[inside]),
    }
