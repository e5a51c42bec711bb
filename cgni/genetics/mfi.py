"""Imputation quality and minor allele frequency from UK Biobank's mfi files."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cgni.base.errors import InputError
from cgni.base.large_tables import LargeTable

_LARGEST = 2.0  # of INFO, which estimates may bring above 1
_COLUMNS = ["alternate_id", "rsid", "position", "allele1", "allele2", "maf", "minor_allele", "info"]


def read_mfi(path: str | Path, positions: set[int] | None, least_maf: float = 0.0) -> pd.DataFrame:
    """INFO of the variants at `positions` from a UK Biobank mfi file (8 columns, tab, no header; NA is missing).

    Without `positions`: of all variants with a MAF of at least `least_maf`. Alleles are in capitals.

    Returns
    -------
    Columns pos (int), ref, alt (str), maf (float), info (float).

    Raises
    ------
    InputError
        No such file, not eight tab-separated columns (`base.large_tables`), or INFO or MAF that nothing can have.
    """
    types = {"position": pa.int64(), "allele1": pa.string(), "allele2": pa.string()}
    types |= {"maf": pa.float64(), "info": pa.float64()}
    remedy = "set inputs.genotypes.mfi (null: MaCH r2 of the dosages)"
    table = LargeTable(Path(path), remedy, tuple(_COLUMNS), "\t", header=False)
    wanted = pc.field("maf") >= least_maf
    if positions is not None:
        wanted = pc.is_in(pc.field("position"), pa.array(sorted(positions), pa.int64()))
    kept = [batch.filter(wanted) for batch in table.batches(types)]
    found = pa.concat_tables(kept) if kept else pa.schema(list(types.items())).empty_table()
    values = found.to_pandas().set_axis(["pos", "ref", "alt", "maf", "info"], axis=1).dropna(subset=["pos"])
    odd = int(((values["info"] > _LARGEST) | ~values["maf"].fillna(0).between(0, 1)).sum())
    if odd:
        raise InputError(
            f"{path}: {odd} variants have an INFO above {_LARGEST:g} or a MAF outside 0 to 1; write shares"
        )
    return values.astype({"pos": "int64"}).assign(ref=values["ref"].str.upper(), alt=values["alt"].str.upper())
