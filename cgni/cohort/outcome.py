"""What is predicted: each person's value, and the two groups of it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.change import change_of
from cgni.cohort.phenotypes import Phenotypes
from cgni.cohort.schemas import TARGET
from cgni.cohort.settings import OutcomeSettings

_LARGEST_SCORE = 10_000
LOW, HIGH = 0, 1


def outcome_values(phenotypes: Phenotypes, outcome: OutcomeSettings, visit: pd.Series) -> pd.Series:
    """Value of every person at the visit that `outcome.visit` says, or its change; missing where there is none.

    Parameters
    ----------
    visit
        Visit of each person's image, for `same_as_image`.

    Raises
    ------
    InputError
        Of groups: values that are no whole numbers, or larger than any score. Of `binary`: values that are in neither
        of the two groups. Of a change: visits without a column.
    """
    table = valid_values(phenotypes, outcome)
    if outcome.change != "none":
        return change_of(phenotypes, table, outcome)
    if outcome.visit == "first":
        return table.bfill(axis=1).iloc[:, 0]
    if outcome.visit == "best":
        return table.max(axis=1) if outcome.better == "higher" else table.min(axis=1)
    values = pd.Series(np.nan, index=phenotypes.ids)
    for instance in table.columns:
        values[visit == instance] = table.loc[visit == instance, instance]
    return values


def valid_values(phenotypes: Phenotypes, outcome: OutcomeSettings) -> pd.DataFrame:
    """Values of everybody by visit, float64 [people, visits], those that mean a missing one left out.

    Raises
    ------
    InputError
        As of `outcome_values`.
    """
    instances = phenotypes.instances(outcome.field)
    table = pd.DataFrame({instance: phenotypes.at(outcome.field, instance) for instance in instances})
    table = table.mask(table < 0) if outcome.invalid == "negative" else table.mask(table.isin(list(outcome.invalid)))
    if outcome.kind != "continuous":
        _refuse_broken_scores(table, outcome)
    return table


def outcome_groups(values: pd.Series, outcome: OutcomeSettings) -> pd.Series:
    """0 for values within `outcome.low`, 1 within `outcome.high` (both ends included), missing otherwise (Int8).

    Of a continuous outcome 0 up to its median and 1 above: people are dealt to folds by it, and described; nothing is
    fitted to these groups.
    """
    groups = pd.Series(pd.NA, index=values.index, dtype="Int8")
    if outcome.kind == "continuous":
        known = values.notna()
        groups[known] = (values[known] > values.median()).astype("Int8")
        return groups
    groups[values.between(*outcome.low)] = LOW
    groups[values.between(*outcome.high)] = HIGH
    return groups


def is_continuous(participants: pd.DataFrame) -> bool:
    """Whether models predict values (`schemas.TARGET`), not groups."""
    return TARGET in participants and bool(participants[TARGET].notna().any())


def outcome_axis(outcome: OutcomeSettings) -> str:
    """What stands on an axis of its values: "Maximum digits remembered" or "Reaction time (ms)"."""
    name = outcome.measure[:1].upper() + outcome.measure[1:]
    return f"{name} ({outcome.unit})" if outcome.unit and outcome.unit not in outcome.measure else name


def group_range(outcome: OutcomeSettings, bounds: Sequence[float]) -> str:
    """The values of a group in words: "2–5 digits", or the one value of a `binary` group."""
    low, high = (f"{bound:g}" for bound in bounds)
    return f"{low if low == high else f'{low}–{high}'} {outcome.unit}".rstrip()


def _refuse_broken_scores(table: pd.DataFrame, outcome: OutcomeSettings) -> None:
    broken = int(((table % 1 > 0) | (table.abs() > _LARGEST_SCORE)).sum().sum())
    if broken:
        raise InputError(
            f"main table: {broken} values of field {outcome.field} are no whole numbers up to {_LARGEST_SCORE}; check "
            "outcome.field, or set outcome.kind: continuous"
        )
    if outcome.kind != "binary":
        return
    ranges = [(table >= low) & (table <= high) for low, high in (outcome.low, outcome.high)]
    others = int((table.notna() & ~ranges[0] & ~ranges[1]).sum().sum())
    if others:
        raise InputError(
            f"main table: {others} values of field {outcome.field} are in neither outcome.low nor outcome.high, but "
            "outcome.kind is binary; list the codes of missing values in outcome.invalid, or set outcome.kind: groups"
        )
