"""Quality control of a study's packed maps."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.files import atomic_path
from cgni.cohort.roles import development_people
from cgni.imaging.mask import gray_matter_mask
from cgni.imaging.plausibility import check_placement, off_scale, refuse_doubled
from cgni.imaging.quality import attrition_rows, quality_table, relations
from cgni.imaging.reference import correlate_with_reference
from cgni.imaging.settings import ImageQcSettings
from cgni.imaging.store import GmStore


@dataclass(frozen=True)
class CheckedMaps:
    """Which maps pass, and what they were compared with.

    Attributes
    ----------
    qc, relations, attrition : tables in the columns of `imaging.schemas.QC`, `QC_RELATIONS` and
        `cohort.schemas.ATTRITION`.
    reference : float32 [x, y, z], mean map of the reference people.
    mask : bool [x, y, z], gray matter.
    """

    qc: pd.DataFrame
    relations: pd.DataFrame
    attrition: pd.DataFrame
    reference: np.ndarray
    mask: np.ndarray

    def save_arrays(self, reference: str | Path, mask: str | Path) -> None:
        """Write both arrays as .npy files, each whole or not at all."""
        for array, path in ((self.reference, reference), (self.mask, mask)):
            with atomic_path(path) as temporary:
                np.save(temporary, array)


def check_maps(
    store: GmStore,
    grid: dict[str, Any],
    splits: pd.DataFrame,
    participants: pd.DataFrame,
    settings: ImageQcSettings,
    reference: str,
    threads: int,
) -> CheckedMaps:
    """Correlate every packed map with the reference, inside the gray-matter mask and over the whole image.

    Maps on another scale than the others do not pass, and are not in the reference.

    Parameters
    ----------
    grid
        What grid.json holds: how many images were listed, packed, resampled, and had NaN as background.
    splits, participants
        Tables of the cohort; of the participants participant_id, site, sex, head_size and age.
    reference
        `development`: the mean map of the development people, without a person's own map;
        `everybody`: that of all maps.
    threads
        Pieces at once; the result does not depend on it.

    Raises
    ------
    InputError
        Damaged maps (`GmStore.verify`), maps of two people, of no gray matter in MNI space or of several scales
        (`imaging.plausibility`), no voxel in the mask, fewer than two reference people, or nobody who passes.
    """
    store.verify(threads)
    mask = gray_matter_mask(store.grid, store.affine, settings.mask_threshold)
    held_apart = reference == "development"
    members = np.ones(len(store.ids), dtype=bool)
    if held_apart:
        members = store.ids.isin(development_people(splits))
    off = np.zeros(len(store.ids), dtype=bool)
    if store.index is not None:
        refuse_doubled(store.index)
        off = off_scale(store.index, members) if members.any() else off
    members &= ~off
    quality = correlate_with_reference(store.maps, mask, members, held_apart, store.scale, threads)
    check_placement(quality.reference, store.affine)
    table = quality_table(store.ids, quality, members, off, settings)
    logging.info("%d of %d images pass", table["passed"].sum(), len(table))
    images = grid["images"]
    attrition = attrition_rows(table, images, settings)
    return CheckedMaps(table, relations(table, participants), attrition, quality.reference, mask)
