"""What both rules call where nothing is to be found: null replicates judged by one another."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from cgni.base.views import VIEWS
from cgni.contributions.called import CONSENSUS
from cgni.contributions.null import calibration, null_arrays, null_p
from cgni.contributions.settings import ContributionSettings

BOTH_VIEWS = "both"
_FEWEST = 3  # replicates


def calibration_rows(null: pd.DataFrame, settings: ContributionSettings) -> list[tuple[str, str, float, str]]:
    """What both rules call of nothing (`schemas.CALIBRATION`).

    Each null replicate's consensus stands in for the study and is judged by all other replicates, as
    if every component had passed the gate: one Benjamini-Hochberg over all its components and
    features of both views. A cohort without any effect gets that far with a probability of
    `contributions.gate` at most (the study-wide p is family-wise over components), so the share of
    cohorts with any call is at most the gate, and the gate times the share without it where the two
    are independent; that is the expected share stated. Features are counted once over components.

    Parameters
    ----------
    null
        `schemas.NULL_SHARES` of all replicates; fewer than three: no rows.
    """
    own = null[null["fold"] == CONSENSUS]
    replicates = sorted(own["replicate"].unique())
    if len(replicates) < _FEWEST:
        return []
    backgrounds = {view: _background(own[own["view"] == view]) for view in VIEWS}
    called = [_called(backgrounds, number, settings.fdr) for number in range(len(replicates))]
    rows = []
    for view, background in backgrounds.items():
        z = own[(own["view"] == view) & (own["z"].abs() > settings.sd[view])]
        by_sd = z.groupby("replicate")["feature"].nunique().sum() / len(replicates)
        by_null = float(np.mean([one[view] for one in called]))
        rows += [
            (view, "share of null features with p < .05", calibration(background, 0.05), "0.03 to 0.07"),
            (view, "features called in a null replicate by permutation without the gate, mean", by_null, "near 0"),
            (view, "features called in a null replicate by the SD rule, mean", float(by_sd), "0"),
        ]
    any_call = float(np.mean([sum(one.values()) > 0 for one in called]))
    expected = settings.gate * any_call
    return [
        *rows,
        (BOTH_VIEWS, "null replicates with any call by permutation without the gate", any_call, f"{settings.fdr:g}"),
        (BOTH_VIEWS, "null cohorts with any call by permutation", expected, f"at most {settings.gate:g}"),
    ]


def _background(null: pd.DataFrame) -> np.ndarray:
    return null_arrays(null, sorted(null["feature"].unique()))[CONSENSUS]


def _called(backgrounds: Mapping[str, np.ndarray], number: int, fdr: float) -> dict[str, int]:
    """How many features of each view are called in a replicate that the others judge."""
    p = {view: null_p(own[number], np.delete(own, number, axis=0))[1] for view, own in backgrounds.items()}
    # a replicate may have fewer components
    p = {view: own[:, ~np.isnan(backgrounds[view][number]).all(axis=0)] for view, own in p.items()}
    q = false_discovery_control(np.concatenate([own.ravel() for own in p.values()]))
    shape, first = {view: own.shape for view, own in p.items()}, 0
    found = {}
    for view, own in p.items():
        found[view] = int((q[first : first + own.size].reshape(shape[view]) <= fdr).any(axis=1).sum())
        first += own.size
    return found
