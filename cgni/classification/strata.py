"""Scores among people who are alike in ancestry or age."""

import itertools
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from cgni.classification.pooling import UNSEEN, pooled_people
from cgni.classification.schemas import STRATA
from cgni.classification.scores import Answers, bootstrap_scores

_AGES = (50, 60, 70)  # years at which a band begins


def score_strata(
    development: Mapping[str, pd.DataFrame],
    holdout: pd.DataFrame,
    participants: pd.DataFrame,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """All scores within ancestry and age bands (`schemas.STRATA`).

    Ancestry is the largest one against all others; age bands begin at 50, 60 and 70 years. Strata without
    anybody are left out; of a stratum without one of the groups the numbers of people alone are given.

    Parameters
    ----------
    development, holdout
        Model to `schemas.PREDICTIONS`; `schemas.HOLDOUT`.
    resamples, seed
        Of the bootstrap over families.
    """
    rows = []
    for split in UNSEEN:
        tables = pooled_people(development, holdout, split)
        ids = next(iter(tables.values()))["participant_id"]
        details = participants.set_index("participant_id").loc[ids]
        families = details["family"].to_numpy()
        for by, stratum, chosen in _strata(details):
            for model, table in tables.items():
                scores = bootstrap_scores(Answers.of(table).at(chosen), families[chosen], resamples, seed)
                high = int(table["label"].to_numpy()[chosen].sum())
                for metric, (value, own) in scores.items():
                    rows.append((model, split, by, stratum, len(chosen), high, metric, value, own.low, own.high))
    return pd.DataFrame(rows, columns=STRATA.names)


def _strata(people: pd.DataFrame) -> Iterator[tuple[str, str, np.ndarray]]:
    """What people are alike in, how the stratum is called, and which rows are in it."""
    largest = people["largest_ancestry"].to_numpy(bool)
    age = people["age"].to_numpy(float)
    bounds = [-np.inf, *_AGES, np.inf]
    names = [f"below {_AGES[0]}", *(f"{a} to {b - 1}" for a, b in itertools.pairwise(_AGES))]
    strata = [("ancestry", "largest", largest), ("ancestry", "others", ~largest)]
    for name, (low, high) in zip([*names, f"{_AGES[-1]} and above"], itertools.pairwise(bounds), strict=True):
        strata.append(("age", name, (age >= low) & (age < high)))
    yield from ((by, name, np.flatnonzero(rows)) for by, name, rows in strata if rows.any())
