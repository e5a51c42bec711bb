"""How far predictions follow the confounds beyond what the label explains."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cgni.audit.schemas import CONFOUNDS
from cgni.base.seeds import derive_seed
from cgni.cohort.confounds import confound_columns, site_levels

_PERMUTATIONS = 499


def audit_confounds(predictions: Mapping[str, pd.DataFrame], participants: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The confounder test of every model's log odds on validation people.

    Parameters
    ----------
    predictions
        Model to its participant_id, part, label and probability; other parts than validation are left out.
    participants
        The participants table.
    seed
        The study's.

    Returns
    -------
    `schemas.CONFOUNDS`, one row a model.
    """
    own_seed = derive_seed(seed, "confounds")
    rows = []
    for model, table in predictions.items():
        scored = table[table["part"] == "validation"].sort_values("participant_id")
        ids, p = scored["participant_id"], scored["probability"].clip(1e-6, 1 - 1e-6)
        confounds = confound_columns(participants, ids, site_levels(participants, ids)).to_numpy()
        log_odds, labels = np.log(p / (1 - p)).to_numpy(), scored["label"].to_numpy()
        rows.append((model, *confounder_test(log_odds, labels, confounds, _PERMUTATIONS, own_seed), len(scored)))
    return pd.DataFrame(rows, columns=CONFOUNDS.names)


def confounder_test(
    scores: np.ndarray, labels: np.ndarray, confounds: np.ndarray, permutations: int, seed: int
) -> tuple[float, float]:
    """Partial R² of the confounds in the scores given the label, and its permutation p.

    The confounds' rows are permuted within each label (the null: given the label, predictions do
    not depend on the confounds; in the spirit of Spisak 2022, own implementation).

    Parameters
    ----------
    scores
        Log odds or probabilities, float [people].
    labels
        0 or 1, int [people].
    confounds
        float [people, columns]; missing values count as the column's mean.
    """
    filled = np.where(np.isnan(confounds), np.nan_to_num(np.nanmean(confounds, axis=0)), confounds)
    filled = filled[:, filled.std(axis=0) > 0]
    base = np.column_stack([np.ones(len(labels)), labels])
    rest = scores - base @ np.linalg.lstsq(base, scores, rcond=None)[0]
    observed = _partial_r2(rest, base, filled)
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    reached = 0
    for _ in range(permutations):
        order = np.arange(len(labels))
        for group in groups:
            order[group] = rng.permutation(group)
        reached += _partial_r2(rest, base, filled[order]) >= observed - 1e-12
    return observed, (1 + reached) / (1 + permutations)


def _partial_r2(rest: np.ndarray, base: np.ndarray, confounds: np.ndarray) -> float:
    own = confounds - base @ np.linalg.lstsq(base, confounds, rcond=None)[0]
    explained = own @ np.linalg.lstsq(own, rest, rcond=None)[0]
    total = float(rest @ rest)
    return float(explained @ explained) / total if total > 0 else 0.0
