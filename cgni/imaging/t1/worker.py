"""A process that makes one map after the other: what it is asked for comes as lines of JSON, and so do its answers.

ANTs is native code: a process of its own keeps its threads and seed fixed, and its fall from ending the batch.
"""

import json
import logging
import os
import sys
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from cgni.base.errors import InputError
from cgni.base.files import atomic_path
from cgni.base.machine import machine_trouble
from cgni.base.processes import die_with_parent
from cgni.imaging.reading import UnusableImageError
from cgni.imaging.t1.archives import read_source
from cgni.imaging.t1.head import head_of
from cgni.imaging.t1.preview import preview
from cgni.imaging.t1.segmentation import segment
from cgni.imaging.t1.templates import templates
from cgni.imaging.writing import MNI, write_map

MODULE = "cgni.imaging.t1.worker"


@dataclass(frozen=True)
class Task:
    """One image, and where its map and its preview go."""

    path: str
    target: str
    preview: str
    voxel_mm: float
    smooth_mm: float


@dataclass(frozen=True)
class Answer:
    """What became of a task.

    Attributes
    ----------
    measures : columns of `imaging.schemas.T1_QUALITY`; None without a map.
    reason : why the image gives no map, in the words of a message about several.
    unexpected : name of the error that nobody thought of.
    trouble : what the machine refuses, or is missing, and what to do: it concerns all people.
    seconds : of the processor, by step.
    """

    measures: dict[str, Any] | None = None
    reason: str | None = None
    unexpected: str | None = None
    trouble: str | None = None
    seconds: dict[str, float] | None = None


def make_map(task: Task) -> Answer:
    """Segment an image and write its map and preview, or say why there is none."""
    try:
        on = templates(task.voxel_mm)
        found = segment(head_of(read_source(task.path, "t1")), on, task.smooth_mm)
        write_map(found.gray, on.grid.affine, task.target, MNI)
        with atomic_path(task.preview) as temporary, temporary.open("wb") as stream:
            np.savez_compressed(stream, **preview(found.t1, found.unsmoothed, on.grid))  # type: ignore[arg-type]
        return Answer(measures=found.measures, seconds=found.seconds)
    except UnusableImageError as problem:
        return Answer(reason=str(problem))
    except InputError as problem:
        return Answer(trouble=str(problem))
    except Exception as error:  # ANTs raises plain Exceptions; one image must not end the batch
        trouble = machine_trouble(error)
        return Answer(trouble=trouble) if trouble else Answer(unexpected=type(error).__name__)


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
