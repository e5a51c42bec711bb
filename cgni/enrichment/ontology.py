"""A pinned snapshot of the Gene Ontology and its human annotations (resources/go)."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

GO_DATE = "2022-07-01"
DATA_VERSION = f"GO {GO_DATE}, Bioconductor 3.16"


@dataclass
class Ontology:
    """Terms with the genes annotated to them or to a descendant by is_a and part_of.

    Genes are counted by symbol, so that a gene with several Ensembl ids counts once.

    Attributes
    ----------
    terms : term_id (index), name, ontology (BP, CC or MF).
    parents : term to its direct parents.
    direct : term to the symbols annotated to itself.
    symbol_of : Ensembl gene id (no version) to symbol.
    current_symbol : outdated or alternative symbol to the current one, where that is unique.
    version : release of the terms and annotations.
    """

    terms: pd.DataFrame
    parents: dict[str, set[str]]
    direct: dict[str, set[str]]
    symbol_of: dict[str, str]
    current_symbol: dict[str, str]
    version: str = DATA_VERSION
    _propagated: dict[str, frozenset[str]] | None = field(default=None, repr=False)

    def genes_of(self) -> dict[str, frozenset[str]]:
        """Term id to the symbols of all genes annotated to it or below it; empty terms left out."""
        if self._propagated is None:
            genes: dict[str, set[str]] = defaultdict(set)
            for term, symbols in self.direct.items():
                for ancestor in self.ancestors(term):
                    genes[ancestor] |= symbols
            self._propagated = {term: frozenset(symbols) for term, symbols in genes.items()}
        return self._propagated

    def ancestors(self, term: str) -> set[str]:
        """`term` itself and everything above it by is_a and part_of."""
        seen: set[str] = set()
        todo = [term]
        while todo:
            current = todo.pop()
            if current not in seen:
                seen.add(current)
                todo.extend(self.parents.get(current, ()))
        return seen

    def symbol(self, name: str) -> str:
        """Current symbol of an Ensembl id or a symbol; the name itself when it is unknown."""
        return self.symbol_of.get(name) or self.current_symbol.get(name, name)


def load_snapshot(folder: str | Path) -> Ontology:
    """Read the snapshot made by tools/build_go_snapshot.py."""
    folder = Path(folder)
    genes = pd.read_parquet(folder / "genes.parquet")
    symbols = genes.drop_duplicates("entrez").set_index("entrez")["symbol"]
    annotations = pd.read_parquet(folder / "annotations.parquet")
    annotations["symbol"] = annotations["entrez"].map(symbols)
    aliases = pd.read_parquet(folder / "aliases.parquet")
    known = set(genes["symbol"])
    unique = aliases.drop_duplicates("alias", keep=False)
    terms = pd.read_parquet(folder / "terms.parquet").set_index("term_id")
    parents = pd.read_parquet(folder / "parents.parquet")
    return Ontology(
        terms=terms,
        parents=_sets(parents["term_id"], parents["parent_id"]),
        direct=_sets(annotations.dropna()["term_id"], annotations.dropna()["symbol"]),
        symbol_of=genes.dropna().drop_duplicates("gene_id").set_index("gene_id")["symbol"].to_dict(),
        current_symbol={a: s for a, s in zip(unique["alias"], unique["symbol"], strict=True) if a not in known},
    )


def _sets(keys: pd.Series, values: pd.Series) -> dict[str, set[str]]:
    sets: dict[str, set[str]] = defaultdict(set)
    for key, value in zip(keys.tolist(), values.tolist(), strict=True):
        sets[key].add(value)
    return dict(sets)
