"""A process that makes one map after the other: what it is asked for comes as lines of JSON, and so do its answers.

ANTs is native code: a process of its own keeps its threads and seed fixed, and its fall from ending the batch.
"""

import errno
import json
import logging
import os
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass

import numpy as np
import torch

from cgni.base.errors import InputError
from cgni.base.files import atomic_path
from cgni.base.machine import machine_trouble
from cgni.base.processes import die_with_parent
from cgni.imaging.reading import UnusableImageError
from cgni.imaging.t1.answer import Answer
from cgni.imaging.t1.archives import read_source
from cgni.imaging.t1.head import head_of
from cgni.imaging.t1.preview import preview
from cgni.imaging.t1.segmentation import segment
from cgni.imaging.t1.templates import templates
from cgni.imaging.writing import MNI, write_map

MODULE = "cgni.imaging.t1.worker"
_LEAST_ROOM = 50 * 1024 * 1024  # bytes; a warp takes some 60 MB


@dataclass(frozen=True)
class Task:
    """One image, and where its map and its preview go."""

    path: str
    target: str
    preview: str
    voxel_mm: float
    smooth_mm: float


def make_map(task: Task) -> Answer:
    """Segment an image and write its map and preview, or say why there is none."""
    is_read = False
    try:
        read = read_source(task.path, "t1")
        is_read = True
        on = templates(task.voxel_mm)
        found = segment(head_of(read), on, task.smooth_mm)
        write_map(found.gray, on.grid.affine, task.target, MNI)
        with atomic_path(task.preview) as temporary, temporary.open("wb") as stream:
            np.savez_compressed(stream, **preview(found.t1, found.unsmoothed, on.grid))  # type: ignore[arg-type]
        return Answer(measures=found.measures, seconds=found.seconds)
    except UnusableImageError as problem:
        return Answer(reason=str(problem), again=not is_read)
    except InputError as problem:
        return Answer(trouble=str(problem))
    except Exception as error:  # ANTs raises plain Exceptions; one image must not end the batch
        trouble = machine_trouble(error) or _no_room()
        return Answer(trouble=trouble) if trouble else Answer(unexpected=type(error).__name__)


def _no_room() -> str | None:
    """What to say where no file fits into the folder for temporary files: ITK hides the number of the error."""
    folder = tempfile.gettempdir()
    if shutil.disk_usage(folder).free >= _LEAST_ROOM:
        return None
    return machine_trouble(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), folder))


def main() -> None:
    """Answer tasks until there are no more."""
    die_with_parent()
    logging.disable(logging.INFO)
    torch.set_num_threads(1)
    # what libraries print goes to stderr: stdout holds answers alone
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        for line in sys.stdin:
            answers.write(json.dumps(asdict(make_map(Task(**json.loads(line))))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
