"""The messages that the guide's page of failures quotes are those of the code."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.unit.docs.pages import REPOSITORY

PAGE = REPOSITORY / "docs/guide/first_run.md"
_ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
_SECTIONS = ("### Before anything runs", "### People", "### Genes and genotypes", "### Images")
_NOT_OURS = {"LockException"}  # Snakemake's


def _texts() -> Iterator[str]:
    """All texts of the library, with … for what is filled in."""
    for path in sorted((REPOSITORY / "cgni").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


TEXTS = list(_texts())
QUOTED = [text for text in _ROW.findall(PAGE.read_text(encoding="utf-8")) if text not in _NOT_OURS]


@pytest.mark.parametrize("message", QUOTED)
def test_a_quoted_message_is_in_the_code(message: str) -> None:
    assert any(message in text for text in TEXTS)


def test_each_kind_of_failure_is_there() -> None:
    assert len(QUOTED) >= 25
    assert all(section in PAGE.read_text(encoding="utf-8") for section in _SECTIONS)
