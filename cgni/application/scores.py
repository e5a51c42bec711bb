"""Scores of a bundle's predictions where another cohort's outcome is known, and the test of its components."""

import numpy as np
import pandas as pd

from cgni.application.archive import Archive
from cgni.application.models import AppliedModels
from cgni.application.schemas import APPLIED_COMPONENTS, APPLIED_RELIABILITY, APPLIED_SCORES, MEAN
from cgni.base.views import VIEWS
from cgni.classification.bootstrap import Interval
from cgni.classification.calibration import calibration_error, reliability
from cgni.classification.metrics import brier
from cgni.classification.scores import CONTINUOUS, GROUPS, Answers, bootstrap_scores
from cgni.scca.correlations import variate_correlations
from cgni.scca.inference import PairingTest

_FEWEST = 3  # people of a correlation


def score_cohort(
    bundle: Archive, models: AppliedModels, participants: pd.DataFrame, draws: tuple[int, int], seed: int
) -> dict[str, pd.DataFrame]:
    """The tables scores, reliability and components (`schemas.APPLIED_SCORES` and those after it).

    Parameters
    ----------
    draws
        Resamples of the bootstrap, permutations of the test of components.
    """
    config = bundle.json("config.json")
    ids, answers = known_answers(models.predictions, config["outcome"]["kind"] == "continuous")
    scores, bins = applied_scores(ids, answers, participants, draws[0], seed)
    test = PairingTest(participants, config["confounds"]["components"], draws[1])
    return {"scores": scores, "reliability": bins, "components": applied_components(models, test, seed)}


def known_answers(predictions: pd.DataFrame, continuous: bool) -> tuple[pd.Index, Answers]:
    """Ids and answers of those whose outcome is known, by the mean prediction over folds."""
    column, kind = ("target", CONTINUOUS) if continuous else ("label", GROUPS)
    own = predictions[(predictions["fold"] == MEAN) & predictions[column].notna()]
    observed, predicted = own[column].to_numpy(np.float64), own["predicted"].to_numpy(np.float64)
    return pd.Index(own["participant_id"]), Answers(observed, predicted, kind)


def applied_scores(
    ids: pd.Index, answers: Answers, participants: pd.DataFrame, resamples: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores with intervals of a bootstrap over families, and bins of reliability; both empty without an outcome.

    Of groups the Brier score and the expected calibration error stand beside them, without intervals.

    Returns
    -------
    `schemas.APPLIED_SCORES` and `schemas.APPLIED_RELIABILITY`.
    """
    if not len(ids):
        return pd.DataFrame(columns=APPLIED_SCORES.names), pd.DataFrame(columns=APPLIED_RELIABILITY.names)
    families = participants.set_index("participant_id").loc[ids, "family"].to_numpy()
    found = bootstrap_scores(answers, families, resamples, seed)
    if answers.kind is GROUPS:
        unknown = Interval(np.nan, np.nan, np.nan)
        found["brier"] = brier(answers.observed, answers.predicted), unknown
        found["calibration_error"] = calibration_error(answers.observed, answers.predicted), unknown
    rows = [(name, len(ids), value, *errors) for name, (value, errors) in found.items()]
    bins = reliability(answers.observed, answers.predicted)
    return pd.DataFrame(rows, columns=APPLIED_SCORES.names), pd.DataFrame(bins, columns=APPLIED_RELIABILITY.names)


def applied_components(models: AppliedModels, test: PairingTest, seed: int) -> pd.DataFrame:
    """Whether a component's variates correlate between the views in these people (`schemas.APPLIED_COMPONENTS`)."""
    mean = models.mean_variates
    partial_r, p = test.run(mean.ids, mean.family, mean.views, seed)
    r = variate_correlations(*(mean.views[view] for view in VIEWS)) if len(mean.ids) >= _FEWEST else np.nan
    values = {"component": np.arange(1, len(p) + 1), "people": len(mean.ids), "r": r, "partial_r": partial_r, "p": p}
    return pd.DataFrame(values)[APPLIED_COMPONENTS.names]
