"""What finished jobs have written: a digest of every output, so that a file that is changed by hand later is noticed.

The digests lie in `<results>/.digests/` under the outputs' own paths. A file without a digest is not judged.
"""

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from cgni.base.errors import InputError
from cgni.base.files import digest_file, write_text

FOLDER = ".digests"


def note_outputs(outputs: Iterable[str], results: Path) -> None:
    """Write down the digests of the outputs that are there."""
    for path in outputs:
        note = _note(path, results)
        if note is not None and Path(path).exists():
            write_text(digest_file(path) + "\n", note)


def compared_digests(inputs: Mapping[str, str], results: Path) -> dict[str, str]:
    """Digests, by name, of the inputs that jobs of the study wrote.

    Raises
    ------
    InputError
        One of them is not as its job left it: cut, emptied, swapped or edited.
    """
    found = {}
    for name, path in inputs.items():
        note = _note(path, results)
        if note is None or not note.is_file():
            continue
        found[name] = digest_file(path)
        if found[name] != note.read_text(encoding="utf-8").strip():
            raise InputError(
                f"{path}: is not what the study wrote (cut, swapped or edited since); "
                "delete it and run the same command again"
            )
    return found


def remove_leftovers(outputs: Iterable[str]) -> None:
    """Delete the unfinished files that a killed job left beside its outputs (`atomic_path`)."""
    for path in map(Path, outputs):
        for left in path.parent.glob(f".[0-9]*.{path.name}"):
            with contextlib.suppress(OSError):  # it only takes room
                left.unlink()


def _note(path: str, results: Path) -> Path | None:
    """Where the digest of a file of the results lies; None for a file that is none of them."""
    try:
        return results / FOLDER / Path(path).absolute().relative_to(results.absolute())
    except ValueError:
        return None
