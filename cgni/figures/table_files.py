"""A table as Parquet, CSV and LaTeX."""

import unicodedata
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from cgni.base.csv_cells import guarded
from cgni.base.files import atomic_path, write_text
from cgni.base.tables import write_table
from cgni.figures.layouts import caption_of

# characters that a LaTeX font may lack, by commands
_SYMBOLS = {
    "−": "$-$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "²": r"\textsuperscript{2}",
    "±": r"$\pm$",
    "–": "--",
}
# symbols of loss terms, those of a term that is added among them
_GREEK = "αβγδεζηθικλμνξπρστυφχψω"
_SYMBOLS |= {letter: rf"$\{unicodedata.name(letter).rsplit(' ', 1)[1].lower()}$" for letter in _GREEK}
_SYMBOLS["λ"] = r"$\lambda$"  # Unicode spells it LAMDA


def write_table_files(table: pd.DataFrame, folder: Path, name: str, provenance: dict[str, Any], stamp: str) -> None:
    """Write `name`.parquet, .csv and .tex into `folder`; text columns stay text.

    A `stamp` that is not empty stands in a column `Caution` of every row. Names in the CSV that a spreadsheet would
    take for a formula begin with an apostrophe (`base.csv_cells`).
    """
    if stamp:
        table = table.assign(Caution=stamp)
    schema = pa.schema([pa.field(column, _arrow_type(table[column])) for column in table.columns])
    write_table(table, folder / f"{name}.parquet", schema, provenance)
    with atomic_path(folder / f"{name}.csv") as temporary:
        guarded(table).to_csv(temporary, index=False)
    write_text(latex(table, name), folder / f"{name}.tex")


def latex(table: pd.DataFrame, name: str) -> str:
    """A floating table with caption and label, no wider than the line; it needs the packages booktabs and graphicx."""
    text = table.to_latex(index=False, escape=True, na_rep="")
    for character, command in _SYMBOLS.items():
        text = text.replace(character, command)
    caption = escaped(caption_of(name))
    return (
        "\\begin{table}\n\\centering\n"
        f"\\caption{{{caption}}}\n\\label{{tab:{name}}}\n"
        "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n"
        f"{text}}}\n\\end{{table}}\n"
    )


def escaped(text: str) -> str:
    """Text with LaTeX's special characters as such."""
    return "".join({"%": r"\%", "&": r"\&", "_": r"\_", "#": r"\#", "$": r"\$"}.get(letter, letter) for letter in text)


def _arrow_type(column: pd.Series) -> pa.DataType:
    if pd.api.types.is_integer_dtype(column):
        return pa.int64()
    return pa.float64() if pd.api.types.is_float_dtype(column) else pa.string()
