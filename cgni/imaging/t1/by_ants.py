"""Maps by ANTs: a process that segments one image after the other, and a new one where it falls."""

import json
import os
import subprocess
import sys

from cgni.imaging.t1.answer import Answer
from cgni.imaging.t1.ants_images import FIXED
from cgni.imaging.t1.batch import Places
from cgni.imaging.t1.worker import MODULE, Task

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class AntsMaker:
    """Makes maps of voxels of `voxel_mm`, smoothed by `smooth_mm`, through one worker process at a time."""

    def __init__(self, voxel_mm: float, smooth_mm: float) -> None:
        self._numbers = (voxel_mm, smooth_mm)
        self._process: subprocess.Popen[str] | None = None

    def make(self, path: str, places: Places) -> Answer:
        """Write map and preview of the image at `path`, or say why there are none.

        Where the process falls, a new one tries once more: it may have been what came before, or the machine.
        """
        for place in (places.map, places.preview):
            place.parent.mkdir(parents=True, exist_ok=True)
        task = Task(path, str(places.map), str(places.preview), *self._numbers)
        line = self._asked(task) or self._asked(task)
        if line:
            return Answer(**json.loads(line))
        code = self._process.wait() if self._process else 0
        return Answer(unexpected=f"signal {-code}" if code < 0 else f"exit code {code}")

    def _asked(self, task: Task) -> str:
        """The line that the process answers; nothing where it falls before it is whole."""
        process = self._process if self._process and self._process.poll() is None else _started()
        self._process = process
        try:
            process.stdin.write(json.dumps(vars(task)) + "\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            line = process.stdout.readline()  # type: ignore[union-attr]
        except BrokenPipeError:
            line = ""
        if line.endswith("\n"):
            return line
        process.wait()
        return ""


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **FIXED, **dict.fromkeys(_ONE_THREAD, "1"), "PYTHONPATH": os.pathsep.join(sys.path)},
    )
