"""How far a run is and how long it will go on, from what earlier runs of the same rules took."""

import csv
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_FEW = 3


class Progress:
    """Counts the jobs of a run as they end.

    Parameters
    ----------
    benchmarks
        The folder of the results that holds `<rule>/<job>.tsv`, of this and of earlier runs.
    stages
        Rule to stage, in the order of the study.
    at_once
        How many jobs run beside each other.
    """

    def __init__(self, benchmarks: Path, stages: Mapping[str, str], at_once: int) -> None:
        self._benchmarks, self._stages, self._at_once = benchmarks, stages, max(at_once, 1)
        self._left: Counter[str] = Counter()
        self._planned: Counter[str] = Counter()

    def begin(self, counts: Mapping[str, int]) -> None:
        """Take the numbers of jobs by rule; rules without a stage, which are targets, do not count."""
        self._left = Counter({rule: count for rule, count in counts.items() if rule in self._stages})
        self._planned = Counter()
        for rule, count in self._left.items():
            self._planned[self._stages[rule]] += count

    def end(self, rule: str) -> str:
        """A job of a rule has ended: its stage, and the time that is left; empty for a target.

        Jobs that a checkpoint adds after the beginning are not known here.
        """
        if rule not in self._stages:
            return ""
        self._left[rule] = max(self._left[rule] - 1, 0)
        own = self._stages[rule]
        stages = [stage for stage in dict.fromkeys(self._stages.values()) if self._planned[stage]]
        if own not in stages:
            return ""
        left = sum(self._left[name] for name, stage in self._stages.items() if stage == own)
        planned = self._planned[own]
        where = f"stage {stages.index(own) + 1} of {len(stages)}, {own}"
        return f"{where}: {planned - left} of {planned} jobs{self._time()}"

    def _time(self) -> str:
        took = {rule: _seconds(self._benchmarks / rule) for rule, count in self._left.items() if count}
        unknown = [rule for rule, seconds in took.items() if seconds is None]
        known = sum(seconds * self._left[rule] for rule, seconds in took.items() if seconds is not None)
        if not took:
            return "; the last"
        if len(unknown) == len(took):
            return ""
        told = f"; {'at least' if unknown else 'about'} {_shown(known / self._at_once)} left"
        if unknown:
            more = f" and {len(unknown) - _FEW} more" if len(unknown) > _FEW else ""
            told += f" (no earlier run of {', '.join(unknown[:_FEW])}{more})"
        return told


class ProgressHandler(logging.Handler):
    """Feeds `Progress` from Snakemake's log events, and says its lines.

    Parameters
    ----------
    say
        Prints a line.
    """

    def __init__(self, progress: Progress, say: Callable[[str], None]) -> None:
        super().__init__()
        self._progress, self._say = progress, say
        self._rules: dict[Any, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Take an event: the plan, a job's rule, a job's end."""
        facts = vars(record)
        event = getattr(facts.get("event"), "name", "")
        if event == "RUN_INFO":
            self._progress.begin({rule: int(count) for rule, count in facts["stats"].items() if rule != "total"})
        elif event == "JOB_INFO":
            self._rules[facts["jobid"]] = facts["rule_name"]
        elif event == "JOB_FINISHED":
            line = self._progress.end(self._rules.get(facts["job_id"], ""))
            if line:
                self._say(line)


def _seconds(folder: Path) -> float | None:
    """Mean wall time (s) of a rule's jobs that have a benchmark; None: there is none."""
    found = []
    for path in folder.glob("*.tsv"):
        try:
            with path.open(newline="") as stream:
                found += [float(row["s"]) for row in csv.DictReader(stream, delimiter="\t")]
        except (OSError, ValueError, KeyError):  # being written, or not a benchmark: it says nothing
            continue
    return sum(found) / len(found) if found else None


def _shown(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "a minute"
    return f"{minutes} min" if minutes < 90 else f"{seconds / 3600:.1f} h"
