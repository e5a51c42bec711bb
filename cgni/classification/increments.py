"""What a model adds to the confounds."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from cgni.classification.bootstrap import family_weights, interval
from cgni.classification.fold_maps import Map, map_folds, predictions_of
from cgni.classification.pooling import UNSEEN, families_of
from cgni.classification.schemas import INCREMENTS
from cgni.classification.scores import GROUPS, Answers, answer_columns

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
    """Gain over the confounds-only model in AUC, or in R² (`schemas.INCREMENTS`), each model on each split.

    In every fold two logistic regressions (of a continuous outcome: linear ones) are fitted on monitor people: on
    the logit of the confounds-only model, and on it with what the model's logit has beside it. Both are applied to
    validation and holdout people; the increment is the difference of their AUC (R²), of out-of-fold people and of the
    holdout people's mean prediction. The confounds-only model itself has nothing beside it: its increment is exactly 0.
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
    learn = fit_stack if Answers.of(confounds.development).kind is GROUPS else fit_line
    stacks = {
        model: map_folds([confounds, predictions_of(development, holdout, model)], learn) for model in development
    }
    rows = []
    for split in UNSEEN:
        pooled = {model: stack.pooled(split) for model, stack in stacks.items()}
        predicted = answer_columns(pooled[CONFOUNDS_ONLY])[1]
        own = pooled[CONFOUNDS_ONLY].dropna(subset=[predicted])
        together = {model: table[predicted].dropna().to_numpy() for model, table in pooled.items()}
        families = families_of(own, participants)
        for model, gain in _gains(Answers.of(own), together, families, resamples if len(own) else 0, seed):
            rows.append((model, split, len(own), *gain, unseen))
    return pd.DataFrame(rows, columns=INCREMENTS.names)


def _gains(
    alone: Answers,
    together: Mapping[str, np.ndarray],
    families: np.ndarray,
    resamples: int,
    seed: int,
) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Model; the score of the confounds alone, of the stack, their difference, its standard error and interval."""
    kind = alone.kind
    score, weighted = kind.scores[kind.added], kind.weighted[kind.added]
    draws: dict[str, list[np.ndarray]] = {model: [] for model in together}
    for weights in family_weights(families, resamples, seed):
        start = weighted(alone.observed, alone.predicted, weights)
        for model, values in together.items():
            draws[model].append(weighted(alone.observed, values, weights) - start)
    for model, values in together.items():
        both = score(alone.observed, alone.predicted), score(alone.observed, values)
        yield model, (*both, both[1] - both[0], *interval(draws[model]))


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
    design = _design(logits)
    model = LogisticRegression(C=_PENALTY, max_iter=1000).fit(design(logits), labels)
    return lambda values: np.asarray(model.predict_proba(design(values))[:, 1])


def fit_line(predictions: np.ndarray, values: np.ndarray) -> Map:
    """A least-squares line on the first prediction and on what each other one has beside it.

    Parameters
    ----------
    predictions
        float64 [monitor people, models], in the outcome's unit.
    values
        The outcome, float64 [monitor people].

    Returns
    -------
    From predictions to better ones; all NaN where all monitor people have the same value.
    """
    if len(np.unique(values)) < 2:
        return lambda new: np.full(len(new), np.nan)
    design = _design(predictions)
    columns = design(predictions)
    with_mean = np.column_stack([np.ones(len(columns)), columns])
    weights = np.linalg.lstsq(with_mean, values, rcond=None)[0]
    return lambda new: np.asarray(np.column_stack([np.ones(len(new)), design(new)]) @ weights)


def _design(predictions: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """From predictions to the first of them and what each other one has beside it, all standardised."""
    mean, sd = predictions.mean(axis=0), predictions.std(axis=0)
    sd = np.where(sd > 0, sd, 1.0)
    first = ((predictions - mean) / sd)[:, :1]
    others = ((predictions - mean) / sd)[:, 1:]
    slopes = first.T @ others / max(float((first**2).sum()), 1e-12)
    spread = (others - first @ slopes).std(axis=0)
    kept = spread > _SAME

    def design(values: np.ndarray) -> np.ndarray:
        scaled = (values - mean) / sd
        beside = scaled[:, 1:] - scaled[:, :1] @ slopes
        return np.hstack([scaled[:, :1], beside[:, kept] / spread[kept]])

    return design
