"""The protein network's genes: read from a list, symbols resolved to Ensembl ids."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cgni.base.errors import InputError
from cgni.base.small_tables import read_delimited

_ENSEMBL = r"ENSG\d+"


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

    The file is tab or comma separated with the columns symbol and gene_id (Ensembl; several ids of a gene separated
    by `;`), names in any case, or one of the two. Genes without a gene_id are looked up: by symbol, else by an alias
    that belongs to one gene alone; a gene with several Ensembl ids keeps all of them. Ensembl ids in the place of
    symbols are ids, and a gene_id that is no human Ensembl id counts as none.

    Parameters
    ----------
    genes
        Current symbols: columns symbol, gene_id.
    aliases
        Former symbols: columns alias, symbol.

    Raises
    ------
    InputError
        No such file, no column symbol or gene_id, or no gene with an id.
    """
    table = _with_symbols(path, genes)
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


def ids_by_symbol(network: Network, genes: pd.DataFrame, aliases: pd.DataFrame) -> dict[str, str]:
    """The Ensembl id that stands for a symbol, in capitals, of the network's genes: the first of the list.

    Symbols are those of the list, the current ones of its ids, and former ones (`aliases`) that belong to one gene
    alone; `genes` and `aliases` as of `read_network`. A symbol that two genes share in capitals is left out.
    """
    known = genes.dropna(subset=["symbol", "gene_id"])
    own = pd.concat([network.genes, known[known["gene_id"].isin(network.genes["gene_id"])]])
    own = own.dropna(subset=["symbol"])[["symbol", "gene_id"]]
    first = own.drop_duplicates("symbol").set_index("symbol")["gene_id"]
    former = aliases.drop_duplicates()
    former = former[~former["alias"].duplicated(keep=False) & ~former["alias"].isin(known["symbol"])]
    former = former[former["symbol"].isin(first.index) & ~former["alias"].isin(first.index)]
    names = pd.concat([first, pd.Series(former["symbol"].map(first).to_numpy(), former["alias"], dtype="str")])
    capitals = pd.DataFrame({"name": names.index.str.upper(), "gene_id": names.to_numpy()}).drop_duplicates()
    return dict(capitals[~capitals["name"].duplicated(keep=False)].itertuples(index=False))


def _with_symbols(path: str | Path, genes: pd.DataFrame) -> pd.DataFrame:
    """The list's columns symbol and gene_id, whatever it has of them."""
    table = read_delimited(path, "set inputs.ppi")
    wanted = ("symbol", "gene_id")
    written = {name: own for own in table.columns for name in wanted if own.lower() == name and own != name}
    table = table.rename(columns={own: name for name, own in written.items() if name not in table.columns})
    if not set(wanted) & set(table.columns):
        raise InputError(f"{path}: no column symbol or gene_id; the file has {', '.join(table.columns[:20])}")
    absent = {name: None for name in wanted if name not in table.columns}
    table = table.assign(**absent)[list(wanted)].astype("str")
    ensembl = table["symbol"].fillna("").str.fullmatch(rf"\s*{_ENSEMBL}(\.\d+)?\s*")
    table["gene_id"] = table["gene_id"].where(~ensembl | table["gene_id"].notna(), table["symbol"])
    # ids of other data bases say nothing here: such genes are looked up by their symbols
    table["gene_id"] = table["gene_id"].where(table["gene_id"].str.contains(_ENSEMBL, na=False))
    plain = table["gene_id"].str.extract(r"([^;.\s]+)", expand=False)
    current = genes.dropna(subset=["symbol"]).drop_duplicates("gene_id").set_index("gene_id")["symbol"]
    nameless = ensembl | table["symbol"].isna()
    table["symbol"] = table["symbol"].where(~nameless, plain.map(current).fillna(plain))
    return table


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
