"""The version of the library, which the rules must share."""

import os

from cgni.base.errors import InputError
from cgni.base.shipped import HOME, INSTALLED, LIBRARY
from cgni.base.version import VERSION


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


def let_jobs_import_this_library() -> None:
    """Put the library that lies beside the rules before whatever else is installed where jobs run."""
    before = os.environ.get("PYTHONPATH", "")
    if not INSTALLED and str(HOME) not in before.split(os.pathsep):
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(HOME), before]))
