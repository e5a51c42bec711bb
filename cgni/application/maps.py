"""Maps of another cohort on a bundle's grid: how like its reference they are, and what its networks make of them."""

from pathlib import Path

import numpy as np
import pandas as pd

from cgni.application.archive import Archive
from cgni.application.schemas import APPLIED_AGES, MAP_LIKENESS, MEAN
from cgni.audit.brain_age import age_task
from cgni.base.errors import InputError
from cgni.imaging.atlas import Atlas
from cgni.imaging.grids import Grid
from cgni.imaging.likeness import correlation
from cgni.imaging.packing import pack_maps
from cgni.imaging.region_values import gray_matter
from cgni.imaging.store import GmStore
from cgni.imaging.study_store import StoreTables, store_tables
from cgni.networks.device import Device
from cgni.pretraining.checkpoint import build_cnn
from cgni.pretraining.evaluation import predict
from cgni.transfer.features import features_table


def bundle_grid(bundle: Archive) -> Grid:
    """The grid of the bundle's networks."""
    grid = bundle.json("grid.json")
    x, y, z = grid["shape"]
    return Grid((x, y, z), np.asarray(grid["affine"], np.float64))


def pack_on_grid(
    bundle: Archive, listed: pd.DataFrame, target: str | Path, partial: str | Path, code: str, threads: int
) -> StoreTables:
    """Pack the `listed` maps (participant_id, path) on the bundle's grid in its precision (`packing.pack_maps`).

    Raises
    ------
    InputError
        No map, or maps that cannot be used.
    """
    if listed.empty:
        raise InputError("inputs.images: no image belongs to a participant of the cohort; compare the ids of both")
    grid, dtype = bundle_grid(bundle), bundle.json("config.json")["imaging"]["store"]["dtype"]
    packed = pack_maps(listed["path"].tolist(), grid, target, dtype, partial, code, threads)
    return store_tables(listed["participant_id"], len(listed), grid, packed)


def map_likeness(store: GmStore, bundle: Archive) -> pd.DataFrame:
    """Correlation of every map with the bundle's reference (`schemas.MAP_LIKENESS`), one map in memory at a time.

    A map passes when its r over the whole image is above the `imaging.qc.correlation` of the bundle.
    """
    rows, reference, mask = [], bundle.array("reference.npy"), bundle.array("mask.npy")
    least = bundle.json("config.json")["imaging"]["qc"]["correlation"]
    for values in store.each(np.arange(len(store.maps))):
        own = correlation(values[mask], reference[mask]), correlation(values, reference)
        rows.append((*own, float(values.sum(dtype=np.float64)), bool(own[1] > least)))
    table = pd.DataFrame(rows, columns=MAP_LIKENESS.names[1:])
    table.insert(0, "participant_id", store.ids)
    return table


def refuse_unlike(likeness: pd.DataFrame, least: float) -> None:
    """InputError when the maps are not of the bundle's tissue or space, by the median of r over the whole image."""
    median = float(likeness["r_image"].median())
    if median >= least and likeness["passed"].any():
        return
    raise InputError(
        f"inputs.images: the median correlation of {len(likeness)} maps with the bundle's reference is {median:.2f} "
        f"over the whole image, and {int(likeness['passed'].sum())} maps pass; at least {least:g} is needed "
        "(application.least_likeness): give modulated gray-matter maps in the same space, not another tissue class"
    )


def applied_features(bundle: Archive, store: GmStore, ids: pd.Index, device: Device) -> pd.DataFrame:
    """h_v of `ids` by every fold's network of the outcome: fold, participant_id, h_0 ..."""
    parts = []
    for fold in bundle.folds:
        network = build_cnn(bundle.checkpoint(f"fold{fold}/outcome_network.ckpt"))
        parts.append(_with_fold(features_table(network, store, ids, device), fold))
    return pd.concat(parts, ignore_index=True)


def applied_ages(bundle: Archive, store: GmStore, ages: pd.Series, device: Device) -> pd.DataFrame:
    """Brain age (years) of everybody in `ages` by every fold's network and their mean (`schemas.APPLIED_AGES`).

    Parameters
    ----------
    ages
        Age by participant_id, NaN where unknown.
    """
    years: dict[int, np.ndarray] = {}
    rows = store.rows_of(ages.index)
    for fold in bundle.folds:
        checkpoint = bundle.checkpoint(f"fold{fold}/age_network.ckpt")
        years[fold] = age_task(checkpoint["age"]).years(predict(build_cnn(checkpoint), store, rows, device))
    years[MEAN] = np.mean(list(years.values()), axis=0)
    facts = {"participant_id": ages.index, "age": ages.to_numpy(np.float64)}
    parts = [pd.DataFrame({**facts, "fold": fold, "brain_age": own}) for fold, own in years.items()]
    return pd.concat(parts, ignore_index=True)[APPLIED_AGES.names]


def _with_fold(table: pd.DataFrame, fold: int) -> pd.DataFrame:
    table.insert(0, "fold", fold)
    return table


def bundle_atlas(bundle: Archive) -> Atlas:
    """The atlas of the study on the bundle's grid."""
    names = bundle.table("regions.parquet").set_index("label")["name"]
    return Atlas(bundle.array("labels.npy"), names)


def cohort_regions(bundle: Archive, store: GmStore, ids: pd.Index) -> pd.DataFrame:
    """Mean gray matter, float64, of the study's regions (columns) in people of the store (index)."""
    return gray_matter(store, bundle_atlas(bundle), ids)
