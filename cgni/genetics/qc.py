"""Quality of the candidate variants: are they in the file, and do they pass the published filters."""

from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.genetics.settings import VariantQcSettings

NOT_FOUND, MISMATCH, DUPLICATE, MULTI_ALLELIC, AMBIGUOUS = (
    "not in the genotype file",
    "alleles differ from the SNP table",
    "position appears more than once",
    "multi-allelic position",
    "strand-ambiguous alleles",
)
LOW_INFO, MISSING, RARE, HWE = "imputation quality", "missing genotypes", "rare", "Hardy-Weinberg"
CLUMPED, CAPPED = "LD clumping", "cap per gene"
REASONS = (
    *(NOT_FOUND, MISMATCH, DUPLICATE, MULTI_ALLELIC, AMBIGUOUS),
    *(LOW_INFO, MISSING, RARE, HWE),
    *(CLUMPED, CAPPED),
)
FILTERS = {"pass_info": LOW_INFO, "pass_missing": MISSING, "pass_maf": RARE, "pass_hwe": HWE}

_FEWEST_COMPARED, _MAF_DIFFERENCE = 10, 0.05
_KEY = ["pos", "ref", "alt"]
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


def match_candidates(
    candidates: pd.DataFrame, found: pd.DataFrame, states_reference: bool, remove_ambiguous: bool
) -> pd.DataFrame:
    """Find each candidate among the records of the genotype file.

    A candidate matches a record with the same position, REF and ALT; without known alleles, any record at its
    position. Where the file does not state which allele is REF, the alleles may stand in either order, and so may
    those of a SNP whose candidate does not. A position with several records, or one with several ALT alleles, is not
    used: the records are duplicates when their alleles are the same, multi-allelic otherwise. A/T and C/G candidates
    are the same on both strands.

    Parameters
    ----------
    candidates
        One chromosome's candidates, one row each: variant_id, pos, ref, alt (may be missing), rsid, ref_stated.
    found
        The file's records at those positions (`sources.import_variants`).
    states_reference
        Whether REF and ALT of the file mean what they say.
    remove_ambiguous
        Whether strand-ambiguous candidates go.

    Returns
    -------
    candidate_id, variant_id, chrom, pos, ref, alt, rsid, ref_stated, row, file_info, half_calls (of the record; -1,
    missing and 0 if none), found, swapped (the file has REF and ALT exchanged), other_strand (only the complementary
    alleles are there), reason (missing if matched).
    """
    records = found.reset_index(drop=True)
    table = candidates.rename(columns={"variant_id": "candidate_id"}).reset_index(drop=True)
    turned, either = _turned(table), ~table["ref_stated"].astype(bool) & _single_bases(table)
    if not states_reference:
        either[:] = True
    records = _oriented(records, table, turned[either])
    multiple = records["alt"].str.contains(",")
    single = records[~multiple].rename_axis("number").reset_index()
    pairs = single.groupby(_KEY, as_index=False)["number"]
    pairs = pairs.agg(number="min", copies="size")
    places = pairs.groupby("pos").agg(first=("number", "min"), alleles=("number", "size"), most=("copies", "max"))
    place = places.reindex(table["pos"]).reset_index(drop=True)
    exact = table[_KEY].merge(pairs, on=_KEY, how="left")
    known = table["ref"].notna()
    number = exact["number"].where(known, place["first"])
    copies = exact["copies"].where(known, place["most"])
    several = table["pos"].isin(records.loc[multiple, "pos"]) | (place["alleles"] > 1)
    table["found"] = number.notna()
    exchanged = known & number.isna() & turned.merge(pairs, on=_KEY, how="left")["number"].notna()
    chosen = records.reindex(number.where(table["found"])).set_axis(table.index)
    table["swapped"] = chosen["turned"].fillna(False).astype(bool) | exchanged
    table["other_strand"] = known & number.isna() & ~exchanged & _on_other_strand(table, pairs)
    table["row"], table["file_info"] = chosen["row"].fillna(-1).astype(int), chosen["file_info"]
    table["half_calls"] = chosen["half_calls"].fillna(0).astype(int)
    table = _named_by_file(table, chosen)
    absent = ~table["pos"].isin(records["pos"])
    problems = [absent, several & number.isna(), number.isna(), (copies > 1) & (place["alleles"] == 1), several]
    names = [NOT_FOUND, MULTI_ALLELIC, MISMATCH, DUPLICATE, MULTI_ALLELIC]
    if remove_ambiguous:
        problems, names = [*problems, is_ambiguous(table)], [*names, AMBIGUOUS]
    table["reason"] = pd.Series(np.select(problems, names, default=""), dtype="string").replace("", pd.NA)
    return table


def is_ambiguous(variants: pd.DataFrame) -> pd.Series:
    """Whether REF and ALT are each other's complement (A/T, C/G): the strand cannot be told from them."""
    return (variants["ref"] + variants["alt"]).isin(["AT", "TA", "CG", "GC"])


def _single_bases(variants: pd.DataFrame) -> pd.Series:
    single: pd.Series = (variants["ref"].str.len() == 1) & (variants["alt"].str.len() == 1)
    return single


def _turned(table: pd.DataFrame) -> pd.DataFrame:
    return table[_KEY].rename(columns={"ref": "alt", "alt": "ref"})


def _oriented(records: pd.DataFrame, table: pd.DataFrame, turned: pd.DataFrame) -> pd.DataFrame:
    """Records with the alleles in the candidates' order where only the other order is one's among `turned`."""
    keys = pd.MultiIndex.from_frame(records[_KEY])
    wanted, other = pd.MultiIndex.from_frame(table[_KEY]), pd.MultiIndex.from_frame(turned[_KEY])
    turn = keys.isin(other) & ~keys.isin(wanted)
    ref, alt = records["ref"].where(~turn, records["alt"]), records["alt"].where(~turn, records["ref"])
    return records.assign(ref=ref, alt=alt, turned=turn)


def _on_other_strand(table: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    complement = table[_KEY].assign(
        ref=table["ref"].str.translate(_COMPLEMENT), alt=table["alt"].str.translate(_COMPLEMENT)
    )
    either = [keys.merge(pairs, on=_KEY, how="left")["number"].notna() for keys in (complement, _turned(complement))]
    return either[0] | either[1]


def _named_by_file(table: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """Fill in alleles that the SNP table does not know, and the variant_id that follows from them."""
    table["ref"], table["alt"] = table["ref"].fillna(chosen["ref"]), table["alt"].fillna(chosen["alt"])
    full = table["chrom"] + ":" + table["pos"].astype(str) + ":" + table["ref"] + ":" + table["alt"]
    return table.assign(variant_id=full.where(table["found"], table["candidate_id"]))


def supplied_info(table: pd.DataFrame, mfi: pd.DataFrame, path: str | Path) -> pd.Series:
    """INFO of the found candidates by position, REF and ALT; missing for the others, and where the file has NA.

    Raises
    ------
    InputError
        Variants of the genotype file that the mfi file does not have: they belong to different data.
    """
    rows = _of_mfi(table, mfi)
    absent = int((table["found"] & rows["there"].isna()).sum())
    if absent:
        raise InputError(
            f"{path}: {absent} of {int(table['found'].sum())} candidate variants of the genotype file are not in it "
            "with the same position and alleles; it must describe this genotype file"
        )
    return rows["info"].where(table["found"])


def _of_mfi(table: pd.DataFrame, mfi: pd.DataFrame) -> pd.DataFrame:
    """The mfi file's row of each candidate, those of SNPs by their alleles in either order; `there`: it has one."""
    rows = mfi.drop_duplicates(_KEY).assign(there=1.0)
    own = table[_KEY].merge(rows, on=_KEY, how="left").set_axis(table.index)
    other = _turned(table).merge(rows, on=_KEY, how="left").set_axis(table.index)
    return own.where(own["there"].notna() | ~_single_bases(table), other)


def check_frequencies(table: pd.DataFrame, mfi: pd.DataFrame, path: str | Path) -> None:
    """Refuse an mfi file whose allele frequencies are those of other variants, as when a line is lost.

    Parameters
    ----------
    table
        Candidates with pos, ref, alt and maf of the reference people.

    Raises
    ------
    InputError
        Among at least 10 variants half or more differ by more than .05, which other people alone do not explain.
    """
    differences = (table["maf"] - _of_mfi(table, mfi)["maf"]).abs()[table["found"]].dropna()
    if len(differences) >= _FEWEST_COMPARED and differences.median() > _MAF_DIFFERENCE:
        raise InputError(
            f"{path}: its minor allele frequencies differ from those of the genotypes by {differences.median():.2f} in "
            f"the median of {len(differences)} variants; lines may be shifted, or it describes other data"
        )


def stated_info(table: pd.DataFrame, path: str | Path) -> tuple[pd.Series, str] | None:
    """Imputation quality that the genotype file itself states of the found candidates, and its key.

    Returns
    -------
    (values, key); None when the file states none at all.

    Raises
    ------
    InputError
        Some variants state it and others do not, or under different keys.
    """
    stated = table.loc[table["found"], "file_info"]
    if not stated.notna().any():
        return None
    parts = table["file_info"].str.split("=", n=1, expand=True)
    keys = sorted(parts[0].dropna().str.upper().unique())
    absent = int(stated.isna().sum())
    if absent or len(keys) > 1:
        raise InputError(
            f"{path}: its INFO states imputation quality as {', '.join(keys)} for {len(stated) - absent} candidate "
            f"variants, but {absent} have none; give it for all under one key, or in inputs.genotypes.mfi"
        )
    return pd.to_numeric(parts[1], errors="coerce"), keys[0]


def apply_filters(table: pd.DataFrame, thresholds: VariantQcSettings) -> pd.DataFrame:
    """Flags, first reason of removal and `passed`, by the published strict inequalities.

    Which genotypes of an imputed variant reach a hard call depends on the genotype, so that the calls of a variant
    of low imputation quality depart from Hardy-Weinberg proportions even if the genotypes do not. The test is not
    applicable where more than `hwe_uncertain` of the genotypes have a dosage but no hard call.

    Parameters
    ----------
    table
        Output of `match_candidates` with info (missing: not applicable), missingness, missing_calls, maf, hwe_p.
    thresholds
        info (keep above), missing (keep below; of dosages or of hard calls, as `missing_of` says), maf (keep above),
        hwe (keep above), hwe_uncertain.

    Returns
    -------
    `table` with the nullable flags pass_info, pass_missing, pass_maf, pass_hwe, the reasons, and passed (bool).
    """
    table = table.copy()
    applicable = table["found"] & (table["info_source"] != "not applicable")
    missing = table["missing_calls" if thresholds.missing_of == "hard_calls" else "missingness"]
    certain = table["found"] & (table["missing_calls"] - table["missingness"] <= thresholds.hwe_uncertain)
    flags = {
        "pass_info": (table["info"] > thresholds.info, applicable),
        "pass_missing": (missing < thresholds.missing, table["found"]),
        "pass_maf": (table["maf"] > thresholds.maf, table["found"]),
        "pass_hwe": (table["hwe_p"] > thresholds.hwe, certain),
    }
    for name, (passed, known) in flags.items():
        table[name] = passed.astype("boolean").where(known)
        failed = ~table[name].fillna(True).astype(bool)
        table["reason"] = table["reason"].where(table["reason"].notna() | ~failed, FILTERS[name])
    table["passed"] = table["reason"].isna()
    return table


def minor_frequency(alt_frequency: pd.Series) -> pd.Series:
    """Frequency of the rarer allele (missing stays missing)."""
    return np.minimum(alt_frequency, 1 - alt_frequency)
