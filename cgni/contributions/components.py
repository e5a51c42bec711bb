"""Which components are significant: the study-wide test, and the whole-pipeline null beside it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cgni.contributions.settings import ContributionSettings
from cgni.scca.pipeline_p import pipeline_p


def component_tests(
    components: pd.DataFrame, null: Sequence[pd.DataFrame], settings: ContributionSettings
) -> pd.DataFrame:
    """Every component's tests, and whether features may be called in it (`schemas.COMPONENT_TESTS`).

    A component is gated when its study-wide p (of the holdout's averaged variates) is at most
    `contributions.gate` and its mean partial correlation out of fold is positive, as it was in the
    people it was fitted on: the second condition can only lower the level. The whole-pipeline p compares
    its mean partial correlation over folds with the largest one of each null replicate, from the
    encoders on.

    Parameters
    ----------
    components
        `scca.schemas.COMPONENTS`.
    null
        Batches of `schemas.NULL_CORRELATIONS` of either kind of replicates; none: p_pipeline is NaN.
    """
    replicates = settings.null_encoders + settings.null_components
    maxima = replicate_maxima(null, replicates)
    observed = components["r_out_of_fold"].to_numpy(float)
    p = pipeline_p(observed, maxima) if replicates else np.full(len(observed), np.nan)
    gated = (components["p"] <= settings.gate) & (components["r_out_of_fold"] > 0)
    return components.assign(p_pipeline=p, replicates=replicates, gated=gated)


def gated_components(tests: pd.DataFrame) -> list[int]:
    """Numbers of the components that passed the gate (`schemas.COMPONENT_TESTS`), ascending."""
    return sorted(int(number) for number in tests.loc[tests["gated"], "component"])


def replicate_maxima(null: Sequence[pd.DataFrame], replicates: int) -> np.ndarray:
    """The largest component's mean partial r over folds of each replicate, float64 [replicates].

    NaN for a replicate whose sparse CCA has no weights in any fold.

    Parameters
    ----------
    null
        Batches of `schemas.NULL_CORRELATIONS`; the mean is over the folds that have the component.
    """
    if not null:
        return np.full(replicates, np.nan)
    rows = pd.concat(null, ignore_index=True)
    means = rows.groupby(["replicate", "component"])["partial_r"].mean()
    maxima: np.ndarray = means.groupby("replicate").max().reindex(range(replicates)).to_numpy(float)
    return maxima
