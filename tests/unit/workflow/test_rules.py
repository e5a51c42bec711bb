"""What every rule with a script declares, read from the text of the rules."""

import itertools
import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[3]
_HEAD = re.compile(r"^ *(?:rule|checkpoint)\b[^\n:]*:$", re.MULTILINE)


def blocks() -> dict[str, str]:
    """The text of each rule that has a script, by the file and line where it begins."""
    found = {}
    for path in sorted([_ROOT / "Snakefile", *(_ROOT / "rules").glob("*.smk")]):
        text = path.read_text()
        starts = [head.start() for head in _HEAD.finditer(text)]
        for start, end in itertools.pairwise([*starts, len(text)]):
            if "script:" in text[start:end]:
                found[f"{path.name}:{text[:start].count(chr(10)) + 1}"] = text[start:end]
    return found


RULES = blocks()


def test_rules_are_found() -> None:
    assert len(RULES) > 35


@pytest.mark.parametrize("place", RULES)
def test_every_rule_declares_the_digest_of_its_own_script(place: str) -> None:
    block = RULES[place]
    script = re.search(r'"(?:\.\./)?workflow_scripts/(.+)\.py"', block)
    assert script is not None
    name = script[1]
    if name == "{params.script}":  # a rule made in a loop: its own name is its script's
        (name,) = re.findall(r'script=(f"[^"]+"),', block)
        assert f"code=code({name})" in block and f"name:\n            {name}\n" in block
    else:
        assert f'code=code("{name}")' in block
    for part in ("log:", "benchmark:", "conda:", "mem_mb=", "runtime=", "threads:"):
        assert part in block, part
