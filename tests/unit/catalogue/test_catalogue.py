"""The catalogue of spoiled and strange inputs: each is read right, counted, or refused in one clear error.

The last lines of the test run sum it up (`tests/conftest.py`).
"""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from cgni.base.errors import InputError
from tests.unit.catalogue import configs, features, genes, genotypes, ids, images, main_table, outputs, t1_images
from tests.unit.catalogue.case import Case

_PARTS = (ids, main_table, images, features, t1_images, genes, genotypes, configs, outputs)
CASES = [case for part in _PARTS for case in part.CASES]
_FEWEST = 150
_IDS = ("1000001", "1000020", "5000001")  # of the made-up people; no message may hold one


def test_no_case_stands_twice_and_there_are_many() -> None:
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []
    assert len(CASES) >= _FEWEST


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Case, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    record_property("catalogue", case.outcome)
    if case.outcome != "clear":
        record_property("answer", "traceback")
        answer = case.call(tmp_path)
        record_property("answer", "silent")
        assert answer == case.expected
        record_property("answer", "right")
        return
    record_property("answer", "traceback")
    try:
        answer = case.call(tmp_path)
    except InputError as error:
        message = str(error)
    else:
        record_property("answer", "silent")
        pytest.fail(f"read as {answer!r}")
    record_property("answer", "other message")
    assert re.search(case.expected, message, re.DOTALL), message
    assert not any(own in message.replace(str(tmp_path), "") for own in _IDS), "an id in a message"
    record_property("answer", "right")
