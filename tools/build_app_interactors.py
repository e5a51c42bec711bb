"""Build resources/app_interactors.tsv from a table of APP/Abeta interactors with one flag column a source.

Usage: build_app_interactors.py interactors.tsv resources/go resources/app_interactors.tsv

Outdated symbols are replaced by the current ones; a gene with several Ensembl ids gets a row each.
"""

import sys

import pandas as pd

_SOURCES = {
    "uniprot_intact_P05067": "UniProt/IntAct P05067",
    "uniprot_subunit_text": "UniProt subunit text",
    "string_v12_physical_ge900": "STRING v12 physical >= 900",
    "go_amyloid_terms": "GO amyloid terms",
}


def main(source: str, snapshot: str, target: str) -> None:
    facts = pd.read_csv(source, sep="\t", dtype=str)
    genes = pd.read_parquet(f"{snapshot}/genes.parquet").dropna()
    rows = []
    for record in facts.to_dict("records"):
        named = "; ".join(label for column, label in _SOURCES.items() if record[column] == "1")
        ids = {record["ensg"]} | set(genes.loc[genes["symbol"] == record["current_symbol"], "gene_id"])
        rows += [(record["current_symbol"], gene_id, named) for gene_id in sorted(i for i in ids if isinstance(i, str))]
    table = pd.DataFrame(rows, columns=["symbol", "gene_id", "sources"]).drop_duplicates(["symbol", "gene_id"])
    table.sort_values(["symbol", "gene_id"]).to_csv(target, sep="\t", index=False)
    print(table["symbol"].nunique(), "genes,", len(table), "rows; without a source:", (table["sources"] == "").sum())


if __name__ == "__main__":
    main(*sys.argv[1:])
