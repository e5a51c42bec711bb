"""Who was used in which fit: leaks are counted and refused."""

import pandas as pd
import pytest

from cgni.audit.lineage import FitCheck, audit_lineage, check_fit, refuse_leaks
from cgni.audit.schemas import LINEAGE_SUMMARY
from cgni.base.errors import InputError
from cgni.cohort.settings import PeopleSettings

_IDS = [f"p{n}" for n in range(10)]
_SPLITS = pd.DataFrame(
    {
        "participant_id": _IDS,
        "role": ["development"] * 8 + ["holdout"] * 2,
        "fold": [0, 0, 0, 0, 1, 1, 1, 1, -1, -1],
        "monitor_0": [False] * 4 + [True] + [False] * 5,
        "monitor_1": [True] + [False] * 9,
    }
)
_FAMILIES = pd.Series([f"F{n}" for n in range(10)], index=_IDS)
_SOUND, _LEAKY = PeopleSettings(pretrain_on="training"), PeopleSettings(pretrain_on="everybody")


def _check(ids: list[str], families: pd.Series = _FAMILIES, rule: str = "train") -> FitCheck:
    used = pd.DataFrame({"participant_id": ids, "use": "fit"})
    return check_fit(rule, 0, used, _SPLITS, families)[0]


def test_clean_fit_is_clean() -> None:
    assert _check(["p5", "p6", "p7"]).clean


@pytest.mark.parametrize(("leak", "column"), [("p8", "holdout_people"), ("p0", "validation_people")])
def test_leaked_person_is_counted_and_refused(leak: str, column: str) -> None:
    check = _check(["p5", leak])
    assert getattr(check, column) == 1 and check.relatives == 0 and not check.clean
    with pytest.raises(InputError, match="must not see"):
        refuse_leaks(pd.DataFrame([check]), _SOUND)


def test_a_declared_leak_is_counted_but_not_refused() -> None:
    pretraining = pd.DataFrame([_check(["p5", "p8"], rule="pretrain_brain_age")])
    refuse_leaks(pretraining, _LEAKY)
    with pytest.raises(InputError, match="pretrain_brain_age, fold 0: 1 of the holdout, 0 of validation, 0 relatives"):
        refuse_leaks(pretraining, _SOUND)
    with pytest.raises(InputError, match="must not see"):
        refuse_leaks(pd.DataFrame([_check(["p5", "p8"])]), _LEAKY)


@pytest.mark.parametrize("kin", ["p8", "p0"])
def test_relatives_of_the_forbidden_are_counted(kin: str) -> None:
    families = _FAMILIES.copy()
    families["p5"] = families[kin]
    check = _check(["p5", "p6"], families)
    assert check.relatives == 1 and not check.clean


def test_fits_of_one_fold_and_of_all_folds_are_counted_by_hand() -> None:
    participants = pd.DataFrame({"participant_id": _IDS, "family": _FAMILIES.to_numpy()})
    uses = ["fit", "fit", "monitor"]
    tables = [
        ("finetune_fold1", pd.DataFrame({"participant_id": ["p1", "p4", "p0"], "use": uses})),
        ("train", pd.DataFrame({"participant_id": ["p5", "p6", "p1"], "use": "fit", "fold": [0, 0, 1]})),
    ]
    lineage = audit_lineage(tables, _SPLITS, participants)
    assert list(lineage.columns) == LINEAGE_SUMMARY.names
    expected = [
        ("finetune", 1, "fit", 2, 0, 1, 0, False),  # p4 is validated in fold 1
        ("finetune", 1, "monitor", 1, 0, 0, 0, True),
        ("train", 0, "fit", 2, 0, 0, 0, True),
        ("train", 1, "fit", 1, 0, 0, 0, True),
    ]
    assert list(lineage.itertuples(index=False, name=None)) == expected
