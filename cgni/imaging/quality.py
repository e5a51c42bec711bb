"""Quality of gray-matter maps: which pass, which are worst, and what their correlation is related to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import kruskal, spearmanr

from cgni.base.errors import InputError
from cgni.imaging.settings import ImageQcSettings

_FEWEST = 10  # people, to report a relation
_NORMAL = 1.4826  # standard deviation of a normal distribution by its median absolute deviation
_LEAST_DEVIATION = 0.005


@dataclass(frozen=True)
class Quality:
    """How maps agree with the reference map (x, y, z).

    Attributes
    ----------
    r, r_image : r of each map with it inside the mask, and over the whole image (float64, NaN without variance).
    """

    r: np.ndarray
    r_image: np.ndarray
    reference: np.ndarray


def lowest_r(r: np.ndarray, settings: ImageQcSettings) -> float:
    """The r inside the mask below which a map is an outlier of the reference people's `r`; -1 where nothing is.

    Median minus `deviations` times 1.4826 times the median absolute deviation (3.5: Iglewicz & Hoaglin 1993), but at
    least 0.005 a deviation: maps that hardly differ have no outliers among them.
    """
    known = r[~np.isnan(r)]
    if settings.deviations is None or not len(known):
        return -1.0
    middle = float(np.median(known))
    deviation = max(_NORMAL * float(np.median(np.abs(known - middle))), _LEAST_DEVIATION)
    return max(middle - settings.deviations * deviation, -1.0)


def deciding_r(table: pd.DataFrame, settings: ImageQcSettings) -> tuple[str, float]:
    """The column of `imaging.schemas.QC` that is the stricter to a map, and its lowest r that passes."""
    if settings.deviations is None:
        return "r_image", settings.correlation
    return "r", lowest_r(table.loc[table["reference_member"], "r"].to_numpy(), settings)


def quality_table(
    ids: pd.Index, quality: Quality, members: np.ndarray, off: np.ndarray, settings: ImageQcSettings
) -> pd.DataFrame:
    """One row a packed map (`imaging.schemas.QC`).

    Passed are maps whose r over the whole image is above `correlation` and whose r inside the mask is no outlier
    (`lowest_r` of the `members`), and that are not `off` scale.

    Raises
    ------
    InputError
        Nobody passes.
    """
    like_reference = quality.r_image > settings.correlation
    no_outlier = quality.r >= lowest_r(quality.r[members], settings)
    table = pd.DataFrame(
        {
            "participant_id": ids,
            "r": quality.r,
            "r_image": quality.r_image,
            "off_scale": off,
            "passed": like_reference & no_outlier & ~off,  # a missing r does not pass
            "reference_member": members,
        }
    )
    if not table["passed"].any():
        raise InputError(
            f"imaging.qc.correlation: none of {len(table)} images has r above {settings.correlation} with the "
            f"reference (largest {np.nanmax(quality.r_image, initial=-1):.3f}); check that the images are gray "
            "matter in MNI space, or lower the threshold"
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


def attrition_rows(table: pd.DataFrame, images: Mapping[str, int], settings: ImageQcSettings) -> pd.DataFrame:
    """The images that were left out, and why (`cohort.schemas.ATTRITION`); and how many were changed.

    `images`: how many were listed and resampled, and had NaN as background (blank).
    """
    listed, packed, passed = images["listed"], len(table), int(table["passed"].sum())
    off = int(table["off_scale"].sum())
    unlike = int((~table["off_scale"] & ~(table["r_image"] > settings.correlation)).sum())
    lowest = lowest_r(table.loc[table["reference_member"], "r"].to_numpy(), settings)
    changed = f"{images['resampled']} of them resampled to the common grid, {images['blank']} with NaN as background"
    steps = [
        ("listed images", 0, listed, None),
        ("not of a participant", listed - packed, packed, changed),
        ("on another scale than the others", off, packed - off, "total or range far from the median map's"),
        (f"r with the reference not above {settings.correlation}", unlike, packed - off - unlike, "whole image"),
    ]
    if settings.deviations is not None:
        low = f"r inside the gray-matter mask below {lowest:.3f}"
        note = f"{settings.deviations:g} deviations below the median of the reference people"
        steps.append((low, packed - off - unlike - passed, passed, note))
    frame = pd.DataFrame(steps, columns=["step", "removed", "left", "note"])
    return frame.assign(stage="imaging", unit="images", chrom=None)
