"""Links, files and config keys that the documentation names exist."""

import re
from pathlib import Path
from typing import Any

import pytest

from cgni.workflow.config import effective_config
from tests.unit.docs.pages import DECISIONS, REPOSITORY, anchors, in_backticks

PAGES = [*sorted((REPOSITORY / "docs").rglob("*.md")), REPOSITORY / "README.md"]
# pages for users; that on the architecture names modules, whose dotted names look like keys
USER_PAGES = [*sorted((REPOSITORY / "docs/methods").glob("*.md")), DECISIONS, REPOSITORY / "docs/inputs.md"]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FILE = re.compile(r"(?:cgni|rules|resources|workflow_scripts|tests|tools|benchmarks|docs)/[\w./-]+")
_KEY = re.compile(r"[a-z_]+(?:\.[a-z_0-9]+)*")


def _name(page: Path) -> str:
    return str(page.relative_to(REPOSITORY))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("page", USER_PAGES, ids=_name)
def test_named_files_and_keys_exist(page: Path) -> None:
    known = _keys(effective_config({}))
    sections = {key.partition(".")[0] for key in known}
    missing = []
    for name in in_backticks(page.read_text(encoding="utf-8")):
        key = name.partition(":")[0]
        if _FILE.fullmatch(name):
            missing += [name] if not (REPOSITORY / name).exists() else []
        elif _KEY.fullmatch(key) and key.partition(".")[0] in sections and key not in known:
            missing.append(name)
    assert not missing


def _keys(part: dict[str, Any], path: str = "") -> set[str]:
    """Dotted names of all keys, sections included."""
    keys: set[str] = set()
    for name, value in part.items():
        keys |= {path + name} | (_keys(value, f"{path}{name}.") if isinstance(value, dict) else set())
    return keys
