"""What input files look like, so that one that is replaced is noticed whatever its time. For the rules' parameters.

Snakemake reruns what is older than its inputs; a file that comes out of an archive, or by `cp -p`, may be older than
what it replaces. So the look of each input that the study does not make itself is a parameter of the rules that read
it, and another look reruns them. Imported while the DAG is built.
"""

import functools
import logging
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cgni.base.errors import InputError
from cgni.base.files import digest_file, digest_value
from cgni.imaging.settings import ImagingSettings

# Below this size the content counts, so that a touched or copied file is the same file: lists of ids, eQTLs, tables.
CONTENT_LIMIT = 16 * 1024 * 1024
_STATS_AT_ONCE = 32  # on a network file system each one waits for an answer


def looks_of(paths: Iterable[str], results: str) -> dict[str, str]:
    """Path to look of the input files that lie outside the results: what lies within is watched as rules' outputs."""
    within = Path(results).absolute()
    return {path: look_of(path) for path in paths if not Path(path).absolute().is_relative_to(within)}


@functools.cache
def look_of(path: str) -> str:
    """Size and digest of a small file; size and time (s) of a large one or a folder. One that is not there says so."""
    try:
        status = os.stat(path)
        if status.st_size > CONTENT_LIMIT or os.path.isdir(path):
            return f"{status.st_size} bytes of {int(status.st_mtime)}"
        return f"{status.st_size} bytes, {digest_file(path)}"
    except OSError as error:
        return type(error).__name__  # the job that reads it will say more


@functools.cache
def look_of_images(images: str, instances: tuple[int, ...], imaging: ImagingSettings, contents: bool) -> dict[str, str]:
    """How many images `inputs.images` names, with a digest of their paths.

    Parameters
    ----------
    instances
        Visits whose images count (`cohort.image_instances`).
    imaging
        What kind of images they are.
    contents
        Whether their sizes and times (s) count too.
    """
    paths = _listed(images, instances, imaging)
    if paths is None:
        return {}
    stamps: list[str] = []
    if contents:
        with ThreadPoolExecutor(_STATS_AT_ONCE) as pool:
            stamps = list(pool.map(_stamp, paths))
    return {"maps": f"{len(paths)}, {digest_value([paths, stamps])}"}


def count_images(images: str, instances: tuple[int, ...], imaging: ImagingSettings) -> int:
    """How many people have an image that `inputs.images` names; 0 where it cannot be read."""
    return len(_listed(images, instances, imaging) or ())


@functools.cache
def _listed(images: str, instances: tuple[int, ...], imaging: ImagingSettings) -> tuple[str, ...] | None:
    """Paths of the images; None where the list cannot be read: the job that reads it will say what is wrong."""
    from cgni.imaging.t1.listing import study_images  # here: it needs pandas, loaded for parameters anyway

    root, silent = logging.getLogger(), logging.NullHandler()
    root.addHandler(silent)  # without a handler the first record makes one, and Snakemake's lines appear twice
    try:
        return tuple(study_images(images, instances, imaging)["path"])
    except (InputError, OSError):
        return None
    finally:
        root.removeHandler(silent)


def _stamp(path: str) -> str:
    try:
        status = os.stat(path)
        return f"{status.st_size} {int(status.st_mtime)}"
    except OSError as error:
        return type(error).__name__
