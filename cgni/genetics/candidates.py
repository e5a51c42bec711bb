"""Candidate variants: brain eQTLs whose gene is in the protein network."""

from collections.abc import Sequence

import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.attrition import Attrition
from cgni.genetics.eqtl import EqtlPairs
from cgni.genetics.network import Network
from cgni.genetics.variant_ids import read_id

_PLACE = ["chrom", "pos"]


def select_candidates(
    eqtl: EqtlPairs, alleles: pd.DataFrame | None, network: Network, chromosomes: Sequence[str]
) -> tuple[pd.DataFrame, Attrition]:
    """Candidate variants with their genes, many-to-many, and the rows left at each step.

    Parameters
    ----------
    eqtl
        Significant pairs of network genes (`eqtl.read_eqtl_pairs`); eqtl_p is kept.
    alleles
        Alleles of the SNPs (`eqtl.read_snp_alleles`). Of SNPs that are not there, ids such as 3:28130472:A:G are
        read. None: all ids are, and alleles are unknown for those without.
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
    symbols = f"; {eqtl.by_symbol} pairs by the symbol of the gene" if eqtl.by_symbol else ""
    _step(attrition, "gene in the protein network", eqtl.significant, eqtl.in_genes, network.note + symbols)
    pairs = eqtl.pairs
    _step(attrition, "each pair once", eqtl.in_genes, len(pairs))
    places, note = _places(pairs, alleles)
    known = pairs[pairs["snp"].isin(places["snp"])].drop(columns="rsid", errors="ignore")
    _step(attrition, "SNP in the SNP table", len(pairs), len(known), note)
    located = known.merge(places, on="snp").merge(network.genes, on="gene_id")
    within = located[located["chrom"].isin(list(chromosomes))]
    lost = known["snp"].isin(set(located["snp"]) - set(within["snp"])).sum()
    note = f"chromosomes {', '.join(chromosomes)}; a SNP with several ALT alleles gives several candidates"
    _step(attrition, "chromosome in the study", len(known), len(known) - int(lost), note)
    candidates = within.assign(variant_id=_variant_ids(within))
    order = candidates["chrom"].map({chrom: number for number, chrom in enumerate(chromosomes)})
    candidates = candidates.assign(order=order).sort_values(["order", "pos", "variant_id", "gene_id", "eqtl_p"])
    columns = ["variant_id", "chrom", "pos", "ref", "alt", "rsid", "ref_stated", "gene_id", "symbol", "eqtl_p"]
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


def _places(pairs: pd.DataFrame, alleles: pd.DataFrame | None) -> tuple[pd.DataFrame, str | None]:
    """Where the SNPs lie, with their alleles: the table's, else what their ids say; and a note on the ids.

    `ref_stated`: REF is known as such, because the table states it.
    """
    ids, unplaced = _places_of_ids(pairs)
    if alleles is None:
        if unplaced > len(ids):
            raise InputError(
                f"inputs.eqtl: {unplaced} of {len(ids) + unplaced} SNP ids are not chrom:pos or chrom:pos:ref:alt; "
                "set inputs.eqtl_snps to a table that locates them"
            )
        without = int(ids["ref"].isna().sum())
        note = f"no SNP table: ids of {len(ids) - without} SNPs hold alleles, {without} a position alone"
        note += f"; {unplaced} say no place and are left out" if unplaced else ""
        return _one_name(ids), note
    stated = alleles.assign(ref_stated=True)
    own = ids[ids["ref"].notna() & ~ids["snp"].isin(alleles["snp"])]
    if own.empty:
        return stated, None
    return _one_name(pd.concat([stated, own])), f"{len(own)} SNPs that are not in it by the alleles in their ids"


def _places_of_ids(pairs: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """What the SNPs' ids say, a row each, and how many say nothing."""
    rsids = dict(pairs[["snp", "rsid"]].dropna().itertuples(index=False)) if "rsid" in pairs else {}
    snps = pairs["snp"].unique()
    read = {snp: place for snp in snps if (place := read_id(snp)) is not None}
    rows = [(snp, rsids.get(snp), own.chrom, own.pos, own.ref, own.alt) for snp, own in read.items()]
    table = pd.DataFrame(rows, columns=["snp", "rsid", "chrom", "pos", "ref", "alt"])
    texts = dict.fromkeys(["snp", "rsid", "chrom", "ref", "alt"], "str")
    return table.astype({**texts, "pos": "int64"}).assign(ref_stated=False), len(snps) - len(read)


def _one_name(places: pd.DataFrame) -> pd.DataFrame:
    """The places, with one name for a SNP whose alleles stand in both orders, or with and without them.

    The name is that of the table that states REF, else the first one. Indels in the other order are other variants.
    """
    known, bare = places[places["ref"].notna()], places[places["ref"].isna()]
    single = (known["ref"].str.len() == 1) & (known["alt"].str.len() == 1)
    turn = single & (known["ref"] > known["alt"])
    sides = known.assign(low=known["ref"].where(~turn, known["alt"]), high=known["alt"].where(~turn, known["ref"]))
    first = sides.sort_values("ref_stated", ascending=False, kind="stable").groupby([*_PLACE, "low", "high"])
    first, stated = first[["ref", "alt", "ref_stated"]].transform("first"), known["ref_stated"]
    ref, alt = (known[name].where(stated, first[name]) for name in ("ref", "alt"))
    named = known.assign(ref=ref, alt=alt, ref_stated=stated | first["ref_stated"])
    full = named.drop_duplicates([*_PLACE, "ref", "alt"])[[*_PLACE, "ref", "alt", "ref_stated"]]
    filled = bare[["snp", "rsid", *_PLACE]].merge(full, on=_PLACE)
    return pd.concat([named, bare[~bare["snp"].isin(filled["snp"])], filled], ignore_index=True)[places.columns]
