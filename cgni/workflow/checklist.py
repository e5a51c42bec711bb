"""Looking at the parts of a study one after the other: a wrong one stops those that need it, and no others."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from cgni.base.errors import InputError

T = TypeVar("T")
_WIDTH = 18  # of the names of parts


@dataclass(frozen=True)
class Finding:
    """What was found in one part: `ok`, `note` (right, but worth knowing), `wrong`, or `skipped`."""

    part: str
    state: Literal["ok", "note", "wrong", "skipped"]
    text: str

    def line(self) -> str:
        """The finding as a line."""
        return f"{self.state:<8}{self.part:<{_WIDTH}} {self.text}"


class MissingPartError(Exception):
    """Something is asked of a part that is wrong."""


@dataclass(frozen=True)
class Part(Generic[T]):
    """What looking at a part gave; nothing where it is wrong."""

    value: T | None

    def get(self) -> T:
        """The value; MissingPartError where there is none."""
        if self.value is None:
            raise MissingPartError
        return self.value


@dataclass
class Checklist:
    """Findings in the order in which the parts were looked at."""

    findings: list[Finding] = field(default_factory=list)

    def look(self, part: str, look: Callable[[], T], found: Callable[[T], str]) -> Part[T]:
        """What `look` returns, which `found` describes; nothing where it is wrong, or a part that it gets is."""
        try:
            value = look()
        except InputError as error:
            self.findings.append(Finding(part, "wrong", str(error)))
            return Part(None)
        except MissingPartError:
            self.skip(part)
            return Part(None)
        self.findings.append(Finding(part, "ok", found(value)))
        return Part(value)

    def skip(self, part: str) -> None:
        """Say that a part was not looked at."""
        self.findings.append(Finding(part, "skipped", "what it needs is wrong"))

    def note(self, part: str, text: str) -> None:
        """Say what is right, but worth knowing."""
        self.findings.append(Finding(part, "note", text))

    def count(self, state: str) -> int:
        """Number of parts that were found in a state."""
        return sum(finding.state == state for finding in self.findings)

    def text(self) -> str:
        """All lines, and the count of each state."""
        counts = ", ".join(f"{self.count(state)} {state}" for state in ("ok", "note", "skipped", "wrong"))
        return "\n".join([*(finding.line() for finding in self.findings), counts]) + "\n"
