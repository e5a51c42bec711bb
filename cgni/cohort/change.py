"""How a score changes between visits."""

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.fields import DATE
from cgni.cohort.phenotypes import Phenotypes
from cgni.cohort.schemas import BASELINE, TARGET
from cgni.cohort.settings import OutcomeSettings

_FEWEST = 10  # people from whom a line on the baseline value is fitted


def change_of(phenotypes: Phenotypes, table: pd.DataFrame, outcome: OutcomeSettings) -> pd.Series:
    """Change of every person by `outcome.change`, float64; missing where one of the two visits is.

    A residual change is the difference here: its line on the baseline value is fitted in the folds
    (`fold_targets`). A reliable change is that of Jacobson & Truax (1991) with the mean practice effect taken off
    (Chelune 1993), in standard errors of a difference.

    Parameters
    ----------
    table
        Valid values by visit, float64 [people, visits].

    Raises
    ------
    InputError
        The table has no value at the visits of the baseline or of the follow-up; a slope without dates (field 53).
    """
    before, after = (_at(table, visits, name) for name, visits in _visits(outcome).items())
    if outcome.change == "slope":
        return _slope(phenotypes, table, outcome).where(before.notna() & after.notna())
    difference = after - before
    if outcome.change != "reliable":
        return difference
    norms = outcome.norms
    assert norms.sd is not None and norms.reliability is not None
    return (difference - norms.practice) / (norms.sd * np.sqrt(2 * (1 - norms.reliability)))


def baseline_values(table: pd.DataFrame, outcome: OutcomeSettings) -> pd.Series:
    """The value at the baseline of everybody, float64."""
    return _at(table, outcome.baseline, "baseline")


def fold_targets(participants: pd.DataFrame, fit_ids: pd.Index) -> pd.Series:
    """What a fold's models learn of everybody, float64 by participant_id: the outcome, or its residual change.

    Parameters
    ----------
    participants
        With target, and with baseline where the outcome is a residual change.
    fit_ids
        The fold's fit people: the line of the difference on the baseline value is theirs.

    Raises
    ------
    InputError
        Fewer than ten of them have both values.
    """
    people = participants.set_index("participant_id")
    if BASELINE not in people or not people[BASELINE].notna().any():
        return people[TARGET]
    fit = people.loc[people.index.isin(fit_ids), [BASELINE, TARGET]].dropna()
    if len(fit) < _FEWEST:
        raise InputError(
            f"outcome.change: residual: {len(fit)} people of a fold's fit people have a value at both visits; at least "
            f"{_FEWEST} are needed"
        )
    spread = float(np.square(fit[BASELINE] - fit[BASELINE].mean()).sum())
    slope = float(((fit[BASELINE] - fit[BASELINE].mean()) * fit[TARGET]).sum()) / spread if spread > 0 else 0.0
    return people[TARGET] - fit[TARGET].mean() - slope * (people[BASELINE] - fit[BASELINE].mean())


def _visits(outcome: OutcomeSettings) -> dict[str, tuple[int, ...]]:
    return {"baseline": outcome.baseline, "followup": outcome.followup[::-1]}


def _at(table: pd.DataFrame, visits: tuple[int, ...], name: str) -> pd.Series:
    """The first valid value of the visits in this order."""
    known = [visit for visit in visits if visit in table.columns]
    if not known:
        raise InputError(
            f"main table: the outcome has no column of visit {' or '.join(map(str, visits))}, but outcome.{name} names "
            "it; add the column, or name another visit"
        )
    return table[known].bfill(axis=1).iloc[:, 0]


def _slope(phenotypes: Phenotypes, table: pd.DataFrame, outcome: OutcomeSettings) -> pd.Series:
    """Least-squares slope a year over all valid visits of baseline and follow-up."""
    visits = [visit for visit in sorted({*outcome.baseline, *outcome.followup}) if visit in table.columns]
    years = pd.DataFrame({visit: phenotypes.at(DATE, visit) for visit in visits})
    if years.isna().all(axis=None):
        raise InputError(f"main table: outcome.change: slope needs the dates of the visits (field {DATE}); add them")
    values, times = table[visits].where(years.notna()), years.where(table[visits].notna())
    centred = times.sub(times.mean(axis=1), axis=0)
    spread = centred.pow(2).sum(axis=1)
    return (centred * values).sum(axis=1).where(spread > 0) / spread.where(spread > 0)
