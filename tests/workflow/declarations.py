"""What the rules declare."""

import functools

from tools.study_rules import StudyRule, study_rules


@functools.cache
def rules() -> dict[str, StudyRule]:
    """Every rule with a script, by name; those of inputs and switches that the demo does without among them."""
    return {rule.name: rule for rule in study_rules() if rule.script}


def gpu_rules() -> set[str]:
    """Rules that may use a GPU."""
    return {name for name, rule in rules().items() if "execution" in rule.params}


def declared_memory(rule: str) -> int:
    """mem_mb of the first attempt."""
    return rules()[rule].resources["mem_mb"]


def declared_minutes(rule: str) -> int:
    """runtime of the first attempt."""
    return rules()[rule].resources["runtime"]


def declared_threads(rule: str) -> int:
    """threads."""
    return rules()[rule].threads
