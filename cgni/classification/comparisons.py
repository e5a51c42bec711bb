"""The chosen proposed model against every other, on the same people."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from cgni.classification.bootstrap import family_weights, weighted_balanced_accuracy
from cgni.classification.metrics import balanced_accuracy
from cgni.classification.paired import mcnemar, swap_test
from cgni.classification.pooling import UNSEEN, families_of, pooled_people
from cgni.classification.schemas import COMPARISONS

_P_VALUES = ("permutation_p", "bootstrap_p", "mcnemar_p")


def compare_models(
    proposed: str,
    ablations: Collection[str],
    development: Mapping[str, pd.DataFrame],
    holdout: pd.DataFrame,
    participants: pd.DataFrame,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Proposed model against each other (`schemas.COMPARISONS`).

    Difference of the balanced accuracies with a paired bootstrap over families (interval, p), the exact
    swap test over families, which decides, and exact McNemar, which counts relatives as strangers; on
    out-of-fold people and on the holdout people's mean probability of the fold models. Holm's correction
    is over the models of Table 1 of a split, and apart from them over the ablations.

    Parameters
    ----------
    proposed
        Name of the proposed model on the chosen loss subset.
    ablations
        Models on the loss subsets that were not chosen: they are not in Table 1.
    development, holdout
        Model to `schemas.PREDICTIONS`; `schemas.HOLDOUT`.
    resamples, seed
        Of the bootstrap.

    Raises
    ------
    InputError
        The models were scored on different people.
    """
    rows = []
    for split in UNSEEN:
        tables = pooled_people(development, holdout, split)
        own = tables.pop(proposed)
        labels, mine, families = own["label"].to_numpy(), own["probability"].to_numpy(), families_of(own, participants)
        theirs = {model: table["probability"].to_numpy() for model, table in tables.items()}
        draws: dict[str, list[np.ndarray]] = {model: [] for model in theirs}
        for weights in family_weights(families, resamples, seed):
            base = weighted_balanced_accuracy(labels, mine, weights)
            for model, values in theirs.items():
                draws[model].append(base - weighted_balanced_accuracy(labels, values, weights))
        for model, values in theirs.items():
            difference = balanced_accuracy(labels, mine) - balanced_accuracy(labels, values)
            low, high, p = _interval_and_p(np.concatenate(draws[model]))
            tests = (swap_test(labels, mine, values, families), p, mcnemar(labels, mine, values))
            group = "ablations" if model in ablations else "table1"
            rows.append((proposed, model, split, group, difference, low, high, *tests))
    names = ["model", "other", "split", "group", "difference", "low", "high", *_P_VALUES]
    table = pd.DataFrame(rows, columns=names)
    for name in _P_VALUES:
        grouped = table.groupby(["split", "group"])[name]
        table[f"{name}_holm"] = grouped.transform(lambda p: holm(p.to_numpy()))
    return table[COMPARISONS.names]


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's step-down adjusted p-values."""
    order = np.argsort(p_values)
    scaled = p_values[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return adjusted


def _interval_and_p(draws: np.ndarray) -> tuple[float, float, float]:
    """95 % interval of paired differences, and the two-sided p of no difference."""
    draws = draws[np.isfinite(draws)]  # a resample without one of the classes has no score
    if not len(draws):
        return np.nan, np.nan, 1.0
    below, above = ((np.sum(sign * draws <= 0) + 1) / (len(draws) + 1) for sign in (1, -1))
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high), float(min(1.0, 2 * min(below, above)))
