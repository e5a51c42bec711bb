"""What became of one person's image."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What became of an image.

    Attributes
    ----------
    measures : columns of `imaging.schemas.T1_QUALITY`; None without a map.
    reason : why the image gives no map, in the words of a message about several.
    again : whether another try may go better: the reason is counted, and not kept.
    unexpected : name of the error that nobody thought of; it is tried again too.
    trouble : what the machine refuses, or is missing, and what to do: it concerns all people.
    seconds : of the processor, by step.
    """

    measures: dict[str, Any] | None = None
    reason: str | None = None
    again: bool = False
    unexpected: str | None = None
    trouble: str | None = None
    seconds: dict[str, float] | None = None
