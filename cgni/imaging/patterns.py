"""Patterns of paths with {participant_id} and *. Imported while the workflow is parsed, so without heavy modules."""

import glob
import os
import re
from collections.abc import Sequence
from pathlib import Path

from cgni.base.errors import InputError

PLACEHOLDER = "{participant_id}"
_ODD_PARTS = re.compile(r"(\{participant_id\}|\*+)")
# an id that ends in a digit ends there: 1 is not the beginning of 12
_END = r"(?!(?<=\d)\d)"


def is_pattern(images: str) -> bool:
    """Whether `inputs.images` is a pattern, and not a table."""
    return PLACEHOLDER in images


def check_pattern(images: str) -> None:
    """Refuse a pattern that says less than it seems to.

    Raises
    ------
    InputError
        Other braces than {participant_id}, **, * without an id, or no place where the id stands alone.
    """
    if set(images.replace(PLACEHOLDER, "")) & set("{}"):
        raise InputError(f"inputs.images: {images}: of braces only {PLACEHOLDER} is known")
    if "**" in images:
        raise InputError(f"inputs.images: {images}: * stands for a part of one name; write */ for each folder between")
    if "*" in images and not is_pattern(images):
        raise InputError(f"inputs.images: {images}: * needs {PLACEHOLDER} in the same path, or give a csv")
    if is_pattern(images) and all(_beside_star(_parts(images), at) for at in _places(_parts(images))):
        raise InputError(
            f"inputs.images: {images}: where the id ends cannot be known; part {PLACEHOLDER} from * by a character"
        )


def fixed_folder(images: str) -> Path:
    """The folder that holds all files of a pattern: what stands before its first placeholder or *."""
    return Path(os.path.split(_parts(images)[0])[0])


def matching_files(images: str) -> list[tuple[str, str]]:
    """Ids and paths of the files that match a pattern: `*` is any part of a name, and the id the same everywhere.

    Raises
    ------
    InputError
        As of `check_pattern`; or files that match with several ids.
    """
    check_pattern(images)
    parts = _parts(images)
    inside, below, root = _expression(parts), _glob(parts), fixed_folder(images)
    matched, others = [], 0
    for path in map(str, root.glob(below)):
        if match := inside.fullmatch(path):
            matched.append((match["id"], path))
        else:
            others += 1
    if others and len(_places(parts)) > 1:
        raise InputError(
            f"inputs.images: {others} files match {images} with two different ids; a map in another person's folder "
            "is nobody's: put them right"
        )
    return matched


def _parts(images: str) -> list[str]:
    return _ODD_PARTS.split(os.path.normpath(images))


def _places(parts: Sequence[str]) -> list[int]:
    return [at for at, part in enumerate(parts) if part == PLACEHOLDER]


def _beside_star(parts: Sequence[str], at: int) -> bool:
    """Whether * follows or precedes the placeholder without a character between."""
    before, after = parts[at - 2 : at - 1] if not parts[at - 1] else [], parts[at + 2 : at + 3]
    return any(part.startswith("*") for part in [*before, *(after if not parts[at + 1] else [])])


def _expression(parts: Sequence[str]) -> re.Pattern[str]:
    """With a * the shortest id counts: what follows it belongs to the rest of the name."""
    places, starred = _places(parts), any(part.startswith("*") for part in parts)
    first = f"(?P<id>[^/]+{'?' if starred else ''})"
    texts = []
    for at, part in enumerate(parts):
        if part == PLACEHOLDER:
            texts.append((first if at == places[0] else "(?P=id)") + (_END if _beside_star(parts, at) else ""))
        else:
            texts.append("[^/]*" if part.startswith("*") else re.escape(part))
    return re.compile("".join(texts))


def _glob(parts: Sequence[str]) -> str:
    """What is looked for below `fixed_folder`."""
    stem = os.path.split(parts[0])[1]
    inside = "".join("*" if _ODD_PARTS.fullmatch(part) else glob.escape(part) for part in parts[1:])
    return re.sub(r"\*+", "*", glob.escape(stem) + inside)
