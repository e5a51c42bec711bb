"""Maps of a study whose images are not maps yet: batch by batch, then gathered."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cgni.base.errors import InputError
from cgni.base.files import digest_value
from cgni.imaging.settings import ImagingSettings
from cgni.imaging.t1.batch import MapMaker, make_batch
from cgni.imaging.t1.by_ants import AntsMaker
from cgni.imaging.t1.by_command import CommandMaker
from cgni.imaging.t1.by_vbm import VbmMaker
from cgni.imaging.t1.engines import Engine

_TEMPLATE_TIV_ML = 1883.0  # of the brain mask of MNI152 (2009a), whose head size is 1


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
    t1 = settings.t1
    if settings.source == "ukb_vbm":
        numbers: list[Any] = []
    elif t1.engine == "ants":
        numbers = [t1.voxel_mm]
    else:
        numbers = list(vars_of(Engine.of(t1)))
    made_by = digest_value([settings.source, settings.smooth_mm, numbers, code])
    return make_batch(images, folder, made_by, _maker(settings, scratch))


def vars_of(engine: Engine) -> tuple[str, str, bool]:
    """What a program's maps depend on."""
    return engine.command, engine.outputs, engine.smoothed


def _maker(settings: ImagingSettings, scratch: Path) -> Callable[[list[str]], MapMaker]:
    smooth_mm, t1 = settings.smooth_mm, settings.t1
    if settings.source == "ukb_vbm":
        return lambda paths: VbmMaker(smooth_mm)
    if t1.engine == "ants":
        return lambda paths: AntsMaker(t1.voxel_mm, smooth_mm)
    return lambda paths: CommandMaker(Engine.of(t1), smooth_mm, paths, scratch)


def gather(batches: Sequence[pd.DataFrame], most_failed: float) -> pd.DataFrame:
    """All rows of quality, by participant id.

    Raises
    ------
    InputError
        More than the share `most_failed` of the images gave no map, or none did.
    """
    table = pd.concat(batches, ignore_index=True).sort_values("participant_id", ignore_index=True)
    failed = table["reason"].notna()
    reasons = "; ".join(f"{count} {reason}" for reason, count in sorted(Counter(table.loc[failed, "reason"]).items()))
    logging.info("%d of %d images gave a map%s", (~failed).sum(), len(table), f"; not: {reasons}" if reasons else "")
    if table.empty:
        raise InputError("inputs.images: no image belongs to a participant of the study; compare the ids of both")
    if failed.mean() > most_failed or failed.all():
        raise InputError(
            f"inputs.images: {int(failed.sum())} of {len(table)} images gave no map: {reasons}. At most a share of "
            f"{most_failed:g} may (imaging.t1.most_failed); repair them, or take them off the list"
        )
    return table


def with_head_sizes(participants: pd.DataFrame, quality: pd.DataFrame) -> pd.DataFrame:
    """Participants with a head size from their image, if the main table gives it for nobody.

    UK Biobank's field 25000 is the factor that brings a head to the template's volume; here it is the template's
    intracranial volume by the person's (`tiv_ml`). Both are confounds up to their scale, so they are never mixed.
    """
    measured = quality.set_index("participant_id")["tiv_ml"].dropna()
    if participants["head_size"].notna().any() or measured.empty:
        return participants
    sizes = _TEMPLATE_TIV_ML / participants["participant_id"].map(measured)
    logging.info("head sizes of %d people come from their images: the main table has none", int(sizes.notna().sum()))
    return participants.assign(head_size=sizes.astype(float))
