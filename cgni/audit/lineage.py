"""Proof that nobody of the holdout or a fold's validation part, and no relative, was used in a fit."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from cgni.audit.schemas import LINEAGE_SUMMARY
from cgni.base.errors import InputError
from cgni.cohort.roles import fold_people
from cgni.cohort.settings import PeopleSettings


class FitCheck(NamedTuple):
    """Counts of one use of people (fit, monitor) in one fit: a row of `schemas.LINEAGE_SUMMARY`.

    `relatives` counts those who are not among the forbidden people themselves; `clean`: nobody is counted.
    """

    rule: str
    fold: int
    use: str
    people: int
    holdout_people: int
    validation_people: int
    relatives: int
    clean: bool


def audit_lineage(
    tables: Iterable[tuple[str, pd.DataFrame]], splits: pd.DataFrame, participants: pd.DataFrame
) -> pd.DataFrame:
    """Check every fit of a study.

    Parameters
    ----------
    tables
        File name without suffix, and who was used (participant_id, use) in one fold, which the name ends in
        (`train_fold0`), or in all folds (a column fold more).
    splits
        The split table.
    participants
        participant_id and family of everybody.

    Returns
    -------
    `schemas.LINEAGE_SUMMARY`.
    """
    families = participants.set_index("participant_id")["family"]
    checks: list[FitCheck] = []
    for name, used in tables:
        if "fold" in used:
            rule, own = name, used
        else:
            rule, fold_text = name.rsplit("_fold", 1)
            own = used.assign(fold=int(fold_text))
        for fold, of_fold in own.groupby("fold"):
            checks += check_fit(rule, int(fold), of_fold, splits, families)
    return pd.DataFrame(checks, columns=LINEAGE_SUMMARY.names)


def check_fit(rule: str, fold: int, used: pd.DataFrame, splits: pd.DataFrame, families: pd.Series) -> list[FitCheck]:
    """Counts of people who must not be there, one row a use (fit, monitor).

    Parameters
    ----------
    rule, fold
        Which fit.
    used
        participant_id and use of one fold (`networks.schemas.LINEAGE`).
    splits
        The split table.
    families
        Family of everybody, indexed by participant_id.
    """
    people = fold_people(splits, fold)
    forbidden = people.holdout.union(people.validation)
    kin = set(families.loc[forbidden])
    checks = []
    for use, own in used.groupby("use"):
        ids = pd.Index(own["participant_id"])
        holdout, validation = (int(ids.isin(others).sum()) for others in (people.holdout, people.validation))
        relatives = int(families.loc[ids].isin(kin).sum()) - holdout - validation
        clean = holdout == validation == relatives == 0
        checks.append(FitCheck(rule, fold, use, len(ids), holdout, validation, relatives, clean))
    return checks


def refuse_leaks(lineage: pd.DataFrame, settings: PeopleSettings) -> None:
    """Refuse a study in which a fit saw people whom it must not see.

    Brain-age pretraining may when `pretrain_on` says so (study B5); every result carries a stamp then.

    Raises
    ------
    InputError
        `lineage` (`schemas.LINEAGE_SUMMARY`) holds a leak that the config does not declare.
    """
    declared = ["pretrain_brain_age", "regress_brain_age"] if settings.pretrain_on == "everybody" else []
    leaks = lineage[~lineage["clean"] & ~lineage["rule"].isin(declared)]
    if len(leaks):
        worst = leaks.iloc[0]
        raise InputError(
            f"audit: {len(leaks)} fits saw people they must not see, first {worst['rule']}, fold {worst['fold']}: "
            f"{worst['holdout_people']} of the holdout, {worst['validation_people']} of validation, "
            f"{worst['relatives']} relatives; nothing of this run may be reported"
        )
