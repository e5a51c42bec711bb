"""Quality of gray-matter maps: which pass, which are worst, and what their correlation is related to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import kruskal, spearmanr

from cgni.base.errors import InputError

_FEWEST = 10  # people, to report a relation


@dataclass(frozen=True)
class Quality:
    """r of each map with the reference (float64, NaN without variance), and the reference map (x, y, z)."""

    r: np.ndarray
    reference: np.ndarray


def quality_table(
    ids: pd.Index, quality: Quality, members: np.ndarray, off: np.ndarray, threshold: float
) -> pd.DataFrame:
    """One row a packed map (`imaging.schemas.QC`); passed is r > `threshold`, and not `off` scale.

    Raises
    ------
    InputError
        Nobody passes.
    """
    table = pd.DataFrame(
        {
            "participant_id": ids,
            "r": quality.r,
            "off_scale": off,
            "passed": (quality.r > threshold) & ~off,  # a missing r does not pass
            "reference_member": members,
        }
    )
    if not table["passed"].any():
        raise InputError(
            f"imaging.qc.correlation: none of {len(table)} images has r above {threshold} with the reference "
            f"(largest {np.nanmax(quality.r, initial=-1):.3f}); check that the images are gray matter in MNI space, "
            "or lower the threshold"
        )
    return table


def worst_rows(r: np.ndarray, count: int) -> np.ndarray:
    """Rows of the `count` smallest r, those without an r first."""
    return np.argsort(np.where(np.isnan(r), -np.inf, r), kind="stable")[:count]


def relations(table: pd.DataFrame, participants: pd.DataFrame) -> pd.DataFrame:
    """How r goes with site, sex, head size and age (`imaging.schemas.QC_RELATIONS`).

    For groups the share of the variance of r between them (eta squared) with the p-value of a
    Kruskal-Wallis test, for numbers Spearman's correlation. Variables that do not vary, or are
    known for fewer than ten people with an r, are left out.

    Parameters
    ----------
    table
        participant_id and r of every map.
    participants
        participant_id, site, sex, head_size, age.
    """
    merged = table[["participant_id", "r"]].merge(participants, on="participant_id").dropna(subset="r")
    rows = []
    for variable in ("site", "sex", "head_size", "age"):
        known = merged.dropna(subset=variable)
        if len(known) < _FEWEST or known[variable].nunique() < 2 or known["r"].nunique() < 2:
            continue
        if variable in ("site", "sex"):
            groups = [group.to_numpy() for _, group in known.groupby(variable)["r"]]
            between = sum(len(group) * (group.mean() - known["r"].mean()) ** 2 for group in groups)
            value = between / ((known["r"] - known["r"].mean()) ** 2).sum()
            rows.append((variable, "eta_squared", float(value), float(kruskal(*groups).pvalue), len(known)))
        else:
            test = spearmanr(known[variable].astype(float), known["r"])
            rows.append((variable, "spearman", float(test.statistic), float(test.pvalue), len(known)))
    return pd.DataFrame(rows, columns=["variable", "statistic", "value", "p", "n"])


def attrition_rows(table: pd.DataFrame, images: Mapping[str, int], threshold: float) -> pd.DataFrame:
    """The images that were left out, and why (`cohort.schemas.ATTRITION`); and how many were changed.

    `images`: how many were listed and resampled, and had NaN as background (blank).
    """
    listed, packed, passed = images["listed"], len(table), int(table["passed"].sum())
    off = int(table["off_scale"].sum())
    changed = f"{images['resampled']} of them resampled to the common grid, {images['blank']} with NaN as background"
    steps = [
        ("listed images", 0, listed, None),
        ("not of a participant", listed - packed, packed, changed),
        ("on another scale than the others", off, packed - off, "total or range far from the median map's"),
        (f"r with the reference not above {threshold}", packed - off - passed, passed, "inside the gray-matter mask"),
    ]
    frame = pd.DataFrame(steps, columns=["step", "removed", "left", "note"])
    return frame.assign(stage="imaging", unit="images", chrom=None)
