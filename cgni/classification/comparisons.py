"""The chosen proposed model against every other, on the same people."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from cgni.classification.bootstrap import family_weights
from cgni.classification.paired import mcnemar, swap_errors, swap_test
from cgni.classification.pooling import UNSEEN, families_of, pooled_people
from cgni.classification.schemas import COMPARISONS
from cgni.classification.scores import GROUPS, Answers

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
    is over the models of Table 1 of a split, and apart from them over the ablations. Of a continuous outcome the
    difference is that of R², the test swaps squared errors, and there is no McNemar.

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
        mine, families = Answers.of(own), families_of(own, participants)
        theirs = {model: Answers.of(table) for model, table in tables.items()}
        draws: dict[str, list[np.ndarray]] = {model: [] for model in theirs}
        weighted = mine.kind.weighted[mine.kind.main]
        for weights in family_weights(families, resamples, seed):
            base = weighted(mine.observed, mine.predicted, weights)
            for model, answers in theirs.items():
                draws[model].append(base - weighted(answers.observed, answers.predicted, weights))
        for model, answers in theirs.items():
            difference = mine.main() - answers.main()
            low, high, p = _interval_and_p(np.concatenate(draws[model]))
            swapped, paired = _tests(mine, answers, families, seed)
            tests = (swapped, p, paired)
            group = "ablations" if model in ablations else "table1"
            rows.append((proposed, model, split, group, difference, low, high, *tests))
    names = ["model", "other", "split", "group", "difference", "low", "high", *_P_VALUES]
    table = pd.DataFrame(rows, columns=names)
    for name in _P_VALUES:
        grouped = table.groupby(["split", "group"])[name]
        table[f"{name}_holm"] = grouped.transform(lambda p: holm(p.to_numpy()))
    return table[COMPARISONS.names]


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's step-down adjusted p-values; NaN where none is known."""
    if np.isnan(p_values).all():
        return p_values
    order = np.argsort(p_values)
    scaled = p_values[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return adjusted


def _tests(mine: Answers, theirs: Answers, families: np.ndarray, seed: int) -> tuple[float, float]:
    """p of the swap test, and of McNemar's (NaN of a continuous outcome)."""
    observed, pair = mine.observed, (mine.predicted, theirs.predicted)
    if mine.kind is GROUPS:
        return swap_test(observed, *pair, families), mcnemar(observed, *pair)
    return swap_errors(observed, *pair, families, seed), np.nan


def _interval_and_p(draws: np.ndarray) -> tuple[float, float, float]:
    """95 % interval of paired differences, and the two-sided p of no difference."""
    draws = draws[np.isfinite(draws)]  # a resample without one of the classes has no score
    if not len(draws):
        return np.nan, np.nan, 1.0
    below, above = ((np.sum(sign * draws <= 0) + 1) / (len(draws) + 1) for sign in (1, -1))
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high), float(min(1.0, 2 * min(below, above)))
