"""Candidate variants: brain eQTLs whose gene is in the protein network."""

import re
from collections.abc import Sequence

import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.attrition import Attrition
from cgni.genetics.eqtl import EqtlPairs
from cgni.genetics.network import Network

_SNP_ID = re.compile(r"(?:chr)?(?P<chrom>\d+|X|Y):(?P<pos>\d+)(?::(?P<ref>[ACGT]+):(?P<alt>[ACGT]+))?\Z")


def select_candidates(
    eqtl: EqtlPairs, alleles: pd.DataFrame | None, network: Network, chromosomes: Sequence[str]
) -> tuple[pd.DataFrame, Attrition]:
    """Candidate variants with their genes, many-to-many, and the rows left at each step.

    Parameters
    ----------
    eqtl
        Significant pairs of network genes (`eqtl.read_eqtl_pairs`); eqtl_p is kept.
    alleles
        Alleles of the SNPs (`eqtl.read_snp_alleles`); None: read from ids such as 3:28130472:A:G,
        unknown for ids without alleles.
    network
        Genes of the protein network (`network.read_network`).
    chromosomes
        The study's chromosomes.

    Returns
    -------
    Table in the columns of `schemas.CANDIDATE_VARIANTS`, in the order of `chromosomes`, then by position; attrition.

    Raises
    ------
    InputError
        A step that leaves nothing (named, with the count before), or SNP ids without a position.
    """
    attrition = Attrition("genetics", "pairs")
    attrition.start("eQTL table", eqtl.rows)
    note = None if eqtl.has_fdr else "the table has no false discovery rate: not applied"
    _step(attrition, "significant eQTL", eqtl.rows, eqtl.significant, note)
    _step(attrition, "gene in the protein network", eqtl.significant, eqtl.in_genes, network.note)
    pairs = eqtl.pairs
    _step(attrition, "each pair once", eqtl.in_genes, len(pairs))
    if alleles is None:
        alleles = _alleles_of_ids(pairs["snp"].drop_duplicates())
    known = pairs[pairs["snp"].isin(alleles["snp"])]
    _step(attrition, "SNP in the SNP table", len(pairs), len(known))
    located = known.merge(alleles, on="snp").merge(network.genes, on="gene_id")
    within = located[located["chrom"].isin(list(chromosomes))]
    lost = known["snp"].isin(set(located["snp"]) - set(within["snp"])).sum()
    note = f"chromosomes {', '.join(chromosomes)}; a SNP with several ALT alleles gives several candidates"
    _step(attrition, "chromosome in the study", len(known), len(known) - int(lost), note)
    candidates = within.assign(variant_id=_variant_ids(within))
    order = candidates["chrom"].map({chrom: number for number, chrom in enumerate(chromosomes)})
    candidates = candidates.assign(order=order).sort_values(["order", "pos", "variant_id", "gene_id"])
    columns = ["variant_id", "chrom", "pos", "ref", "alt", "rsid", "gene_id", "symbol", "eqtl_p"]
    candidates = candidates[columns].drop_duplicates(["variant_id", "gene_id"], ignore_index=True)
    attrition.log()
    return candidates, attrition


def _step(attrition: Attrition, step: str, before: int, after: int, note: str | None = None) -> None:
    if not after:
        raise InputError(f"genetics: no SNP-gene pair is left after the step `{step}` ({before} before it)")
    attrition.remove(step, before - after, after, note)


def _variant_ids(variants: pd.DataFrame) -> pd.Series:
    place = variants["chrom"] + ":" + variants["pos"].astype(str)
    return place + (":" + variants["ref"] + ":" + variants["alt"]).fillna("")


def _alleles_of_ids(snps: pd.Series) -> pd.DataFrame:
    matches = [_SNP_ID.match(snp) for snp in snps]
    unknown = sum(match is None for match in matches)
    if unknown:
        raise InputError(
            f"inputs.eqtl: {unknown} of {len(matches)} SNP ids are not chrom:pos or chrom:pos:ref:alt; "
            "set inputs.eqtl_snps to a table that locates them"
        )
    located = pd.DataFrame([match.groupdict() for match in matches if match], dtype=str)
    return located.assign(snp=snps.to_numpy(), rsid=None, pos=located["pos"].astype("int64"))
