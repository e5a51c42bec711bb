"""Maps of a study whose images are not maps yet: batch by batch, then gathered."""

from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pandas as pd

from cgni.base.files import digest_value
from cgni.imaging.settings import ImagingSettings
from cgni.imaging.t1.batch import MapMaker, make_batch
from cgni.imaging.t1.by_ants import AntsMaker
from cgni.imaging.t1.by_command import CommandMaker
from cgni.imaging.t1.by_vbm import VbmMaker
from cgni.imaging.t1.engines import Engine


def batch_of(listed: pd.DataFrame, people: pd.Series, batch: int, size: int) -> pd.DataFrame:
    """The images of a batch (`size` listed ones, by id) that are of `people` (participant ids of the study)."""
    part = listed.iloc[batch * size : (batch + 1) * size]
    return part[part["participant_id"].isin(people)].reset_index(drop=True)


def make_maps(
    images: pd.DataFrame, settings: ImagingSettings, folder: Path, code: str, scratch: Path
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Make the maps of `images` (participant_id, path) below `folder`, as `batch.make_batch`.

    Parameters
    ----------
    code
        Digest of the code that maps are made with.
    scratch
        Where a site's program gets its images.
    """
    numbers, open_maker = _maker(settings, scratch)
    made_by = digest_value([settings.source, settings.smooth_mm, numbers, code])
    return make_batch(images, folder, made_by, open_maker)


def _maker(settings: ImagingSettings, scratch: Path) -> tuple[list[Any], Callable[[list[str]], MapMaker]]:
    """What maps depend on beside source and smoothing, and what opens their maker."""
    smooth_mm, t1 = settings.smooth_mm, settings.t1
    if settings.source == "ukb_vbm":
        return [], lambda paths: VbmMaker(smooth_mm)
    if t1.engine == "ants":
        return [t1.voxel_mm], lambda paths: AntsMaker(t1.voxel_mm, smooth_mm)
    engine = Engine.of(t1)
    return list(astuple(engine)), lambda paths: CommandMaker(engine, smooth_mm, paths, scratch)
