"""Looking at what maps are made of, T1 images or UK Biobank's archives, and at what makes them."""

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cgni.base.errors import InputError
from cgni.imaging.grids import Grid, choose_grid, spm_grid
from cgni.imaging.reading import UnusableImageError, read_header
from cgni.imaging.settings import ImagingSettings, T1Settings
from cgni.imaging.t1.ants_images import load_ants
from cgni.imaging.t1.archives import is_archive, read_source
from cgni.imaging.t1.batch import Places
from cgni.imaging.t1.brain import load_networks
from cgni.imaging.t1.by_vbm import VbmMaker
from cgni.imaging.t1.engines import Engine
from cgni.imaging.t1.head import head_of
from cgni.imaging.t1.segmentation import find_brain
from cgni.workflow.check_maps import listed_files, look_at_grid, some_packed, spread, voxels_found
from cgni.workflow.check_people import PeopleFound
from cgni.workflow.checklist import Checklist, Part
from cgni.workflow.settings import StudySettings

_FILES, _ARCHIVES, _BRAINS = 200, 20, 3  # images whose header is read, archives that are, and whose brain is found
_MAP_BYTES_A_VOXEL = 2.2  # of a smoothed map, compressed
_ASSIGNMENT = re.compile(r"\s*\w+=\S*\s+")
_PROGRAM = re.compile(r"\s*([\w./~+-]+)(?=\s|$)")


@dataclass(frozen=True)
class Tried:
    """What became of some images.

    Attributes
    ----------
    tried : how many.
    good : paths of those that can be used.
    reasons : why others cannot, counted.
    """

    tried: int
    good: list[str]
    reasons: Counter[str]


def look_at_sources(checklist: Checklist, settings: StudySettings, people: PeopleFound) -> None:
    """Look at some images of the study's people, at what makes maps of them, and at what must fit the maps' grid."""
    imaging = settings.imaging
    listed = checklist.look(
        "images", lambda: listed_files(people), lambda found: f"{len(found):,} of the study's people"
    )
    if imaging.source == "ukb_vbm":
        with tempfile.TemporaryDirectory() as folder:
            made = _look_at_archives(checklist, imaging, listed, Path(folder))
            grid = checklist.look("grid", lambda: choose_grid(made.get(), imaging.store.grid), _grid_found)
            checklist.look("voxels", lambda: some_packed(made.get(), grid.get()), voxels_found)
        look_at_grid(checklist, settings, listed, grid, _MAP_BYTES_A_VOXEL)
        return
    _look_at_heads(checklist, imaging, listed)
    if imaging.t1.engine != "ants":
        checklist.look("program", lambda: _program(imaging.t1), lambda found: f"{found} is there")
        if imaging.store.grid == "common":
            checklist.note("grid", "that of the maps which the program leaves: known when they are made")
            return
    known = checklist.look("grid", lambda: _declared(imaging), _grid_found)
    look_at_grid(checklist, settings, listed, known, _MAP_BYTES_A_VOXEL)


def _look_at_archives(
    checklist: Checklist, imaging: ImagingSettings, listed: Part[list[str]], folder: Path
) -> Part[list[str]]:
    """Make the maps of some archives, in `folder`; their paths."""
    maker = VbmMaker(imaging.smooth_mm)

    def made(path: str) -> str:
        places = Places.of(folder, path)
        answer = maker.make(path, places)
        if answer.reason:
            raise UnusableImageError(answer.reason)
        return str(places.map)

    found = checklist.look("archives", lambda: _tried(listed.get(), _ARCHIVES, made, imaging.t1), _tried_found)
    return Part(found.value.good if found.value else None)


def _look_at_heads(checklist: Checklist, imaging: ImagingSettings, listed: Part[list[str]]) -> None:
    """Look at the headers of some T1 images, at heads; where ANTs makes the maps, at its parts and some brains."""
    count = _ARCHIVES if any(map(is_archive, listed.value or [])) else _FILES
    looked = checklist.look("T1 images", lambda: _tried(listed.get(), count, _opened, imaging.t1), _tried_found)
    readable = Part(looked.value.good if looked.value else None)
    if imaging.t1.engine != "ants":
        checklist.look("heads", lambda: _tried(readable.get(), _BRAINS, _head, imaging.t1), _tried_found)
        return
    parts = checklist.look("segmentation", _loaded, lambda version: f"ANTs {version} and the networks of deepbet load")

    def brains() -> Tried:
        parts.get()
        return _tried(readable.get(), _BRAINS, _brain, imaging.t1)

    checklist.look("brains", brains, _tried_found)


def _tried(paths: Sequence[str], count: int, look: Callable[[str], str], t1: T1Settings) -> Tried:
    """`look` at some of the paths, spread evenly.

    More that fail than may are wrong where all images are looked at, and where none of them can be used: of a few
    three may fail by chance.
    """
    some, good, reasons = spread(paths, count), [], Counter[str]()
    for path in some:
        try:
            good.append(look(path))
        except UnusableImageError as problem:
            reasons[str(problem)] += 1
    failed = reasons.total()
    if some and (failed == len(some) or (len(some) == len(paths) and failed > t1.most_failed * len(some))):
        raise InputError(
            f"inputs.images: {failed} of {len(some)} images that were looked at give no map: {_counted(reasons)}; "
            "repair them, or take them off the list"
        )
    return Tried(len(some), good, reasons)


def _counted(reasons: Counter[str]) -> str:
    return "; ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))


def _tried_found(tried: Tried) -> str:
    told = f"{len(tried.good)} of {tried.tried} that were looked at can be used"
    return f"{told}; not: {_counted(tried.reasons)}" if tried.reasons else told


def _opened(path: str) -> str:
    """The path, if its header says where its voxels lie; of an archive its member is read."""
    if is_archive(path):
        read_source(path, "t1")
    else:
        read_header(path)
    return path


def _head(path: str) -> str:
    head_of(read_source(path, "t1"))
    return path


def _brain(path: str) -> str:
    find_brain(head_of(read_source(path, "t1")))
    return path


def _loaded() -> str:
    """ANTs' version, if ANTs and the networks load."""
    load_networks()
    return str(load_ants().__version__)


def _program(t1: T1Settings) -> str:
    """What a shell takes the first word of the command for; nothing is run.

    Raises
    ------
    InputError
        It knows no such program.
    """
    command = Engine.of(t1).command
    while found := _ASSIGNMENT.match(command):
        command = command[found.end() :]
    first = _PROGRAM.match(command)
    if not first:
        return "a command of the shell"
    asked = 'w=$1; [[ $w == "~/"* ]] && w=$HOME/${w#"~/"}; type -- "$w"'
    if subprocess.run(["bash", "-c", asked, "bash", first[1]], capture_output=True).returncode:
        raise InputError(
            f"imaging.t1.command: bash knows no program {first[1]}; put its folder into PATH, or write its whole path"
        )
    return first[1]


def _declared(imaging: ImagingSettings) -> Grid:
    """The grid that the config states: that of ANTs' maps, unless the store has another."""
    declared = imaging.store.grid
    if declared == "common":
        return spm_grid(imaging.t1.voxel_mm)
    if isinstance(declared, str):
        return choose_grid([declared], declared)
    return spm_grid(float(declared))


def _grid_found(grid: Grid) -> str:
    return f"{'x'.join(map(str, grid.shape))} voxels of the maps that are made"
