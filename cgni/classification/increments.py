"""What a model adds to the confounds."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cgni.classification.bootstrap import family_weights, interval, weighted_auc
from cgni.classification.fold_maps import Map, map_folds, predictions_of
from cgni.classification.metrics import auc
from cgni.classification.pooling import UNSEEN, families_of
from cgni.classification.schemas import INCREMENTS

CONFOUNDS_ONLY = "confounds"  # the model that every study has, on the confounds alone
_SAME = 1e-6  # share of a logit's spread below which nothing is left beside the confounds
_PENALTY = 1.0  # scikit-learn's C on standardised logits: it only matters where few monitor people separate


def measure_increments(
    development: Mapping[str, pd.DataFrame],
    holdout: pd.DataFrame,
    participants: pd.DataFrame,
    unseen: bool,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Gain in AUC over the confounds-only model (`schemas.INCREMENTS`), each model on each split.

    In every fold two logistic regressions are fitted on monitor people: on the logit of the
    confounds-only model, and on it with what the model's logit has beside it. Both are applied to validation
    and holdout people; the increment is the difference of their AUC, of out-of-fold people and of the holdout
    people's mean probability. The confounds-only model itself has nothing beside it: its increment is exactly 0.
    A fold without one of the groups among its monitor people is left out.

    Parameters
    ----------
    development, holdout
        Model to `schemas.PREDICTIONS`, the confounds-only model among them; `schemas.HOLDOUT`.
    unseen
        Whether networks and heads were fitted without monitor people. Otherwise models that memorise them get
        too much weight, and the increment on new people is too small.
    resamples, seed
        Of the bootstrap over families; the fitted regressions stay as they are.

    Raises
    ------
    InputError
        The models were scored on different people.
    """
    confounds = predictions_of(development, holdout, CONFOUNDS_ONLY)
    stacks = {
        model: map_folds([confounds, predictions_of(development, holdout, model)], fit_stack) for model in development
    }
    base = stacks[CONFOUNDS_ONLY]
    rows = []
    for split in UNSEEN:
        own = base.pooled(split).dropna(subset=["probability"])
        labels, alone = own["label"].to_numpy(), own["probability"].to_numpy()
        together = {model: stack.pooled(split)["probability"].dropna().to_numpy() for model, stack in stacks.items()}
        draws: dict[str, list[np.ndarray]] = {model: [] for model in together}
        for weights in family_weights(families_of(own, participants), resamples if len(own) else 0, seed):
            start = weighted_auc(labels, alone, weights)
            for model, values in together.items():
                draws[model].append(weighted_auc(labels, values, weights) - start)
        for model, values in together.items():
            areas = auc(labels, alone), auc(labels, values)
            row = (model, split, len(own), *areas, areas[1] - areas[0], *interval(draws[model]), unseen)
            rows.append(row)
    return pd.DataFrame(rows, columns=INCREMENTS.names)


def fit_stack(logits: np.ndarray, labels: np.ndarray) -> Map:
    """A logistic regression on the first logit and on what each other one has beside it.

    Parameters
    ----------
    logits
        float64 [monitor people, models].
    labels
        0 or 1, int [monitor people].

    Returns
    -------
    From logits to probabilities; all NaN where one class is absent among the monitor people.
    """
    from sklearn.linear_model import LogisticRegression  # here, because importing it costs seconds

    if len(np.unique(labels)) < 2:
        return lambda values: np.full(len(values), np.nan)
    mean, sd = logits.mean(axis=0), logits.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)
    first = ((logits - mean) / sd)[:, :1]
    others = ((logits - mean) / sd)[:, 1:]
    slopes = first.T @ others / max(float((first**2).sum()), 1e-12)
    spread = (others - first @ slopes).std(axis=0)
    kept = spread > _SAME

    def design(values: np.ndarray) -> np.ndarray:
        scaled = (values - mean) / sd
        beside = scaled[:, 1:] - scaled[:, :1] @ slopes
        return np.hstack([scaled[:, :1], beside[:, kept] / spread[kept]])

    model = LogisticRegression(C=_PENALTY, max_iter=1000).fit(design(logits), labels)
    return lambda values: np.asarray(model.predict_proba(design(values))[:, 1])
