"""The protein network's genes: read from a list, symbols resolved to Ensembl ids."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cgni.base.errors import InputError
from cgni.base.small_tables import read_delimited


@dataclass(frozen=True)
class Network:
    """Genes of the network: str columns gene_id (Ensembl, without version, unique) and symbol; how they came about."""

    genes: pd.DataFrame
    by_symbol: int = 0
    by_alias: int = 0
    unresolved: int = 0

    @property
    def note(self) -> str:
        """For the attrition table."""
        told = f"{len(self.genes)} gene ids of {self.genes['symbol'].nunique()} genes"
        if self.by_symbol or self.by_alias or self.unresolved:
            told += (
                f"; without an id in the list: {self.by_symbol} resolved by symbol, {self.by_alias} by alias, "
                f"{self.unresolved} unknown or ambiguous and left out"
            )
        return told


def read_network(path: str | Path, genes: pd.DataFrame, aliases: pd.DataFrame) -> Network:
    """Genes of the protein network.

    The file is tab or comma separated with the column symbol and maybe gene_id (Ensembl; several ids of a gene
    separated by `;`). Genes without a gene_id are looked up: by symbol, else by an alias that belongs to one gene
    alone; a gene with several Ensembl ids keeps all of them.

    Parameters
    ----------
    genes
        Current symbols: columns symbol, gene_id.
    aliases
        Former symbols: columns alias, symbol.

    Raises
    ------
    InputError
        No such file, no column symbol, or no gene with an id.
    """
    table = read_delimited(path, "set inputs.ppi", ["symbol"])
    if "gene_id" not in table.columns:
        table["gene_id"] = None
    given = table.assign(gene_id=table["gene_id"].str.split(";")).explode("gene_id")
    # a list without a single id explodes to numbers
    given["gene_id"] = given["gene_id"].astype("str")
    given["gene_id"] = given["gene_id"].str.strip().str.replace(r"\.\d+$", "", regex=True)
    named = given["gene_id"].fillna("").ne("")
    wanted = pd.Index(given.loc[~named, "symbol"].dropna().str.strip().unique())
    found, counts = _resolve(wanted.difference(given.loc[named, "symbol"]), genes, aliases)
    every = pd.concat([given.loc[named, ["gene_id", "symbol"]], found])
    every = every.drop_duplicates("gene_id", ignore_index=True)
    if every.empty:
        raise InputError(f"{path}: lists no gene with an Ensembl gene_id or a known symbol; give at least one")
    return Network(every, *counts)


def _resolve(
    symbols: pd.Index, genes: pd.DataFrame, aliases: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[int, int, int]]:
    """(gene_id, current symbol) of the symbols; numbers found by symbol, by alias, not at all."""
    known = genes.dropna(subset=["symbol", "gene_id"])
    current = symbols[symbols.isin(known["symbol"])]
    single = aliases[aliases["alias"].isin(symbols.difference(current))].drop_duplicates()
    single = single[~single["alias"].duplicated(keep=False) & single["symbol"].isin(known["symbol"])]
    chosen = known[known["symbol"].isin([*current, *single["symbol"]])]
    counts = len(current), len(single), len(symbols) - len(current) - len(single)
    return chosen[["gene_id", "symbol"]], counts
