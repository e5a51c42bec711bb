"""Whether probabilities are shares, and temperature scaling of those that are not."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import expit

from cgni.base.seeds import derive_seed
from cgni.classification.fold_maps import Map, map_folds, predictions_of
from cgni.classification.metrics import brier
from cgni.classification.pooling import UNSEEN
from cgni.classification.schemas import CALIBRATION, LABEL, PROBABILITY, RELIABILITY

BINS = 10
_DRAWS = 1000
_LOG_BOUNDS = (np.log(0.05), np.log(20.0))  # of the temperature


def check_calibration(
    development: Mapping[str, pd.DataFrame], holdout: pd.DataFrame, unseen: bool, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How far probabilities are from shares, before and after temperature scaling.

    Of out-of-fold people, and of holdout people's mean probability of the fold models: Brier score,
    expected calibration error (ECE) over ten bins of equally many people, and the bins themselves. A
    model's calibration is called poor where its ECE lies above the 95 % point of ECEs of labels drawn from
    its own probabilities (consistency resampling, Bröcker & Smith 2007): what so many people would show
    if the probabilities were right. Temperatures (Guo 2017) come from each fold's monitor people. They
    move no fold's probability across 0.5, so scores elsewhere are those of the unscaled ones; heads that
    were fitted with class weights are off by a shift too, which a temperature cannot undo.

    Parameters
    ----------
    development, holdout
        Model to `schemas.PREDICTIONS`; `schemas.HOLDOUT`.
    unseen
        Whether networks and heads were fitted without monitor people; otherwise temperatures are too low.
    seed
        Of the drawn labels.

    Returns
    -------
    `schemas.CALIBRATION` and `schemas.RELIABILITY`.
    """
    rows, bins = [], []
    for model in development:
        plain = predictions_of(development, holdout, model)
        temperatures: list[float] = []
        scaled = map_folds([plain], partial(_learn, kept=temperatures))
        mean_temperature = float(np.exp(np.mean(np.log(temperatures))))
        for split in UNSEEN:
            own = plain.pooled(split)
            labels, before = own[LABEL].to_numpy(), own[PROBABILITY].to_numpy()
            after = scaled.pooled(split)[PROBABILITY].to_numpy()
            error = calibration_error(labels, before)
            limit = error_limit(before, derive_seed(seed, model, split))
            share = np.full(len(labels), labels.sum() / max(len(labels), 1))
            scores = (brier(labels, before), brier(labels, share), error, limit, bool(error > limit))
            later = (mean_temperature, brier(labels, after), calibration_error(labels, after), unseen)
            rows.append((model, split, len(labels), *scores, *later))
            for name, values in ((False, before), (True, after)):
                bins += [(model, split, name, *cells) for cells in reliability(labels, values)]
    return pd.DataFrame(rows, columns=CALIBRATION.names), pd.DataFrame(bins, columns=RELIABILITY.names)


def reliability(observed: np.ndarray, predicted: np.ndarray) -> list[tuple[int, int, float, float]]:
    """Bins of equally many people (one more in the first ones where it does not divide), by rising prediction.

    Returns
    -------
    Of each bin its number from 1, people, mean prediction and mean of what was observed (the share of the high group);
    fewer than ten people make a bin each.
    """
    order = np.argsort(predicted, kind="stable")
    parts = np.array_split(order, min(BINS, len(order)) or 1)
    return [
        (number, len(part), float(predicted[part].mean()), float(observed[part].mean()))
        for number, part in enumerate(parts, start=1)
        if len(part)
    ]


def calibration_error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Expected calibration error: mean over people of |mean probability - observed share| of their bin."""
    bins = reliability(labels, probabilities)
    people = np.array([count for _, count, _, _ in bins])
    gaps = np.array([abs(probability - observed) for _, _, probability, observed in bins])
    return float((people * gaps).sum() / people.sum()) if len(bins) else float("nan")


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature T for which sigmoid(logit / T) has the least log loss (Guo 2017), from 0.05 to 20.

    Parameters
    ----------
    logits
        float64 [people].
    labels
        0 or 1, int [people]; of nobody, or of one class, nothing can be learnt: 1.
    """
    if len(np.unique(labels)) < 2:
        return 1.0
    signed = np.where(labels == 1, logits, -logits)

    def loss(log_temperature: float) -> float:
        return float(np.logaddexp(0.0, -signed / np.exp(log_temperature)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=_LOG_BOUNDS, method="bounded").x))


def error_limit(probabilities: np.ndarray, seed: int) -> float:
    """95 % point of the calibration errors of 1,000 sets of labels drawn from the probabilities (float [people])."""
    if not len(probabilities):
        return float("nan")
    rng, people = np.random.default_rng(seed), np.sort(probabilities)
    drawn = (rng.random((_DRAWS, len(people))) < people).astype(float)
    starts = np.cumsum([0, *(len(part) for part in np.array_split(people, min(BINS, len(people))))])[:-1]
    gaps = np.abs(np.add.reduceat(people - drawn, starts, axis=1))
    return float(np.percentile(gaps.sum(axis=1) / len(people), 95))


def _learn(logits: np.ndarray, labels: np.ndarray, kept: list[float]) -> Map:
    """Scaling by the temperature of a fold's monitor people, which `kept` remembers."""
    temperature = fit_temperature(logits[:, 0], labels)
    kept.append(temperature)
    return lambda values: np.asarray(expit(values[:, 0] / temperature))
