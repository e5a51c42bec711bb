"""Families: people linked by a kinship coefficient."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cgni.base.errors import InputError
from cgni.base.small_tables import read_delimited
from cgni.base.text_files import refuse_doubled
from cgni.cohort.id_lists import KnownIds, plain_ids

_REMEDY = "set inputs.relatedness (null: plink2's KING computes it)"
# UK Biobank and KING write the names on the left, plink2 those on the right
_NAMES = {"IID1": "ID1", "IID2": "ID2", "KINSHIP": "Kinship"}
_PAIR_COLUMNS = ("ID1", "ID2", "Kinship")
_LARGEST = 0.51  # of one person given twice, and rounding


def read_related_pairs(path: str | Path, kinship: float, known: KnownIds) -> pd.DataFrame:
    """Pairs of relatives among the known ids, of a kinship coefficient of at least `kinship`.

    Reads UK Biobank's file (`ID1 ID2 HetHet IBS0 Kinship`), KING's .kin0 and plink2's .kin0. How many of its people
    are known is logged.

    Returns
    -------
    DataFrame of the str columns ID1 and ID2, ids as the study writes them, in the file's order.

    Raises
    ------
    InputError
        As of `base.small_tables.read_delimited`; kinship values that are no numbers or above 0.5; lines without an id;
        or nobody who is known.
    """
    table = read_delimited(path, _REMEDY).rename(columns=_NAMES)
    refuse_doubled(path, list(table.columns))
    missing = [name for name in _PAIR_COLUMNS if name not in table.columns]
    if missing:
        raise InputError(f"{path}: no column {', '.join(missing)}; expected ID1 ID2 HetHet IBS0 Kinship")
    coefficients = pd.to_numeric(table["Kinship"], errors="coerce")
    broken = int(coefficients.isna().sum())
    if broken:
        raise InputError(f"{path}: {broken} lines without a number in the column Kinship")
    beyond = int((coefficients > _LARGEST).sum())
    if beyond:
        raise InputError(
            f"{path}: {beyond} coefficients of kinship are above 0.5, that of twins; give KING's, not shares of the "
            "genome or per cent"
        )
    nameless = int(table[["ID1", "ID2"]].isna().any(axis=1).sum())
    if nameless:
        raise InputError(f"{path}: {nameless} lines without ID1 or ID2; fill or remove them")
    pairs = pd.DataFrame({name: plain_ids(path, table[name]) for name in ("ID1", "ID2")}, dtype="str")
    people = pd.unique(pairs.to_numpy().ravel())
    own = {text: found for text in people if (found := known.find(text)) is not None}
    if len(people) and not own:
        raise InputError(
            f"{path}: none of its {len(people)} people is in the main table; relatives would be parted between folds. "
            "Check that it belongs to the same application"
        )
    logging.info("%s: %d of %d people found among those of the main table", path, len(own), len(people))
    pairs = pairs[(coefficients >= kinship).to_numpy()].apply(lambda ids: ids.map(own))
    return pairs.dropna().reset_index(drop=True)


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
