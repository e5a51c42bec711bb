"""What a run is asked for, and what was meant when there is no such target. Imported while the DAG is built."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from cgni.base.errors import InputError

_FEW = 3
_LIKE = 0.8  # of whole paths, which share their folders


def asked_for(command: Sequence[str]) -> list[str]:
    """The targets of a command line; none where it is not Snakemake's own.

    Parameters
    ----------
    command
        As in `sys.argv`.
    """
    from snakemake.cli import get_argument_parser

    program = Path(command[0])
    if "snakemake" not in (program.name, program.parent.name):  # python -m snakemake is snakemake/__main__.py
        return []
    given, _ = get_argument_parser().parse_known_args(list(command[1:]))
    return [str(target) for target in given.targets or ()]


def refuse_unknown_targets(
    targets: Iterable[str], names: Sequence[str], files: Sequence[str], is_made: Callable[[str], bool]
) -> None:
    """Refuse a target that is no rule, that no rule makes and that is no file either.

    Parameters
    ----------
    names, files
        Of the rules, and what they make whose name is known beforehand: what is looked through for what was meant.
    is_made
        Whether a rule makes a file.

    Raises
    ------
    InputError
        The target and those near to it.
    """
    for target in targets:
        if target not in names and not is_made(target) and not Path(target).exists():
            near = _near(target, names, files)
            meant = f"; near to it: {', '.join(near)}" if near else ""
            raise InputError(f"no target {target}{meant}; `snakemake --list` says what each target is for")


def _near(target: str, names: Sequence[str], files: Sequence[str]) -> list[str]:
    """Rules of a like name; of what looks like a file, those of a like path, or of a like last part."""
    if not set("/.") & set(target):
        return difflib.get_close_matches(target, names, _FEW)
    last = {path.rpartition("/")[2]: path for path in reversed(files)}
    found = difflib.get_close_matches(target, files, _FEW, _LIKE)
    found += [last[name] for name in difflib.get_close_matches(target.rpartition("/")[2], list(last), _FEW)]
    return list(dict.fromkeys(found))[:_FEW]
