"""One chromosome: from its genotype files to every candidate's fate and the genotypes that stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from workflow_scripts.cgni.cohort.roles import development_people
from workflow_scripts.cgni.cohort.samples import read_sample
from workflow_scripts.cgni.errors import InputError
from workflow_scripts.cgni.genetics.plink import (
    Plink,
    bgen_counts,
    has_dosages,
    import_bgen,
    read_hard_calls,
    variant_statistics,
    write_rows,
)
from workflow_scripts.cgni.genetics.qc import (
    apply_filters,
    match_candidates,
    minor_frequency,
    read_mfi,
    supplied_info,
)

_STATISTICS = ["missingness", "alt_frequency", "hwe_p", "mach_r2"]


@dataclass(frozen=True)
class GenotypeFiles:
    """A chromosome's BGEN, .sample and (or None) mfi file."""

    chrom: str
    bgen: Path
    sample: Path
    mfi: Path | None


def reference_people(people: pd.DataFrame, splits: pd.DataFrame, reference: str) -> pd.Index:
    """Ids of those on whom SNP statistics are computed, all with genotypes.

    `development`: unrelated development people of the largest ancestry; `everybody`: all participants.

    Raises
    ------
    InputError
        Nobody.
    """
    chosen = people["has_genotypes"]
    if reference == "development":
        chosen = chosen & people["unrelated"] & people["largest_ancestry"]
        chosen = chosen & people["participant_id"].isin(development_people(splits))
    ids = pd.Index(people.loc[chosen, "participant_id"])
    if ids.empty:
        raise InputError(
            "people.reference: nobody with genotypes is among the development people, unrelated (field 22020) and of "
            "the largest ancestry (field 22006); check these fields, or set people.reference: everybody"
        )
    return ids


def assess_chromosome(
    plink: Plink,
    files: GenotypeFiles,
    candidates: pd.DataFrame,
    participants: pd.Index,
    reference: pd.Index,
    thresholds: Mapping[str, float],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Statistics and fate of a chromosome's candidates, and the genotypes of those that passed.

    Parameters
    ----------
    candidates
        Rows of `schemas.CANDIDATES` of this chromosome.
    participants
        Ids whose genotypes are kept.
    reference
        Ids on whom the statistics are computed; among `participants`.
    thresholds
        The config section `genetics.qc`.

    Returns
    -------
    Table in the columns of `schemas.QC`; table participant_id + Int8 ALT counts by variant_id.

    Raises
    ------
    InputError
        Files that are unreadable or do not belong together.
    """
    ids = pd.Index(read_sample(files.sample)["participant_id"])
    _, count = bgen_counts(files.bgen)
    if count != len(ids):
        raise InputError(f"{files.sample}: {len(ids)} people, but {files.bgen} holds {count}; they belong together")
    kept, unique = ids.isin(participants), candidates.drop_duplicates("variant_id", ignore_index=True)
    unique = unique.drop(columns=["gene_id", "symbol"])
    found = import_bgen(plink, files.bgen, kept, unique["pos"], files.chrom, thresholds["hard_call"])
    table = match_candidates(unique, found)
    table = _add_statistics(plink, table, np.flatnonzero(ids.isin(reference)))
    table = apply_filters(_add_info(plink, table, files.mfi), thresholds).assign(reference_people=len(reference))
    return table, _genotypes(plink, table, ids[kept])


def _add_statistics(plink: Plink, table: pd.DataFrame, reference: np.ndarray) -> pd.DataFrame:
    if table["found"].any():
        statistics = variant_statistics(plink, write_rows(plink, "reference", reference))
        values = statistics.reindex(table["row"].where(table["found"])).set_axis(table.index)
    else:
        values = pd.DataFrame(np.nan, index=table.index, columns=_STATISTICS)
    return table.join(values).assign(maf=minor_frequency(values["alt_frequency"]))


def _add_info(plink: Plink, table: pd.DataFrame, mfi: Path | None) -> pd.DataFrame:
    if mfi is not None:
        values = read_mfi(mfi, set(table["pos"]))
        return table.assign(info=supplied_info(table, values, mfi), info_source="mfi")
    if table["found"].any() and has_dosages(plink):
        return table.assign(info=table["mach_r2"], info_source="mach_r2")
    return table.assign(info=np.nan, info_source="not applicable")


def _genotypes(plink: Plink, table: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    passed = table[table["passed"]]
    genotypes = pd.DataFrame({"participant_id": ids.to_numpy()})
    if not passed.empty:
        calls = read_hard_calls(plink)[:, passed["row"].to_numpy()]
        counts = pd.DataFrame(calls, columns=passed["variant_id"].to_list()).astype("Int8")
        genotypes = genotypes.join(counts.mask(counts < 0))
    return genotypes.sort_values("participant_id", ignore_index=True)
