"""Allele counts: which allele is counted, and what stands in for missing counts."""

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.genetics.counts import AlleleCounts


def alt_is_minor(alt_counts: AlleleCounts) -> np.ndarray:
    """Whether ALT is the allele to count, from the ALT counts of the development people.

    Returns
    -------
    bool by variant: ALT is not the commoner allele (equal frequencies and no data count ALT).
    """
    alt_is_commoner: np.ndarray = np.nan_to_num(alt_counts.means(), nan=1.0) > 1
    return ~alt_is_commoner


def fill_values(counts: AlleleCounts, training: pd.Index) -> pd.DataFrame:
    """Mean count of every variant among a fold's training people.

    Parameters
    ----------
    counts
        `genetics/genotypes.parquet`.
    training
        Ids of the fold-training people; those without genotypes do not count.

    Returns
    -------
    Columns variant_id, fill (float64).

    Raises
    ------
    InputError
        Nobody of them has genotypes, or variants that all of them miss.
    """
    rows = counts.of(training)
    if rows.ids.empty:
        raise InputError("genotypes: none of the fold's training people has genotypes; check that the ids agree")
    means = rows.means()
    empty = int(np.isnan(means).sum())
    if empty:
        raise InputError(f"genotypes: {empty} variants are missing in all {len(rows.ids)} training people of the fold")
    return pd.DataFrame({"variant_id": counts.variants.astype(str), "fill": means})
