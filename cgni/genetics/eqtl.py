"""Reading the big selection tables batch by batch: eQTL pairs and the alleles of their SNPs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cgni.base.errors import InputError
from cgni.base.large_tables import LargeTable

# (SNP, gene, false discovery rate, p) columns: PsychENCODE's table, then a plain table
_EQTL_COLUMNS = (("SNP_id", "gene_id", "FDR", "nominal_pval"), ("snp", "gene", "q", "p"))
_SNP_COLUMNS = ("PEC_id", "Rsid", "chr", "position", "REF", "ALT")


@dataclass(frozen=True)
class EqtlPairs:
    """eQTL pairs of the wanted genes and the rows left at each step.

    `pairs`: str columns snp, gene_id (unique); eqtl_p: nominal p, else the false discovery rate, else missing.
    """

    pairs: pd.DataFrame
    rows: int
    significant: int
    in_genes: int
    has_fdr: bool


def read_eqtl_pairs(path: str | Path, fdr: float, genes: set[str]) -> EqtlPairs:
    """Stream an eQTL table and keep the pairs with FDR <= `fdr` whose gene is in `genes`.

    PsychENCODE's layout (SNP_id, gene_id, FDR among its 15 columns) or a plain one (snp, gene and
    optionally q and p); tab or comma separated. Version suffixes of gene ids are stripped.

    Raises
    ------
    InputError
        No such file, or neither layout.
    """
    table = LargeTable.open(path, "see inputs.eqtl")
    header = table.names
    snp, gene, quality, nominal = _eqtl_columns(table.path, header)
    has_fdr, numbers = quality in header, [name for name in (nominal, quality) if name in header]
    columns = {snp: pa.string(), gene: pa.string(), **dict.fromkeys(numbers, pa.float64())}
    wanted, kept = pa.array(sorted(genes), pa.string()), []
    rows = significant = 0
    for batch in table.batches(columns):
        rows += len(batch)
        if has_fdr:
            batch = batch.filter(pc.less_equal(batch[quality], fdr))
        significant += len(batch)
        names = pc.replace_substring_regex(batch[gene], r"\.\d+$", "")
        p = batch[numbers[0]] if numbers else pa.nulls(len(batch), pa.float64())
        batch = pa.table({"snp": batch[snp], "gene_id": names, "eqtl_p": p})
        kept.append(batch.filter(pc.is_in(batch["gene_id"], value_set=wanted)))
    found = pa.concat_tables(kept).to_pandas() if kept else pd.DataFrame(columns=["snp", "gene_id", "eqtl_p"])
    pairs = found.sort_values("eqtl_p", kind="stable").drop_duplicates(["snp", "gene_id"]).sort_index()
    return EqtlPairs(pairs.reset_index(drop=True), rows, significant, len(found), has_fdr)


def read_snp_alleles(path: str | Path, snps: set[str]) -> pd.DataFrame:
    """Stream PsychENCODE's SNP table and keep the rows of `snps`, given as PEC_id (3:28130472) or rsID.

    Returns
    -------
    Columns snp (as given), rsid, chrom (without `chr`), pos (int), ref, alt; one row an ALT allele.

    Raises
    ------
    InputError
        No such file, or a column missing.
    """
    table = LargeTable.open(path, "see inputs.eqtl_snps")
    missing = [name for name in _SNP_COLUMNS if name not in table.names]
    if missing:
        raise InputError(f"{path}: no column {', '.join(missing)}; expected {' '.join(_SNP_COLUMNS)}")
    wanted, kept = pa.array(sorted(snps), pa.string()), []
    types = {name: pa.int64() if name == "position" else pa.string() for name in _SNP_COLUMNS}
    for batch in table.batches(types):
        for key in ("PEC_id", "Rsid"):
            rows = batch.filter(pc.is_in(batch[key], value_set=wanted))
            kept.append(rows.append_column("snp", rows[key]))
    found = pa.concat_tables(kept).to_pandas() if kept else pd.DataFrame(columns=[*_SNP_COLUMNS, "snp"])
    found = found.rename(columns={"Rsid": "rsid", "chr": "chrom", "position": "pos", "REF": "ref", "ALT": "alt"})
    found = found.assign(chrom=found["chrom"].str.removeprefix("chr"), alt=found["alt"].str.split(",")).explode("alt")
    return found[["snp", "rsid", "chrom", "pos", "ref", "alt"]].drop_duplicates(ignore_index=True)


def _eqtl_columns(path: Path, header: Sequence[str]) -> tuple[str, str, str, str]:
    for names in _EQTL_COLUMNS:
        if names[0] in header and names[1] in header:
            return names
    raise InputError(
        f"{path}: expected the columns SNP_id, gene_id and FDR (PsychENCODE) or snp, gene and maybe q; "
        f"the file has {len(header)} columns: {', '.join(header[:20])}"
    )
