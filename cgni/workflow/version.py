"""The version of the library, which the rules must share. No job imports it: another number reruns nothing."""

from cgni.base.errors import InputError
from cgni.base.shipped import LIBRARY

VERSION = "0.1.0"


def refuse_other_rules(version: str) -> None:
    """Refuse rules of another version than the library that they call.

    Raises
    ------
    InputError
        Both versions, and what to do.
    """
    if version != VERSION:
        raise InputError(
            f"the rules are of version {version}, the library in {LIBRARY} of version {VERSION}; install the library "
            "of the rules' version (docs/module.md)"
        )
