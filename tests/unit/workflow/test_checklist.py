"""A wrong part stops those that need it, and no others."""

import pytest

from cgni.base.errors import InputError
from cgni.workflow.checklist import Checklist, MissingPartError, Part


def _refuse() -> int:
    raise InputError("table.csv: no column snp")


def test_what_a_wrong_part_gives_is_missed_by_those_alone_that_ask_for_it() -> None:
    checklist = Checklist()
    right = checklist.look("numbers", lambda: 3, lambda found: f"{found} numbers")
    wrong = checklist.look("table", _refuse, str)
    checklist.look("sum", lambda: right.get() + wrong.get(), str)
    checklist.look("double", lambda: 2 * right.get(), str)
    checklist.note("double", "is even")
    assert checklist.text().splitlines() == [
        "ok      numbers            3 numbers",
        "wrong   table              table.csv: no column snp",
        "skipped sum                what it needs is wrong",
        "ok      double             6",
        "note    double             is even",
        "2 ok, 1 note, 1 skipped, 1 wrong",
    ]
    assert checklist.count("wrong") == 1
    with pytest.raises(MissingPartError):
        wrong.get()


def test_bugs_are_not_taken_for_wrong_inputs() -> None:
    with pytest.raises(ZeroDivisionError):
        Checklist().look("share", lambda: 1 / 0, str)
    assert Part(None).value is None
