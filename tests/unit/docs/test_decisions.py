"""Every decision that is cited has its entry, and every entry says where it is in the code."""

import re
from collections import Counter

import pytest

from tests.unit.docs.pages import DECISIONS, REPOSITORY, anchors, citations, citing_files, in_backticks

_NUMBERS = [*(f"A{n}" for n in range(1, 9)), *(f"B{n}" for n in range(1, 28)), *(f"C{n}" for n in range(1, 14))]
_NOT_BUILT = "(decided, not built)"
_FILE = re.compile(r"(?:cgni|rules|resources|workflow_scripts)/\S+")


def _entries() -> dict[str, str]:
    """Text of each entry by its number: its anchor's heading and what follows."""
    parts = re.split(r'^<a id="(\w+)"></a>$', DECISIONS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        anchor.upper(): text.split("\n## ")[0].strip() for anchor, text in zip(parts[1::2], parts[2::2], strict=True)
    }


ENTRIES = _entries()


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("leaks because the config says so (study B5); every result", ["B5"]),
        ("study page: decisions A4 and B1, and the study's\n    decision B21 names", ["A4", "B1", "B21"]),
        ("of the occlusion (B24). See (B3, C11)", ["B24", "B3", "C11"]),
        ("share of genotypes, study.md B26", ["B26"]),
        ("is on the unit sphere ([B2](../decisions.md#b2)), see [C5](#c5)", ["B2", "C5"]),
        ("alleles A1 and A2 (A1), chromosome C21, cell B5, ukb22828_c21_b0_v3.bgen, C1.bgen, a C3 spline", []),
        ("study B028, decision B1a, (B100), [B2](other.md#b2), Study ABC1", []),
    ],
)
def test_the_pattern_takes_citations_alone(text: str, cited: list[str]) -> None:
    assert citations(text) == cited


def test_there_are_citations_in_code_and_pages() -> None:
    code = Counter(n for path in citing_files() if path.suffix == ".py" for n in citations(path.read_text()))
    pages = Counter(n for path in citing_files() if path.suffix == ".md" for n in citations(path.read_text()))
    assert code.total() >= 10
    assert (code + pages).total() >= 20


def test_every_cited_decision_has_an_entry() -> None:
    unknown = {
        (str(path.relative_to(REPOSITORY)), number)
        for path in citing_files()
        for number in citations(path.read_text(encoding="utf-8"))
        if number not in ENTRIES
    }
    assert not unknown


def test_all_decisions_are_there_once_and_in_order() -> None:
    assert list(ENTRIES) == _NUMBERS
    assert len(re.findall(r'<a id="', DECISIONS.read_text(encoding="utf-8"))) == len(_NUMBERS)
    assert {number.lower() for number in _NUMBERS} <= anchors(DECISIONS)


@pytest.mark.parametrize("number", _NUMBERS)
def test_an_entry_says_question_choice_reason_and_place(number: str) -> None:
    entry = ENTRIES[number]
    heading, *lines = [line for line in entry.splitlines() if line]
    assert heading.startswith(f"### {number}. ")
    assert not heading.endswith(_NOT_BUILT)
    labels = [line.removeprefix("- **").partition(".**")[0] for line in lines]
    assert labels[:4] == ["Question", "Choice", "Why", "Where"]
    assert labels[4:] in ([], ["Code and study differ"])


@pytest.mark.parametrize("number", _NUMBERS)
def test_the_files_of_an_entry_exist(number: str) -> None:
    where = next(line for line in ENTRIES[number].splitlines() if line.startswith("- **Where.**"))
    files = [name for name in in_backticks(where) if _FILE.fullmatch(name)]
    assert files
    assert not [name for name in files if not (REPOSITORY / name).is_file()]
