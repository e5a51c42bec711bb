"""What the tests of the documentation read: the pages, and the citations of decisions in them and in the code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
DECISIONS = REPOSITORY / "docs/decisions.md"

_NUMBER = r"[ABC][1-9][0-9]?"
_NUMBERS = rf"{_NUMBER}(?:(?:,\s+(?:and\s+)?|\s+and\s+){_NUMBER})*"
# "study B5", "study.md B26", "decisions A4 and B1"; "(B3)" and "(B3, B24)", but not "(A1)", which may be an allele of a
# .bim file; and links to the page of decisions.
_CITATION = re.compile(
    rf"\b(?:[Ss]tudy(?:\.md)?|[Dd]ecisions?)\s+(?P<named>{_NUMBERS})\b"
    rf"|\((?P<bare>[BC][1-9][0-9]?(?:,\s+[BC][1-9][0-9]?)*)\)"
    rf"|\[(?P<linked>{_NUMBER})\]\((?:[./\w]*decisions\.md)?#"
)
_CITING = (
    *("cgni/**/*.py", "workflow_scripts/*.py", "rules/*.smk", "Snakefile"),
    *("resources/protocols/*.yaml", "config*.yaml", "docs/**/*.md", "README.md"),
)


def citations(text: str) -> list[str]:
    """Numbers of the decisions that a text cites, such as B5, in their order."""
    return [number for found in _CITATION.finditer(text) for number in re.findall(_NUMBER, found.group())]


def citing_files() -> Iterator[Path]:
    """Files whose citations must be known: library, scripts, rules, protocols and documentation."""
    for pattern in _CITING:
        yield from sorted(REPOSITORY.glob(pattern))


def anchors(page: Path) -> set[str]:
    """What links to a page may point at: its headings as GitHub names them, and its own anchors."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    named = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return named | set(re.findall(r'<a id="([\w-]+)"></a>', text))


def in_backticks(text: str) -> list[str]:
    """What a text sets in backticks."""
    return re.findall(r"`([^`\n]+)`", text)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: what it says it is (bash, yaml ...), and its text."""

    page: Path
    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """Its shell commands: lines without comments, continued ones joined."""
        joined = self.text.replace("\\\n", " ")
        lines = [re.sub(r"(?:^|\s+)# .*$", "", line).strip() for line in joined.splitlines()]
        return [line for line in lines if line]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    return [Block(page, *found) for found in re.findall(r"^```([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]
