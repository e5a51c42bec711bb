"""Looking at some maps of a study: files, grid, place and scale, atlas, depth of the network, disk space."""

import functools
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.imaging.atlas import Atlas, read_atlas
from cgni.imaging.atlases import atlas_files, further_atlas_files
from cgni.imaging.grids import Grid, choose_grid
from cgni.imaging.mask import gray_matter_mask
from cgni.imaging.packing import Packed, pack_maps
from cgni.imaging.plausibility import check_placement, other_scale, refuse_doubled
from cgni.pretraining.cnn import block_shapes
from cgni.workflow.check_people import PeopleFound
from cgni.workflow.checklist import Checklist, Part
from cgni.workflow.settings import StudySettings

_HEADERS, _READ = 200, 20  # maps whose header is read, and whose voxels are
_GIGABYTE = 1e9
_BLOCK = 512  # bytes of a file system's st_blocks


def look_at_maps(checklist: Checklist, settings: StudySettings, people: PeopleFound) -> None:
    """Look at some maps of the study's people, and at what must fit their grid."""
    listed = checklist.look("maps", lambda: listed_files(people), lambda found: f"{len(found):,} of the study's people")
    paths = Part([path for path in listed.value or [] if Path(path).is_file()] or None)
    checklist.look(
        "map files", lambda: _all_there(listed.get(), paths.value or []), lambda found: f"{found:,} are there"
    )
    grid = checklist.look("grid", lambda: _grid(paths.get(), settings.imaging.store.grid), _grid_found)
    checklist.look("voxels", lambda: some_packed(paths.get(), grid.get()), voxels_found)
    look_at_grid(checklist, settings, paths, grid)


def look_at_grid(
    checklist: Checklist, settings: StudySettings, paths: Part[list[str]], grid: Part[Grid], map_bytes: float = 0
) -> None:
    """Look at what must fit the maps' grid: mask, network, atlas, disk.

    Parameters
    ----------
    map_bytes
        Bytes a voxel of a map that the study makes itself, beside the packed one.
    """
    checklist.look("mask", lambda: _mask(grid.get(), settings.imaging.qc.mask_threshold), _mask_found)
    network = settings.pretraining
    checklist.look(
        "imaging network",
        lambda: block_shapes(grid.get().shape, network.channels, network.kernel),
        lambda shapes: f"{len(shapes)} blocks leave {int(np.prod(shapes[-1])):,} features",
    )
    inputs = settings.inputs
    files = checklist.look("atlas", lambda: atlas_files(inputs.atlas, inputs.atlas_labels), lambda found: found[0])
    checklist.look("regions", lambda: _atlas_on(grid, files), _atlas_found)
    _look_at_further_atlases(checklist, settings, files, grid)
    checklist.look("disk", lambda: _space(settings, len(paths.get()), grid.get(), map_bytes), _space_found)


def _look_at_further_atlases(
    checklist: Checklist, settings: StudySettings, main: Part[tuple[str, str]], grid: Part[Grid]
) -> None:
    """Look at each atlas of `inputs.more_atlases` as at the first one."""
    entries = settings.inputs.more_atlases
    if not entries:
        return
    files = checklist.look("more atlases", lambda: further_atlas_files(entries, main.get()), ", ".join)
    for name, own in (files.value or {}).items():
        checklist.look(
            f"regions: {name}",
            functools.partial(_atlas_on, grid, Part(own)),
            _atlas_found,
        )


def listed_files(people: PeopleFound) -> list[str]:
    """Files of the study's people, or of all that are listed where nobody knows them."""
    listed = people.images.get()
    if people.participants.value is not None:
        listed = listed[listed["participant_id"].isin(people.participants.value["participant_id"])]
    paths: list[str] = listed["path"].tolist()
    return paths


def _all_there(listed: Sequence[str], there: Sequence[str]) -> int:
    if len(there) < len(listed):
        raise InputError(
            f"inputs.images: {len(listed) - len(there)} of {len(listed)} files are not there; what follows is said of "
            "the others"
        )
    return len(there)


def _grid(paths: Sequence[str], declared: str | float) -> Grid:
    return choose_grid(spread(paths, _HEADERS), declared, os.cpu_count() or 1)


def _grid_found(grid: Grid) -> str:
    return f"{'x'.join(map(str, grid.shape))} voxels, by the headers of {_HEADERS} maps at most"


def _mask(grid: Grid, threshold: float) -> np.ndarray:
    return gray_matter_mask(grid.shape, grid.affine, threshold)


def _mask_found(mask: np.ndarray) -> str:
    return f"{int(mask.sum()):,} voxels of gray matter"


def some_packed(paths: Sequence[str], grid: Grid) -> tuple[Packed, int]:
    """Read some maps, and hold the mean of those on one scale against the template; how many are on another.

    Whether those are too many is for the quality control of all maps to say: of 20 maps three may be by chance.
    """
    some = spread(paths, _READ)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "maps.npy"
        packed = pack_maps(some, grid, target, "float32", Path(folder) / "partial", threads=os.cpu_count() or 1)
        index = pd.DataFrame({name: getattr(packed, name) for name in ("crc32", "total", "low", "high")})
        off = other_scale(index, np.ones(len(index), dtype=bool))
        mean = np.load(target, mmap_mode="r")[..., ~off].mean(axis=-1)
    refuse_doubled(index)
    check_placement(mean, grid.affine)
    return packed, int(off.sum())


def voxels_found(found: tuple[Packed, int]) -> str:
    """What `some_packed` gave, in words."""
    packed, off = found
    moved, blank = int(packed.resampled.sum()), int(packed.blank.sum())
    return (
        f"{len(packed.crc32)} maps read: gray matter on the MNI template; {off} on another scale than the others, "
        f"{moved} to be resampled, {blank} with NaN as background"
    )


def _atlas_on(grid: Part[Grid], files: Part[tuple[str, str]]) -> Atlas:
    return read_atlas(*files.get(), grid.get().shape, grid.get().affine)


def _atlas_found(atlas: Atlas) -> str:
    told = f"{len(atlas.present)} of {len(atlas.names)} regions lie where the maps are"
    return told + (f"; without a voxel: {', '.join(atlas.lost[:5])}" if atlas.lost else "")


def _space(settings: StudySettings, count: int, grid: Grid, map_bytes: float) -> tuple[float, float]:
    """Gigabytes that the maps not yet made or packed need, and that are free where results go."""
    results = Path(settings.results_dir).absolute()
    written = [results / "imaging/store/maps.npy", *(results / "resume/pack_gm_store").glob("*.npy")]
    if map_bytes:
        written += (results / "imaging/t1/maps").glob("*.nii.gz")
    held = sum(path.stat().st_blocks * _BLOCK for path in written if path.is_file())
    bytes_a_voxel = np.dtype(settings.imaging.store.dtype).itemsize + map_bytes
    whole = count * int(np.prod(grid.shape)) * bytes_a_voxel
    needed, place = max(whole - held, 0) / _GIGABYTE, results
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free / _GIGABYTE
    if needed > free:
        raise InputError(
            f"results_dir: the maps need {needed:.1f} GB, and {free:.1f} GB are free in {place}; free some, set "
            "results_dir to another disk, or imaging.store.dtype: uint8"
        )
    return needed, free


def _space_found(space: tuple[float, float]) -> str:
    return f"{space[0]:.1f} GB for the maps, {space[1]:.1f} GB are free"


def spread(paths: Sequence[str], count: int) -> list[str]:
    """At most `count` of the paths, spread evenly."""
    places = np.unique(np.linspace(0, len(paths) - 1, min(count, len(paths))).astype(int))
    return [paths[place] for place in places]
