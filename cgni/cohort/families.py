"""Families: people linked by a kinship coefficient."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cgni.base.errors import InputError

_PAIR_COLUMNS = ("ID1", "ID2", "Kinship")


def read_related_pairs(path: str | Path, kinship: float) -> pd.DataFrame:
    """Pairs of relatives (str columns ID1, ID2) with a kinship coefficient of at least `kinship`.

    The file is white-space separated with the header `ID1 ID2 HetHet IBS0 Kinship`.

    Raises
    ------
    InputError
        No such file, columns missing, or kinship values that are no numbers.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such relatedness file; set inputs.relatedness (null: plink2's KING)")
    pairs = pd.read_csv(path, sep=r"\s+", dtype=str)
    missing = [name for name in _PAIR_COLUMNS if name not in pairs.columns]
    if missing:
        raise InputError(f"{path}: no column {', '.join(missing)}; expected ID1 ID2 HetHet IBS0 Kinship")
    coefficients = pd.to_numeric(pairs["Kinship"], errors="coerce")
    broken = int(coefficients.isna().sum())
    if broken:
        raise InputError(f"{path}: {broken} lines without a number in the column Kinship")
    return pairs.loc[coefficients >= kinship, ["ID1", "ID2"]].reset_index(drop=True)


def assign_families(ids: pd.Index, pairs: pd.DataFrame) -> pd.Series:
    """Family label of every person: connected components of the pairs among `ids`.

    Parameters
    ----------
    ids
        Sorted unique participant ids.
    pairs
        str columns ID1, ID2; pairs with somebody outside `ids` are ignored.

    Returns
    -------
    Series of labels (F00001 ... in the order of each family's first person), indexed by `ids`.
    """
    first, second = ids.get_indexer(pairs["ID1"]), ids.get_indexer(pairs["ID2"])
    known = (first >= 0) & (second >= 0)
    links = coo_array((np.ones(known.sum(), dtype=np.int8), (first[known], second[known])), shape=(len(ids),) * 2)
    _, component = connected_components(links, directed=False)
    # factorize numbers the components in the order of the sorted ids, whatever scipy's numbering
    number = pd.factorize(component)[0] + 1
    return pd.Series([f"F{value:05d}" for value in number], index=ids, name="family", dtype=str)


def one_per_family(families: pd.Series, preferred: pd.Series) -> pd.Series:
    """True for one person a family: the first preferred one, else the first (bool, same index)."""
    order = pd.DataFrame({"family": families, "other": ~preferred}).sort_values("other", kind="stable")
    return (~order["family"].duplicated()).reindex(families.index)
