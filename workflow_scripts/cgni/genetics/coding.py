"""Allele counts: which allele is counted, and what stands in for missing counts."""

import numpy as np
import pandas as pd

from workflow_scripts.cgni.errors import InputError


def alt_is_minor(alt_counts: pd.DataFrame) -> pd.Series:
    """Whether ALT is the allele to count, from the ALT counts of the development people.

    Parameters
    ----------
    alt_counts
        Nullable counts 0, 1, 2 of ALT, one column a variant, development people only.

    Returns
    -------
    bool by variant: ALT is not the commoner allele (equal frequencies and no data count ALT).
    """
    return ~(alt_counts.astype("Float64").mean() > 1).fillna(False).astype(bool)


def count_minor(alt_counts: pd.DataFrame, counts_alt: pd.Series) -> pd.DataFrame:
    """Copies of the counted allele (Int8, missing kept): the ALT counts, or 2 minus them."""
    turned = alt_counts.astype("Int8").copy()
    for variant in counts_alt.index[~counts_alt]:
        turned[variant] = 2 - turned[variant]
    return turned


def fill_values(genotypes: pd.DataFrame, training: pd.Index) -> pd.DataFrame:
    """Mean count of every variant among a fold's training people.

    Parameters
    ----------
    genotypes
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
    rows = genotypes[genotypes["participant_id"].isin(training)].drop(columns="participant_id")
    if rows.empty:
        raise InputError("genotypes: none of the fold's training people has genotypes; check that the ids agree")
    means = rows.astype("float64").mean()
    empty = int(means.isna().sum())
    if empty:
        raise InputError(f"genotypes: {empty} variants are missing in all {len(rows)} training people of the fold")
    return pd.DataFrame({"variant_id": means.index.astype(str), "fill": means.to_numpy(np.float64)})
