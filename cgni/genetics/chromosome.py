"""One chromosome: from its genotype files to every candidate's fate and the genotypes that stay."""

import logging

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.samples import read_people
from cgni.genetics.counts import AlleleCounts
from cgni.genetics.mfi import read_mfi
from cgni.genetics.people import GenotypedPeople
from cgni.genetics.plink import (
    Plink,
    has_dosages,
    missing_by_person,
    read_dosages,
    read_hard_calls,
    variant_statistics,
    write_rows,
)
from cgni.genetics.qc import (
    apply_filters,
    check_frequencies,
    match_candidates,
    minor_frequency,
    stated_info,
    supplied_info,
)
from cgni.genetics.settings import VariantQcSettings
from cgni.genetics.sources import GenotypeFiles, check_people, import_variants

_FEWEST_RECORDS = 10
_MOST_MISSING, _MOST_EMPTY = 0.5, 0.05  # of a person's records; of the people
_STATISTICS = ["missingness", "missing_calls", "alt_frequency", "hwe_p", "mach_r2"]


def assess_chromosome(
    plink: Plink,
    files: GenotypeFiles,
    candidates: pd.DataFrame,
    people: GenotypedPeople,
    qc: VariantQcSettings,
    values: str,
) -> tuple[pd.DataFrame, AlleleCounts]:
    """Statistics and fate of a chromosome's candidates, and the ALT counts of those that passed.

    Parameters
    ----------
    candidates
        Rows of `schemas.CANDIDATE_VARIANTS`; those of other chromosomes do not count.
    people
        Everybody's genotypes are kept; the statistics are those of the reference people, the Hardy-Weinberg test
        that of `people.of_hardy_weinberg`.
    qc
        Thresholds, whether strand-ambiguous candidates go, who is tested, and what counts as missing.
    values
        `hard_calls` (0, 1, 2), or `dosages`, which are hard calls where the file holds no dosages.

    Returns
    -------
    Table with the columns of `schemas.QC` (and what they were computed from), a row a candidate; copies of ALT by
    person, sorted by id: int8 hard calls, or float32 where they are dosages.

    Raises
    ------
    InputError
        Files that are unreadable or do not belong together, nobody for the Hardy-Weinberg test, or more than 5 % of
        the people without most of their genotypes.
    """
    ids = pd.Index(read_people(files.people)["participant_id"])
    check_people(files, ids)
    absent = int((~people.everybody.isin(ids)).sum())
    if absent:
        raise InputError(
            f"{files.people}: {absent} of {len(people.everybody)} participants with genotypes are not in it"
        )
    kept, unique = ids.isin(people.everybody), candidates[candidates["chrom"] == files.chrom]
    unique = unique.drop_duplicates("variant_id", ignore_index=True)
    unique = unique[["variant_id", "chrom", "pos", "ref", "alt", "rsid", "ref_stated"]]
    found = import_variants(plink, files, kept, unique["pos"], qc.hard_call)
    table = match_candidates(unique, found, files.states_reference, qc.strand_ambiguous == "remove")
    empty = _without_genotypes(plink, files, ids[kept], found)
    reference, tested = people.reference.difference(empty), people.of_hardy_weinberg(qc.hwe_people).difference(empty)
    table = _add_statistics(plink, table, ids.isin(reference), ids.isin(tested))
    table = apply_filters(_add_info(plink, table, files), qc)
    table = table.assign(reference_people=len(reference), hwe_people=len(tested), people_without=len(empty))
    logging.info(
        "%d of %d candidates passed (%d reference people, Hardy-Weinberg tested on %d)",
        *(table["passed"].sum(), len(table), len(reference), len(tested)),
    )
    return table, _counts(plink, table, ids[kept], values)


def _without_genotypes(plink: Plink, files: GenotypeFiles, ids: pd.Index, found: pd.DataFrame) -> pd.Index:
    """Those of the people who lack most of the chromosome's candidates; nobody's lack is told from few candidates.

    They are left out of the statistics. They cannot leave the study here: splits are made, and networks of images
    trained, whatever the candidates are, and another list of genes must not change who is in which fold.
    """
    records = int((found["row"] >= 0).sum())
    if records < _FEWEST_RECORDS:
        return ids[:0]
    empty = ids[missing_by_person(plink) > _MOST_MISSING]
    if len(empty) > _MOST_EMPTY * len(ids):
        raise InputError(
            f"{files.genotypes}: {len(empty)} of {len(ids)} participants lack more than {_MOST_MISSING:.0%} of the "
            f"{records} candidate records of chromosome {files.chrom}; at most {_MOST_EMPTY:.0%} may: give the file "
            "that holds their genotypes, or take these people out of it (plink2 --mind)"
        )
    if len(empty):
        logging.warning(
            "%d of %d participants lack more than half of the %d candidate records: they are not in the statistics, "
            "and means stand for what they lack",
            *(len(empty), len(ids), records),
        )
    return empty


def _add_statistics(plink: Plink, table: pd.DataFrame, reference: np.ndarray, tested: np.ndarray) -> pd.DataFrame:
    """Statistics of the reference people, the Hardy-Weinberg test of those tested (bool by person of the file)."""
    if table["found"].any():
        keep = write_rows(plink, "reference", np.flatnonzero(reference))
        same = np.array_equal(reference, tested)
        keep_hardy = keep if same else write_rows(plink, "hardy", np.flatnonzero(tested))
        statistics = variant_statistics(plink, keep, keep_hardy)
        values = statistics.reindex(table["row"].where(table["found"])).set_axis(table.index)
    else:
        values = pd.DataFrame(np.nan, index=table.index, columns=_STATISTICS)
    turned = table["found"] & table["swapped"]
    values["alt_frequency"] = values["alt_frequency"].where(~turned, 1 - values["alt_frequency"])
    return table.join(values).assign(maf=minor_frequency(values["alt_frequency"]))


def _add_info(plink: Plink, table: pd.DataFrame, files: GenotypeFiles) -> pd.DataFrame:
    if files.mfi is not None:
        values = read_mfi(files.mfi, set(table["pos"]))
        check_frequencies(table, values, files.mfi)
        return table.assign(info=supplied_info(table, values, files.mfi), info_source="mfi")
    stated = stated_info(table, files.variants or files.genotypes)
    if stated is not None:
        return table.assign(info=stated[0], info_source=f"{files.format} INFO {stated[1]}")
    if table["found"].any() and has_dosages(plink):
        return table.assign(info=table["mach_r2"], info_source="mach_r2")
    return table.assign(info=np.nan, info_source="not applicable")


def _counts(plink: Plink, table: pd.DataFrame, ids: pd.Index, values: str) -> AlleleCounts:
    passed = table[table["passed"]]
    if passed.empty:
        counts = np.empty((len(ids), 0), dtype=np.int8)
    elif values == "dosages" and has_dosages(plink):
        counts = read_dosages(plink, passed["row"].to_numpy())
    else:
        counts = read_hard_calls(plink, passed["row"].to_numpy())
    all_counts = AlleleCounts(ids, pd.Index(passed["variant_id"], dtype=str), counts)
    return all_counts.turned(passed["swapped"].to_numpy(bool)).sorted_by_id()
