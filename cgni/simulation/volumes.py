"""Volumes of the regions of simulated maps, as the table of a lab that has no maps."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.imaging.atlas import region_means
from cgni.imaging.atlas_names import read_names
from cgni.simulation.images import SimulatedImages

UNIT = "ml"
_UNKNOWN = 0.003  # share of values that nobody wrote down


def image_list(images: SimulatedImages, kind: str, folder: str | Path) -> pd.DataFrame:
    """What a lab has of its images: the list of those written into a new folder; of the kind `table` their volumes.

    The folder is there then, too, and empty: another kind is another content of the same outputs.
    """
    if kind != "table":
        return images.write(folder)
    Path(folder).mkdir(parents=True)
    return region_volumes(images)


def region_volumes(images: SimulatedImages) -> pd.DataFrame:
    """participant_id and the gray-matter volume (ml) of each region, of everybody with an image.

    An image that is spoilt has left half of its volumes; of the others a few are unknown.
    """
    anatomy, rng = images.anatomy, np.random.default_rng(derive_seed(images.seed, "simulation", "volumes"))
    voxel = abs(float(np.linalg.det(anatomy.affine[:3, :3]))) / 1000
    sizes = np.array([(anatomy.labels == region).sum() for region in anatomy.regions]) * voxel
    maps = (images.density(row) for row in images.with_image)
    volumes = np.round(region_means(maps, anatomy.labels, anatomy.regions) * sizes, 5)
    unknown = rng.random(volumes.shape) < _UNKNOWN
    for place, row in enumerate(images.with_image):
        if row in images.spoilt:
            unknown[place, rng.permutation(volumes.shape[1])[: volumes.shape[1] // 2]] = True
    table = pd.DataFrame(np.where(unknown, np.nan, volumes), columns=[_feature(label) for label in anatomy.regions])
    table.insert(0, "participant_id", images.people["participant_id"].to_numpy()[images.with_image])
    return table


def volume_labels(names: Mapping[int, str]) -> pd.DataFrame:
    """Columns feature, label and unit of the volumes of an atlas's regions (`names` by label)."""
    return pd.DataFrame({"feature": [_feature(label) for label in names], "label": list(names.values()), "unit": UNIT})


def planted_names(inputs: Mapping[str, Any]) -> dict[int, str]:
    """Label of the atlas to what results call the region or its volume.

    `inputs`: path of the features' names (`image_columns`), or of the atlas's table (`atlas_labels`).
    """
    if "image_columns" in inputs:
        return volume_names(read_table(inputs["image_columns"]))
    return read_names(inputs["atlas_labels"])


def volume_names(columns: pd.DataFrame) -> dict[int, str]:
    """Label of the atlas to the name that a study gives the volume (`imaging.schemas.FEATURE_COLUMNS`)."""
    return {int(row.feature.removeprefix(_feature(""))): row.name for row in columns.itertuples(index=False)}


def _feature(label: object) -> str:
    return f"region_{label}"
