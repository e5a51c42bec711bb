"""Maps by a program of the site: SPM12, CAT12, or a script, run once a batch."""

import logging
import os
import subprocess
import tempfile
from pathlib import Path

import nibabel as nib
import numpy as np

from cgni.base.errors import InputError
from cgni.imaging.reading import UnusableImageError, read_map
from cgni.imaging.t1.answer import Answer
from cgni.imaging.t1.archives import read_source
from cgni.imaging.t1.batch import Places
from cgni.imaging.t1.engines import Engine
from cgni.imaging.t1.head import head_of
from cgni.imaging.t1.smoothing import likeness, smoothed_map
from cgni.imaging.writing import MNI, write_map

_TOLD = 300  # characters of what a program says last
_NOT_RUN = (126, 127)  # codes of a shell that cannot run a program, or does not find it
_NO_MAP = "images of which the command left no map"


class CommandMaker:
    """Runs a site's program on the images of a batch, and takes over the maps that it leaves."""

    def __init__(self, engine: Engine, smooth_mm: float, paths: list[str], scratch: Path) -> None:
        """Run the program on the images at `paths`, in a new folder below `scratch`.

        Raises
        ------
        InputError
            The program is not there, or leaves no map at all.
        """
        self._engine, self._smooth_mm = engine, smooth_mm
        scratch.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(dir=scratch, prefix="t1_")
        folder = Path(self._folder.name)
        self._names = {path: f"image{number:05d}" for number, path in enumerate(paths)}
        self._unreadable: dict[str, str] = {}
        images = [copied for path in paths if (copied := self._copied(path, folder))]
        if images:
            self._run(folder, images)

    def make(self, path: str, places: Places) -> Answer:
        """Take over the map that the program left of the image at `path`, or say why there is none."""
        if path in self._unreadable:
            return Answer(reason=self._unreadable[path], again=True)
        output = self._output(self._names[path])
        try:
            read = read_map(output)
        except UnusableImageError as problem:
            reason = f"images whose map is among: {problem}" if output.is_file() else _NO_MAP
            return Answer(reason=reason, again=True)
        if self._engine.smoothed:
            values, measures = read.values, likeness(read.values, read.affine, self._smooth_mm)
        else:
            values, measures = smoothed_map(read.values, read.affine, self._smooth_mm)
        write_map(np.asarray(values, np.float32), read.affine, places.map, MNI)
        return Answer(measures=measures)

    def _output(self, name: str) -> Path:
        return Path(self._folder.name) / self._engine.output_of(name)

    def _copied(self, path: str, folder: Path) -> Path | None:
        """The image as plain NIfTI under a name without an id, as MATLAB's programs want it."""
        try:
            read = read_source(path, "t1")
            head_of(read)  # refuses what is no whole head; the program gets the image as it is
        except UnusableImageError as problem:
            self._unreadable[path] = str(problem)
            return None
        target = folder / f"{self._names[path]}.nii"
        nib.save(nib.Nifti1Image(read.values, read.affine), target)  # type: ignore[no-untyped-call]
        return target

    def _run(self, folder: Path, images: list[Path]) -> None:
        listing = folder / "images.txt"
        listing.write_text("".join(f"{image}\n" for image in images))
        command = self._engine.command_for([str(image) for image in images], str(listing), str(folder))
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": "1"}
        done = subprocess.run(["bash", "-c", command], capture_output=True, errors="replace", env=environment)
        left = sum(self._output(image.stem).is_file() for image in images)
        if left == len(images):
            return
        said = " ".join((done.stderr or done.stdout).split())[-_TOLD:] or "nothing"
        told = (
            f"imaging.t1.command: ended with code {done.returncode} and left {left or 'no'} "
            f"{'maps' if left else 'map'} of {len(images)} images where imaging.t1.outputs says "
            f"({self._engine.outputs}); it said last: {said}"
        )
        # of a single image it may be the image's fault
        if done.returncode in _NOT_RUN or not (left or len(images) == 1):
            raise InputError(told)
        logging.warning("%s", told)
