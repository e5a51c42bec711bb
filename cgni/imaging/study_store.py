"""The packed store of a study: whose maps, on which grid, and what is known of each."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cgni.base.files import digest_value
from cgni.imaging.grids import Grid, choose_grid
from cgni.imaging.packing import Packed, pack_maps
from cgni.imaging.schemas import INDEX
from cgni.imaging.settings import StoreSettings


@dataclass(frozen=True)
class StoreTables:
    """What a store has beside its array.

    Attributes
    ----------
    index : one row a map, in the columns of `imaging.schemas.INDEX`.
    grid : plain values: shape, affine, voxel_mm, and how many images were listed, packed, resampled, and
        had NaN as background.
    checksum : digests of all maps and of their people.
    """

    index: pd.DataFrame
    grid: dict[str, Any]
    checksum: dict[str, str]


def pack_study(
    listed: pd.DataFrame,
    people: pd.Series,
    settings: StoreSettings,
    target: str | Path,
    partial: str | Path,
    code: str,
    threads: int,
) -> StoreTables:
    """Pack the maps of the study's people, in the order of their ids.

    Parameters
    ----------
    listed
        participant_id and path of all images (`imaging.paths.list_images`).
    people
        Participant ids (str); maps of others are left out.
    target, partial, code, threads
        As of `pack_maps`.

    Raises
    ------
    InputError
        As of `choose_grid` and `pack_maps`.
    """
    own = listed[listed["participant_id"].isin(people)].reset_index(drop=True)
    grid = choose_grid(own["path"].tolist(), settings.grid, threads)
    logging.info("packing %d of %d listed images on %s voxels", len(own), len(listed), grid.shape)
    packed = pack_maps(own["path"].tolist(), grid, target, settings.dtype, partial, code, threads)
    return store_tables(own["participant_id"], len(listed), grid, packed)


def store_tables(ids: pd.Series, listed: int, grid: Grid, packed: Packed) -> StoreTables:
    """What stands beside the packed maps of `ids`, of `listed` images."""
    resampled, blank = int(packed.resampled.sum()), int(packed.blank.sum())
    logging.info("%d images were resampled, %d have NaN as their background, which is 0 here", resampled, blank)
    index = pd.DataFrame({"row": range(len(ids)), "participant_id": ids})
    return StoreTables(
        index.assign(**{name: getattr(packed, name) for name in INDEX.names if hasattr(packed, name)}),
        {
            **grid.as_json(),
            "images": {"listed": listed, "packed": len(ids), "resampled": resampled, "blank": blank},
        },
        {"crc32": digest_value(packed.crc32.tolist()), "ids": digest_value(ids.tolist())},
    )
