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


_OF_THE_USER = re.compile(
    r'INPUTS\["\w+"\]|ATLAS|\batlas_image\b|\batlas_table\b|MORE_SETS\[|'
    r"KINSHIP|OWN_ANNOTATION|genotype_file|people_files\(\)|image_table\(\)|grid_template\(\)"
)


@pytest.mark.parametrize("place", RULES)
def test_input_files_of_the_user_are_looked_at_by_the_rules_that_read_them(place: str) -> None:
    """Snakemake compares times alone, and a file that is replaced may be older (`seen` in rules/common.smk)."""
    inputs, after = RULES[place].partition("output:")[::2]
    looked = after.partition("**seen(")[2].partition("script:")[0]
    read = set(_OF_THE_USER.findall(inputs))
    assert {name for name in read if name not in looked} == set()
    if "genotype_file" in read:
        assert {kind for kind in re.findall(r'genotype_file\("(\w+)"\)', inputs) if f'"{kind}"' not in looked} == set()


def test_targets_say_in_a_sentence_what_they_are_for() -> None:
    """What `snakemake --list` prints tells targets from the rules that compute."""
    text = (_ROOT / "Snakefile").read_text()
    targets = re.findall(r'^rule (\w+):\n    """(.+)"""$', text, re.MULTILINE)
    assert len(targets) == len(re.findall(r"^rule \w+:$", text, re.MULTILINE)) == 11
    assert [name for name, said in targets if not said.startswith("Target: ")] == ["write_config"]
    assert all(re.fullmatch(r"Target: .{20,100}[^.]\.", said) for name, said in targets if name != "write_config")
