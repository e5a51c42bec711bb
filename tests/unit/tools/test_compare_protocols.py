"""Which runs the comparison of protocols makes."""

import pytest

from cgni.base.nested import leaves
from cgni.workflow.config import protocol_values
from tools.compare_protocols import runs


def test_each_choice_of_the_publication_that_differs_is_made_alone() -> None:
    sound, paper = protocol_values("sound"), protocol_values("paper")
    found = runs()
    assert next(iter(found)) == "sound" and list(found)[-1] == "paper"
    differ = {key for key in paper if paper[key] != sound[key]}
    assert set(found) - {"sound", "paper"} == differ and "imaging.qc.correlation" not in differ
    followed = dict.fromkeys(paper, "auto")
    for key in differ:
        assert dict(leaves(found[key])) == {"protocol": "sound", **followed, key: paper[key]}
    assert dict(leaves(found["paper"])) == {"protocol": "paper", **followed}, "a config's own choices do not stay"


def test_some_choices_alone_can_be_asked_for() -> None:
    assert list(runs(["scca.choose"])) == ["sound", "scca.choose", "paper"]
    with pytest.raises(ValueError, match=r"imaging\.qc\.correlation: not among the choices"):
        runs(["imaging.qc.correlation"])
