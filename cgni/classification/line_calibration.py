"""Whether predicted values of a continuous outcome are its values: the line of observed on predicted ones."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cgni.classification.bootstrap import family_weights, interval
from cgni.classification.calibration import reliability
from cgni.classification.pooling import UNSEEN, families_of, pooled_people
from cgni.classification.schemas import LINE_CALIBRATION, RELIABILITY
from cgni.classification.scores import Answers


def check_line(
    development: Mapping[str, pd.DataFrame],
    holdout: pd.DataFrame,
    participants: pd.DataFrame,
    resamples: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Slope and intercept of observed on predicted values (Steyerberg 2010), and bins of both, of unseen people.

    A slope below 1 says that predictions are spread too far, as of a model that was fitted too closely.

    Parameters
    ----------
    development, holdout
        Model to `schemas.predictions_schema`; `schemas.holdout_schema`, both of a continuous outcome.
    resamples, seed
        Of the bootstrap over families.

    Returns
    -------
    `schemas.LINE_CALIBRATION` and `schemas.RELIABILITY`.
    """
    rows, bins = [], []
    for split in UNSEEN:
        for model, people in pooled_people(development, holdout, split).items():
            answers = Answers.of(people)
            draws: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
            for weights in family_weights(families_of(people, participants), resamples, seed):
                for kept, values in zip(draws, weighted_line(answers, weights), strict=True):
                    kept.append(values)
            own = weighted_line(answers, np.ones((1, len(people))))
            cells = [
                number
                for value, kept in zip(own, draws, strict=True)
                for number in (float(value[0]), *interval(kept)[1:])
            ]
            rmse = float(np.sqrt(np.square(answers.observed - answers.predicted).mean()))
            rows.append((model, split, len(people), *cells, rmse, float(answers.observed.std())))
            bins += [(model, split, False, *own) for own in reliability(answers.observed, answers.predicted)]
    return pd.DataFrame(rows, columns=LINE_CALIBRATION.names), pd.DataFrame(bins, columns=RELIABILITY.names)


def weighted_line(answers: Answers, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slope and intercept of observed on predicted values for each row of `weights` [resamples, people].

    NaN where all predictions are the same.
    """
    y, x = answers.observed, answers.predicted - answers.predicted.mean()
    sums = weights @ np.column_stack([np.ones(len(y)), x, y, x * x, x * y])
    mean_x, mean_y = sums[:, 1] / sums[:, 0], sums[:, 2] / sums[:, 0]
    spread = sums[:, 3] / sums[:, 0] - mean_x**2
    slope = (sums[:, 4] / sums[:, 0] - mean_x * mean_y) / np.where(spread > 0, spread, np.nan)
    return slope, mean_y - slope * (mean_x + answers.predicted.mean())
