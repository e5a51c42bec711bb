"""What the rules' texts declare."""

import re

from tests.workflow.study import REPOSITORY

_RULES = "\n\n".join(path.read_text() for path in sorted((REPOSITORY / "rules").glob("*.smk"))) + "\n"
DECLARATIONS = {
    match[1]: match[0] for match in re.finditer(r"^rule (\w+):\n(?:(?!^\S).*\n)+", _RULES, flags=re.MULTILINE)
}
GPU_RULES = {rule for rule, text in DECLARATIONS.items() if "execution=section(" in text}


def declared(rule: str, pattern: str) -> int | None:
    """The number that `pattern` (one group) finds in the rule's text; None when it is no literal."""
    found = re.search(pattern, DECLARATIONS[rule])
    return int(found[1]) if found else None


def declared_memory(rule: str) -> int | None:
    """mem_mb of the first attempt."""
    return declared(rule, r"mem_mb=grows\((\d+)\)")


def declared_minutes(rule: str) -> int | None:
    """runtime of the first attempt."""
    return declared(rule, r"runtime=grows\((\d+)\)")


def declared_threads(rule: str) -> int | None:
    """threads."""
    return declared(rule, r"threads: (\d+)")
