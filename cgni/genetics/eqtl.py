"""Reading the big selection tables batch by batch: eQTL pairs and the alleles of their SNPs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cgni.base.errors import InputError
from cgni.base.large_tables import LargeTable
from cgni.genetics.variant_ids import plain_chromosome, read_id

# (SNP, gene) columns: PsychENCODE's table, a plain one, GTEx's, the eQTL catalogue's
_PAIR_COLUMNS = (
    ("SNP_id", "gene_id"),
    ("snp", "gene"),
    ("variant_id", "gene_id"),
    ("variant_id", "phenotype_id"),
    ("variant", "gene_id"),
    ("variant", "molecular_trait_id"),
)
_FDR_COLUMNS = ("FDR", "q", "qval", "qvalue", "q_value", "q-value", "q.value", "padj", "p_adj", "adj.P.Val", "BH")
_P_COLUMNS = ("nominal_pval", "p", "pval_nominal", "pvalue", "pval", "p_value", "p-value", "p.value")
# of a column that may say which pairs are significant, by a name that is not known
_STATISTICS = {
    *("p", "q", "pval", "qval", "pvalue", "qvalue", "pvals", "fdr", "padj", "bonferroni"),
    *("log10p", "nlog10p", "mlog10p"),
}
_SNP_COLUMNS = ("PEC_id", "Rsid", "chr", "position", "REF", "ALT")
_RSID = "rsid"
_LAST_POSITION = 999_999_999  # no chromosome is as long


@dataclass(frozen=True)
class EqtlPairs:
    """eQTL pairs of the wanted genes and the rows left at each step.

    Attributes
    ----------
    pairs : str columns snp (3:28130472, 3:28130472:A:G or an rs number), gene_id, and rsid where the table has it;
        eqtl_p: nominal p, else the false discovery rate, else missing. A pair is there once.
    rows, significant, in_genes : rows read, of them significant, of these with a wanted gene.
    has_fdr : whether the table states false discovery rates.
    by_symbol : rows of in_genes whose gene the table names by its symbol.
    """

    pairs: pd.DataFrame
    rows: int
    significant: int
    in_genes: int
    has_fdr: bool
    by_symbol: int = 0


@dataclass(frozen=True)
class _Columns:
    """Names of a table's columns as its header writes them; empty where there is none."""

    snp: str
    gene: str
    fdr: str
    p: str
    rsid: str

    @property
    def types(self) -> dict[str, pa.DataType]:
        """Those to be read."""
        texts = {name: pa.string() for name in (self.snp, self.gene, self.rsid) if name}
        return texts | {name: pa.float64() for name in (self.p, self.fdr) if name}


def read_eqtl_pairs(
    path: str | Path,
    fdr: float,
    genes: set[str],
    symbols: Mapping[str, str] | None = None,
    build: str | None = None,
) -> EqtlPairs:
    """Stream an eQTL table and keep the pairs with FDR <= `fdr` whose gene is in `genes`.

    PsychENCODE's layout (SNP_id, gene_id, FDR among its 15 columns), a plain one (snp, gene and optionally q and p),
    GTEx's (variant_id, gene_id or phenotype_id, pval_nominal, maybe qval) or the eQTL catalogue's (variant, gene_id or
    molecular_trait_id, pvalue, rsid); tab or comma separated, names in any case. Version suffixes of gene ids are
    stripped.

    Parameters
    ----------
    genes
        Ensembl ids.
    symbols
        Their ids by the symbols, in capitals, that a table may name them by (`network.ids_by_symbol`).
    build
        `genetics.eqtl.build`, for ids that name theirs; None: not compared.

    Raises
    ------
    InputError
        No such file, none of the layouts, ids of another build, p or false discovery rates outside 0 to 1 or of an
        unknown name, or a table of all pairs that were tested.
    """
    table = LargeTable.open(path, "see inputs.eqtl")
    columns = _eqtl_columns(table.path, table.names)
    kept = []
    rows = significant = by_symbol = above = 0
    for batch in table.batches(columns.types):
        rows += len(batch)
        _refuse_no_shares(table.path, batch, columns)
        if columns.fdr:
            batch = batch.filter(pc.less_equal(batch[columns.fdr], fdr))
        elif columns.p:
            above += pc.sum(pc.greater(batch[columns.p], fdr)).as_py() or 0
        significant += len(batch)
        found, symbolic = _with_genes(batch, columns, genes, symbols or {})
        by_symbol += symbolic
        kept.append(found)
    if above:
        raise InputError(
            f"{table.path}: no column of false discovery rates, and p is above genetics.eqtl.fdr ({fdr:g}) for {above} "
            f"of {rows} pairs: it looks like all tested pairs; give the significant ones, or add a column q"
        )
    found = pa.concat_tables(kept).to_pandas() if kept else pd.DataFrame(columns=["snp", "gene_id", "eqtl_p"])
    found["snp"] = _plain_ids(table.path, found["snp"], build)
    pairs = found.sort_values("eqtl_p", kind="stable").drop_duplicates(["snp", "gene_id"]).sort_index()
    return EqtlPairs(pairs.reset_index(drop=True), rows, significant, len(found), bool(columns.fdr), by_symbol)


def read_snp_alleles(path: str | Path, snps: set[str]) -> pd.DataFrame:
    """Stream PsychENCODE's SNP table and keep the rows of `snps`, given as PEC_id (3:28130472) or rsID.

    Names of columns in any case, chromosomes with or without `chr`, alleles in either case.

    Returns
    -------
    Columns snp (as given), rsid, chrom (without `chr`), pos (int), ref, alt; one row an ALT allele.

    Raises
    ------
    InputError
        No such file, a column missing, or positions that no chromosome has.
    """
    table = LargeTable.open(path, "see inputs.eqtl_snps")
    own = {name: _of_header(table.names, (name,)) for name in _SNP_COLUMNS}
    missing = [name for name, written in own.items() if not written]
    if missing:
        raise InputError(f"{path}: no column {', '.join(missing)}; expected {' '.join(_SNP_COLUMNS)}")
    wanted, kept = pa.array(sorted(snps), pa.string()), []
    types = {own[name]: pa.int64() if name == "position" else pa.string() for name in _SNP_COLUMNS}
    for batch in table.batches(types):
        batch = batch.rename_columns(list(_SNP_COLUMNS))
        for key in ("PEC_id", "Rsid"):
            ids = pc.replace_substring_regex(batch[key], r"(?i)^chr0*", "")
            kept.append(batch.append_column("snp", ids).filter(pc.is_in(ids, value_set=wanted)))
    found = pa.concat_tables(kept).to_pandas() if kept else pd.DataFrame(columns=[*_SNP_COLUMNS, "snp"])
    found = found.dropna(subset=["chr", "position"]).astype({"position": "int64"})
    odd = int((~found["position"].between(1, _LAST_POSITION)).sum())
    if odd:
        raise InputError(f"{path}: {odd} of the wanted SNPs have positions that no chromosome has; correct them")
    found = found.rename(columns={"Rsid": "rsid", "chr": "chrom", "position": "pos", "REF": "ref", "ALT": "alt"})
    found = found.assign(
        chrom=found["chrom"].map(plain_chromosome, na_action="ignore"),
        ref=found["ref"].str.upper(),
        alt=found["alt"].str.upper().str.split(","),
    ).explode("alt")
    return found[["snp", "rsid", "chrom", "pos", "ref", "alt"]].drop_duplicates(ignore_index=True)


def _refuse_no_shares(path: Path, batch: pa.Table, columns: _Columns) -> None:
    """InputError where p or false discovery rates are none, such as logarithms."""
    for name in filter(None, (columns.fdr, columns.p)):
        odd = pc.sum(pc.or_(pc.less(batch[name], 0), pc.greater(batch[name], 1))).as_py() or 0
        if odd:
            raise InputError(f"{path}: column {name} has {odd} values outside 0 to 1; give it as p, not as a logarithm")


def _refuse_unknown_statistics(path: Path, header: Sequence[str]) -> None:
    """InputError where columns seem to say which pairs are significant, by names that are not known."""
    odd = [name for name in header if _STATISTICS & set(re.split(r"[^a-z0-9]+", name.lower()))]
    if odd:
        raise InputError(
            f"{path}: {', '.join(odd[:5])} may say which pairs are significant, but no column is called q (or FDR) or "
            "p; name it so, or take it out if all pairs of the table are significant"
        )


def _with_genes(
    batch: pa.Table, columns: _Columns, genes: set[str], symbols: Mapping[str, str]
) -> tuple[pa.Table, int]:
    """The rows of the genes with their ids, and how many of them name the gene by its symbol."""
    names = batch[columns.gene].combine_chunks().dictionary_encode()
    ids, symbolic = [], []
    for name in names.dictionary.to_pylist():
        unversioned = re.sub(r"\.\d+\Z", "", name.strip())
        own = next((form for form in (unversioned, unversioned.upper()) if form in genes), None)
        ids.append(own or symbols.get(name.strip().upper()))
        symbolic.append(own is None and ids[-1] is not None)
    gene_ids = pa.array(ids, pa.string()).take(names.indices)
    p = columns.p or columns.fdr
    found = {"snp": batch[columns.snp], "gene_id": gene_ids}
    found["eqtl_p"] = batch[p] if p else pa.nulls(len(batch), pa.float64())
    if columns.rsid:
        found[_RSID] = batch[columns.rsid]
    inside = pc.and_(pc.is_valid(gene_ids), pc.is_valid(batch[columns.snp]))
    by_symbol = pa.array(symbolic, pa.bool_()).take(names.indices)
    return pa.table(found).filter(inside), pc.sum(pc.and_(by_symbol, inside)).as_py() or 0


def _plain_ids(path: Path, snps: pd.Series, build: str | None) -> pd.Series:
    """Ids that say a place as the program writes them; the others as they are."""
    placed = {snp: read_id(snp) for snp in snps.unique()}
    stated = [own.build for own in placed.values() if own is not None and own.build is not None]
    other = sum(name != build for name in stated)
    if build is not None and other:
        raise InputError(
            f"{path}: {other} of {len(placed)} SNP ids say that they are not {build}, as genetics.eqtl.build has it; "
            "correct it, or lift the table over"
        )
    return snps.map({snp: snp if own is None else own.plain for snp, own in placed.items()}).astype("str")


def _of_header(header: Sequence[str], names: Sequence[str]) -> str:
    """The first of `names` that a header has, as it writes it: in this case, else in any; empty: none."""
    lower = {written.lower(): written for written in reversed(header)}
    exact = (name for name in names if name in header)
    return next(exact, "") or next((lower[name.lower()] for name in names if name.lower() in lower), "")


def _eqtl_columns(path: Path, header: Sequence[str]) -> _Columns:
    for names in _PAIR_COLUMNS:
        snp, gene = (_of_header(header, (name,)) for name in names)
        if snp and gene:
            fdr, p, rsid = (_of_header(header, known) for known in (_FDR_COLUMNS, _P_COLUMNS, (_RSID,)))
            if not fdr and not p:
                _refuse_unknown_statistics(path, header)
            return _Columns(snp, gene, fdr, p, rsid)
    raise InputError(
        f"{path}: expected the columns SNP_id, gene_id and FDR (PsychENCODE), snp, gene and maybe q, variant_id and "
        "gene_id (GTEx), or variant and molecular_trait_id (eQTL catalogue); "
        f"the file has {len(header)} columns: {', '.join(header[:20])}"
    )
