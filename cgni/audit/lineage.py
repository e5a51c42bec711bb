"""Proof that nobody of the holdout or a fold's validation part, and no relative, was used in a fit."""

from collections.abc import Collection

import pandas as pd

from cgni.cohort.roles import fold_people
from cgni.base.errors import InputError


def check_fit(rule: str, fold: int, used: pd.DataFrame, splits: pd.DataFrame, families: pd.Series) -> list[dict]:
    """Counts of people who must not be there, one row a use (fit, monitor).

    Parameters
    ----------
    used
        participant_id and use of one fold (`schemas.LINEAGE`).
    families
        Family of everybody, indexed by participant_id.
    """
    people = fold_people(splits, fold)
    forbidden = {"holdout_people": people.holdout, "validation_people": people.validation}
    kin = {name: set(families.loc[ids]) for name, ids in forbidden.items()}
    rows = []
    for use, own in used.groupby("use"):
        ids = pd.Index(own["participant_id"])
        counts = {name: int(ids.isin(others).sum()) for name, others in forbidden.items()}
        of_family = families.loc[ids].isin(kin["holdout_people"] | kin["validation_people"])
        relatives = int(of_family.sum()) - sum(counts.values())
        clean = not (sum(counts.values()) or relatives)
        rows.append(
            {
                "rule": rule,
                "fold": fold,
                "use": use,
                "people": len(ids),
                **counts,
                "relatives": relatives,
                "clean": clean,
            }
        )
    return rows


def refuse_leaks(lineage: pd.DataFrame, declared: Collection[str] = ()) -> None:
    """InputError when a fit saw people whom it must not see.

    Rules in `declared` leak because the config says so (study B5); every result carries a stamp then.
    """
    leaks = lineage[~lineage["clean"] & ~lineage["rule"].isin(declared)]
    if len(leaks):
        worst = leaks.iloc[0]
        raise InputError(
            f"audit: {len(leaks)} fits saw people they must not see, first {worst['rule']}, fold {worst['fold']}: "
            f"{worst['holdout_people']} of the holdout, {worst['validation_people']} of validation, "
            f"{worst['relatives']} relatives; nothing of this run may be reported"
        )
