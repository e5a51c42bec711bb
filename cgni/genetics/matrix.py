"""Allele counts of given people as the filled matrix that models take."""

import numpy as np
import pandas as pd

from cgni.base.errors import InputError


def load_genotypes(
    genotypes: pd.DataFrame, fill: pd.DataFrame, ids: pd.Index | list[str]
) -> tuple[np.ndarray, list[str]]:
    """Allele counts of `ids`, missing ones filled with the fold's values.

    Parameters
    ----------
    genotypes
        `genetics/genotypes.parquet`: participant_id, then one nullable count column a variant.
    fill
        `genetics/fold{k}/fill.parquet` of the fold: variant_id, fill.
    ids
        People, in the wanted order; each must have genotypes.

    Returns
    -------
    float32 array (len(ids), variants) without missing values, and the variant ids of its columns
    in the order of the genotype table.

    Raises
    ------
    InputError
        People without genotypes, or variants without a fill value (files of different runs).
    """
    variant_ids = [name for name in genotypes.columns if name != "participant_id"]
    rows = pd.Index(genotypes["participant_id"]).get_indexer(pd.Index(ids))
    absent = int((rows < 0).sum())
    if absent:
        raise InputError(f"genotype table: {absent} of {len(rows)} people have no genotypes; restrict to has_genotypes")
    values = fill.set_index("variant_id")["fill"].reindex(variant_ids).to_numpy(np.float32)
    unfilled = int(np.isnan(values).sum())
    if unfilled:
        raise InputError(
            f"fill table: {unfilled} of {len(variant_ids)} variants have no fill value; run fill_genotypes"
        )
    counts = genotypes[variant_ids].to_numpy(np.float32, na_value=np.nan)[rows]
    return np.where(np.isnan(counts), values, counts), variant_ids
