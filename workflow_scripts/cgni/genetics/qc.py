"""Quality of the candidate variants: are they in the file, and do they pass the published filters."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from workflow_scripts.cgni.errors import InputError

NOT_FOUND, MISMATCH, DUPLICATE, MULTI_ALLELIC = (
    "not in the genotype file",
    "alleles differ from the SNP table",
    "position appears more than once",
    "multi-allelic position",
)
LOW_INFO, MISSING, RARE, HWE = "imputation quality", "missing genotypes", "rare", "Hardy-Weinberg"
REASONS = (NOT_FOUND, MISMATCH, DUPLICATE, MULTI_ALLELIC, LOW_INFO, MISSING, RARE, HWE)
FILTERS = {"pass_info": LOW_INFO, "pass_missing": MISSING, "pass_maf": RARE, "pass_hwe": HWE}

_KEY = ["pos", "ref", "alt"]
_MFI_COLUMNS = ["alternate_id", "rsid", "position", "allele1", "allele2", "maf", "minor_allele", "info"]


def match_candidates(candidates: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Find each candidate among the variants of the genotype file.

    A candidate matches a record with the same position, REF and ALT; without known alleles, any
    record at its position. A position with several records is not used: they are duplicates when
    their alleles are the same, multi-allelic otherwise.

    Parameters
    ----------
    candidates
        One chromosome's candidates, one row each: variant_id, pos, ref, alt (may be missing), rsid.
    found
        The file's records at those positions: pos, ref, alt.

    Returns
    -------
    candidate_id, variant_id, chrom, pos, ref, alt, rsid, row (of `found`; -1 if none), found,
    swapped (REF and ALT exchanged), reason (missing if matched).
    """
    records = found.reset_index(drop=True).rename_axis("row").reset_index()
    pairs = records.groupby(_KEY, as_index=False)["row"].agg(row="min", copies="size")
    places = pairs.groupby("pos").agg(first=("row", "min"), alleles=("row", "size"), most=("copies", "max"))
    table = candidates.rename(columns={"variant_id": "candidate_id"}).reset_index(drop=True)
    exact = table[_KEY].merge(pairs, on=_KEY, how="left")
    place = places.reindex(table["pos"]).reset_index(drop=True)
    known = table["ref"].notna()
    row = exact["row"].where(known, place["first"])
    copies = exact["copies"].where(known, place["most"])
    turned = table[_KEY].rename(columns={"ref": "alt", "alt": "ref"}).merge(pairs, on=_KEY, how="left")
    table["row"], table["found"] = row.fillna(-1).astype(int), row.notna()
    table["swapped"] = known & row.isna() & turned["row"].notna()
    problems = [place["first"].isna(), row.isna(), copies > 1, place["alleles"] > 1]
    reasons = np.select(problems, [NOT_FOUND, MISMATCH, DUPLICATE, MULTI_ALLELIC], default="")
    table["reason"] = pd.Series(reasons, dtype="string").replace("", pd.NA)
    return _named_by_file(table, found)


def _named_by_file(table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Fill in alleles that the SNP table does not know, and the variant_id that follows from them."""
    records = found.reset_index(drop=True).reindex(table["row"].where(table["found"])).set_axis(table.index)
    table["ref"], table["alt"] = table["ref"].fillna(records["ref"]), table["alt"].fillna(records["alt"])
    full = table["chrom"] + ":" + table["pos"].astype(str) + ":" + table["ref"] + ":" + table["alt"]
    return table.assign(variant_id=full.where(table["found"], table["candidate_id"]))


def read_mfi(path: str | Path, positions: set[int]) -> pd.DataFrame:
    """INFO of the variants at `positions` from a UK Biobank mfi file (8 columns, tab, no header).

    Returns
    -------
    Columns pos (int), ref, alt (str), info (float).
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such mfi file; set inputs.genotypes.mfi (null: MaCH r2 of the dosages)")
    types = {"position": pa.int64(), "allele1": pa.string(), "allele2": pa.string(), "info": pa.float64()}
    wanted, kept = pa.array(sorted(positions), pa.int64()), []
    try:
        reader = pv.open_csv(
            path,
            read_options=pv.ReadOptions(column_names=_MFI_COLUMNS, use_threads=False),
            parse_options=pv.ParseOptions(delimiter="\t"),
            convert_options=pv.ConvertOptions(include_columns=list(types), column_types=types),
        )
        kept = [batch.filter(pc.is_in(batch["position"], value_set=wanted)).to_pandas() for batch in reader]
    except pa.ArrowInvalid as error:
        raise InputError(f"{path}: not an mfi file of {len(_MFI_COLUMNS)} tab-separated columns ({error})") from error
    return pd.concat(kept).set_axis(["pos", "ref", "alt", "info"], axis=1)


def supplied_info(table: pd.DataFrame, mfi: pd.DataFrame, path: str | Path) -> pd.Series:
    """INFO of the found candidates by position, REF and ALT (missing for the others).

    Raises
    ------
    InputError
        Variants of the genotype file that the mfi file does not have: they belong to different data.
    """
    values = table[_KEY].merge(mfi.drop_duplicates(_KEY), on=_KEY, how="left").set_axis(table.index)["info"]
    absent = int((table["found"] & values.isna()).sum())
    if absent:
        raise InputError(
            f"{path}: {absent} of {int(table['found'].sum())} candidate variants of the genotype file are not in it "
            "with the same position and alleles, or have no INFO; it must describe this genotype file"
        )
    return values.where(table["found"])


def apply_filters(table: pd.DataFrame, thresholds: Mapping[str, float]) -> pd.DataFrame:
    """Flags, first reason of removal and `passed`, by the published strict inequalities.

    Parameters
    ----------
    table
        Output of `match_candidates` with info (missing: not applicable), missingness, maf, hwe_p.
    thresholds
        info (keep above), missing (keep below), maf (keep above), hwe (keep above).
    """
    table = table.copy()
    applicable = table["found"] & (table["info_source"] != "not applicable")
    flags = {
        "pass_info": (table["info"] > thresholds["info"], applicable),
        "pass_missing": (table["missingness"] < thresholds["missing"], table["found"]),
        "pass_maf": (table["maf"] > thresholds["maf"], table["found"]),
        "pass_hwe": (table["hwe_p"] > thresholds["hwe"], table["found"]),
    }
    for name, (passed, known) in flags.items():
        table[name] = passed.astype("boolean").where(known)
        failed = ~table[name].fillna(True).astype(bool)
        table["reason"] = table["reason"].where(table["reason"].notna() | ~failed, FILTERS[name])
    table["passed"] = table["reason"].isna()
    return table


def minor_frequency(alt_frequency: pd.Series) -> pd.Series:
    """Frequency of the rarer allele."""
    return np.minimum(alt_frequency, 1 - alt_frequency)
