"""Cut the GO snapshot in resources/go out of Bioconductor's GO.db and org.Hs.eg.db (release 3.16).

Usage: build_go_snapshot.py GO.sqlite org.Hs.eg.sqlite resources/go

The SQLite files come from the Debian packages r-bioc-go.db and r-bioc-org.hs.eg.db.
Only is_a and part_of relations and annotations with evidence (not ND) are kept.
"""

import sqlite3
import sys
from pathlib import Path

import pandas as pd


def main(go_file: str, genes_file: str, target: str) -> None:
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(f"file:{go_file}?mode=ro", uri=True) as go:
        terms = pd.read_sql(
            "SELECT go_id AS term_id, term AS name, ontology FROM go_term WHERE ontology IN ('BP','CC','MF')", go
        )
        parents = pd.concat(
            pd.read_sql(
                f"""SELECT child.go_id AS term_id, parent.go_id AS parent_id, relationship_type AS relation
                    FROM go_{ontology}_parents p JOIN go_term child ON child._id = p._id
                    JOIN go_term parent ON parent._id = p._parent_id
                    WHERE relationship_type IN ('isa', 'part of', 'partof', 'part_of', 'is_a')""",
                go,
            )
            for ontology in ("bp", "cc", "mf")
        )
    with sqlite3.connect(f"file:{genes_file}?mode=ro", uri=True) as genes_db:
        annotations = pd.concat(
            pd.read_sql(
                f"""SELECT DISTINCT genes.gene_id AS entrez, go_id AS term_id FROM go_{ontology} a
                    JOIN genes ON genes._id = a._id WHERE evidence <> 'ND'""",
                genes_db,
            )
            for ontology in ("bp", "cc", "mf")
        )
        genes = pd.read_sql(
            """SELECT genes.gene_id AS entrez, symbol, ensembl_id AS gene_id FROM genes
               JOIN gene_info ON gene_info._id = genes._id LEFT JOIN ensembl ON ensembl._id = genes._id
               WHERE genes._id IN (SELECT _id FROM go_bp UNION SELECT _id FROM go_cc UNION SELECT _id FROM go_mf)
                  OR ensembl_id IS NOT NULL""",
            genes_db,
        )
        aliases = pd.read_sql(
            """SELECT alias_symbol AS alias, gene_info.symbol FROM alias JOIN gene_info ON gene_info._id = alias._id
               WHERE alias_symbol <> gene_info.symbol""",
            genes_db,
        )
    for name, frame in {
        "terms": terms,
        "parents": parents[["term_id", "parent_id"]],
        "annotations": annotations,
        "genes": genes,
        "aliases": aliases,
    }.items():
        frame = frame.drop_duplicates().sort_values(list(frame.columns)).reset_index(drop=True)
        frame.to_parquet(folder / f"{name}.parquet", compression="zstd", index=False)
        print(name, len(frame))


if __name__ == "__main__":
    main(*sys.argv[1:])
