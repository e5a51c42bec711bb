"""Imputation quality and minor allele frequency from UK Biobank's mfi files."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from cgni.base.errors import InputError

_COLUMNS = ["alternate_id", "rsid", "position", "allele1", "allele2", "maf", "minor_allele", "info"]


def read_mfi(path: str | Path, positions: set[int] | None, least_maf: float = 0.0) -> pd.DataFrame:
    """INFO of the variants at `positions` from a UK Biobank mfi file (8 columns, tab, no header).

    Without `positions`: of all variants with a MAF of at least `least_maf`.

    Returns
    -------
    Columns pos (int), ref, alt (str), maf (float), info (float).

    Raises
    ------
    InputError
        No such file, or not eight tab-separated columns.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such mfi file; set inputs.genotypes.mfi (null: MaCH r2 of the dosages)")
    types = {"position": pa.int64(), "allele1": pa.string(), "allele2": pa.string()}
    types |= {"maf": pa.float64(), "info": pa.float64()}
    try:
        reader = pv.open_csv(
            path,
            read_options=pv.ReadOptions(column_names=_COLUMNS, use_threads=False),
            parse_options=pv.ParseOptions(delimiter="\t"),
            convert_options=pv.ConvertOptions(include_columns=list(types), column_types=types),
        )
        wanted = pc.field("maf") >= least_maf
        if positions is not None:
            wanted = pc.is_in(pc.field("position"), pa.array(sorted(positions), pa.int64()))
        kept = [batch.filter(wanted).to_pandas() for batch in reader]
    except pa.ArrowInvalid as error:
        raise InputError(f"{path}: not an mfi file of {len(_COLUMNS)} tab-separated columns ({error})") from error
    return pd.concat(kept).set_axis(["pos", "ref", "alt", "maf", "info"], axis=1)
