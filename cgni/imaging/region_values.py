"""What is measured of people's brains, no network in between: gray matter of regions, or the features of a table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cgni.base.tables import read_table
from cgni.imaging.atlas import Atlas, read_atlas, region_means
from cgni.imaging.store import GmStore


def region_values(inputs: Mapping[str, Any], ids: pd.Index) -> pd.DataFrame:
    """Regions (columns, by name) of people (index, in the order of `ids`), float64.

    Parameters
    ----------
    inputs
        Paths: maps, atlas and atlas_labels; or of a table features and columns (`imaging.table.screening.Screened`).
    """
    if "maps" in inputs:
        store = GmStore.open(Path(inputs["maps"]).parent)
        return gray_matter(store, read_atlas(inputs["atlas"], inputs["atlas_labels"], store.grid, store.affine), ids)
    return feature_values(read_table(inputs["image_features"]), read_table(inputs["image_columns"]), ids)


def measured_people(inputs: Mapping[str, Any]) -> pd.Index:
    """Ids of everybody whose map passed (path `qc`), or whose features of a table stayed (path `image_features`)."""
    if "qc" in inputs:
        return pd.Index(read_table(inputs["qc"]).query("passed")["participant_id"])
    return pd.Index(read_table(inputs["image_features"], ["participant_id"])["participant_id"])


def gray_matter(maps: GmStore, atlas: Atlas, ids: pd.Index) -> pd.DataFrame:
    """Mean gray matter, float64, of the regions (columns) of people (index).

    Parameters
    ----------
    atlas
        On the store's grid; regions without a voxel are left out.
    """
    means = region_means(maps.each(maps.rows_of(ids)), atlas.labels, atlas.present)
    return pd.DataFrame(means, index=ids, columns=[str(name) for name in atlas.names[atlas.present]])


def feature_values(features: pd.DataFrame, columns: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Features of a table, float64 [people, features], by their names; gaps become the mean of these people.

    Parameters
    ----------
    features, columns
        participant_id, h_0 ... with gaps; their names (`imaging.schemas.FEATURE_COLUMNS`).
    """
    own = features.set_index("participant_id").loc[ids, list(columns["column"])].astype("float64")
    return own.fillna(own.mean()).set_axis(list(columns["name"]), axis=1)
