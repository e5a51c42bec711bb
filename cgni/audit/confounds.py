"""How far predictions follow the confounds beyond what the outcome explains."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cgni.audit.schemas import CONFOUND_SHARES, CONFOUNDS
from cgni.base.seeds import derive_seed
from cgni.classification.scores import GROUPS, Answers
from cgni.cohort.confounds import CATEGORY, MEASURE, centred, confound_columns, site_levels

_PERMUTATIONS = 499
_NOTHING = 1e-9  # SD of what is left of a standardised column


def audit_confounds(
    predictions: Mapping[str, pd.DataFrame], participants: pd.DataFrame, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The confounder test of every model's log odds on validation people, and what each confound explains by itself.

    Parameters
    ----------
    predictions
        Model to its participant_id, part, observed and predicted values; other parts than validation are left out.
    participants
        The participants table.
    seed
        The study's.

    Returns
    -------
    `schemas.CONFOUNDS`, one row a model, and `schemas.CONFOUND_SHARES`, one row a model and confound.
    """
    own_seed = derive_seed(seed, "confounds")
    rows, shares = [], []
    for model, table in predictions.items():
        scored = table[table["part"] == "validation"].sort_values("participant_id")
        ids, answers = scored["participant_id"], Answers.of(scored)
        scores, observed = answers.kind.scale(answers.predicted), answers.observed
        columns = confound_columns(participants, ids, site_levels(participants, ids))
        strata = observed if answers.kind is GROUPS else None
        tested = confounder_test(scores, observed, strata, columns.to_numpy(), _PERMUTATIONS, own_seed)
        rows.append((model, *tested, len(ids)))
        shares += [(model, *own, len(ids)) for own in confound_shares(scores, observed, columns)]
    return pd.DataFrame(rows, columns=CONFOUNDS.names), pd.DataFrame(shares, columns=CONFOUND_SHARES.names)


def confound_shares(scores: np.ndarray, observed: np.ndarray, columns: pd.DataFrame) -> list[tuple[str, int, float]]:
    """Partial R² of each confound in the scores, given the label and all other confounds.

    Parameters
    ----------
    scores, observed
        As of `confounder_test`.
    columns
        Of `cohort.confounds.confound_columns`. Columns that say one thing are one confound: age with its
        square and its product with sex, all sites, all genetic components, all indicators of a category.

    Returns
    -------
    Confound, number of its columns that vary, partial R²; it is 0 where the others say all that the confound says.
    """
    names = np.array([confound_name(name) for name in columns.columns])
    filled, kept = _filled(columns.to_numpy())
    outcome = np.column_stack([np.ones(len(observed)), observed])
    shares = []
    for name in dict.fromkeys(names.tolist()):
        own = filled[:, names[kept] == name]
        base = np.column_stack([outcome, filled[:, names[kept] != name]])
        rest = scores - base @ np.linalg.lstsq(base, scores, rcond=None)[0]
        shares.append((name, own.shape[1], _partial_r2(rest, base, own)))
    return shares


def confound_name(column: str) -> str:
    """The confound that a column of `confound_columns` belongs to."""
    if column.startswith("age"):
        return "age"
    if column.startswith("site_"):
        return "site"
    if column.startswith("pc") and column[2:].isdigit():
        return "genetic components"
    if column.startswith(CATEGORY):
        return f"field {column.removeprefix(CATEGORY).split('_')[0]}"
    return f"field {column.removeprefix(MEASURE)}" if column.startswith(MEASURE) else column.replace("_", " ")


def confounder_test(
    scores: np.ndarray,
    observed: np.ndarray,
    strata: np.ndarray | None,
    confounds: np.ndarray,
    permutations: int,
    seed: int,
) -> tuple[float, float]:
    """Partial R² of the confounds in the scores given the outcome, and its permutation p.

    The confounds' rows are permuted within each stratum (the null: given the label, predictions do
    not depend on the confounds; in the spirit of Spisak 2022, own implementation). Of a continuous outcome what a line
    on it leaves of the confounds is permuted among everybody.

    Parameters
    ----------
    scores
        Log odds, probabilities or predicted values, float [people].
    observed
        0 or 1, or values, float [people].
    strata
        Those within whom people are exchanged, [people]; None: everybody.
    confounds
        float [people, columns]; missing values count as the column's mean.
    """
    filled, _ = _filled(confounds)
    base = np.column_stack([np.ones(len(observed)), observed])
    rest = scores - base @ np.linalg.lstsq(base, scores, rcond=None)[0]
    found = _partial_r2(rest, base, filled)
    if strata is None:
        filled, strata = filled - base @ np.linalg.lstsq(base, filled, rcond=None)[0], np.zeros(len(observed))
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    reached = 0
    for _ in range(permutations):
        order = np.arange(len(observed))
        for group in groups:
            order[group] = rng.permutation(group)
        reached += _partial_r2(rest, base, filled[order]) >= found - 1e-12
    return found, (1 + reached) / (1 + permutations)


def _filled(confounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Standardised columns without missing values, and which of them (bool) are there: those that vary."""
    around = centred(confounds)
    spread = around.std(axis=0)
    kept = spread > 1e-9
    return around[:, kept] / spread[kept], kept


def _partial_r2(rest: np.ndarray, base: np.ndarray, confounds: np.ndarray) -> float:
    """Share of `rest`, which `base` has been taken out of, that the confounds' own part explains."""
    own = confounds - base @ np.linalg.lstsq(base, confounds, rcond=None)[0]
    own = own[:, own.std(axis=0) > _NOTHING]  # what the base says in full leaves rounding errors alone
    explained = own @ np.linalg.lstsq(own, rest, rcond=None)[0]
    total = float(rest @ rest)
    return float(explained @ explained) / total if total > 0 else 0.0
