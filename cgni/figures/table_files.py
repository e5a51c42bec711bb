"""A table as Parquet, CSV and LaTeX."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from cgni.base.files import atomic_path, write_text
from cgni.base.tables import write_table


def write_table_files(table: pd.DataFrame, folder: Path, name: str, provenance: dict[str, Any], stamp: str) -> None:
    """Write `name`.parquet, .csv and .tex into `folder`; text columns stay text.

    A `stamp` that is not empty stands in a column `Caution` of every row.
    """
    if stamp:
        table = table.assign(Caution=stamp)
    fields = []
    for column in table.columns:
        numeric = pd.api.types.is_integer_dtype(table[column]) or pd.api.types.is_float_dtype(table[column])
        kind = (
            (pa.int64() if pd.api.types.is_integer_dtype(table[column]) else pa.float64()) if numeric else pa.string()
        )
        fields.append(pa.field(column, kind))
    write_table(table, folder / f"{name}.parquet", pa.schema(fields), provenance)
    with atomic_path(folder / f"{name}.csv") as temporary:
        table.to_csv(temporary, index=False)
    write_text(table.to_latex(index=False, escape=True, na_rep=""), folder / f"{name}.tex")
