"""A bundle's SNPs in the genotype files of another cohort: the same alleles counted, absent SNPs missing."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.samples import read_people
from cgni.genetics.counts import AlleleCounts
from cgni.genetics.plink import Plink, has_dosages, read_dosages, read_hard_calls
from cgni.genetics.qc import NOT_FOUND, match_candidates
from cgni.genetics.sources import GenotypeFiles, check_people, import_variants

_CANDIDATE = ["variant_id", "chrom", "pos", "ref", "alt", "rsid"]


@dataclass(frozen=True)
class Coding:
    """How a study codes genotypes.

    Attributes
    ----------
    values : hard_calls or dosages (`genetics.coding.values`); hard_call : `genetics.qc.hard_call`.
    """

    values: str
    hard_call: float

    @classmethod
    def of(cls, genetics: Mapping[str, Any]) -> "Coding":
        """From the section `genetics` of a bundle's config."""
        return cls(genetics["coding"]["values"], genetics["qc"]["hard_call"])


def match_chromosome(
    plink: Plink, files: GenotypeFiles, variants: pd.DataFrame, everybody: pd.Index, coding: Coding
) -> tuple[pd.DataFrame, AlleleCounts]:
    """A bundle's SNPs of one chromosome: how each was found, and copies of its counted allele.

    A SNP is one by its position and both alleles, in either order. No filter is applied: which SNPs the models take was
    decided by the study that fitted them.

    Parameters
    ----------
    variants
        `schemas.BUNDLE_VARIANTS` of this chromosome.
    everybody
        Participants with genotypes.

    Returns
    -------
    variant_id, found, swapped, other_strand, reason, a row a SNP; counts of those without a reason, sorted by id.
    """
    ids = pd.Index(read_people(files.people)["participant_id"])
    check_people(files, ids)
    kept = ids.isin(everybody)
    found = import_variants(plink, files, kept, variants["pos"], coding.hard_call)
    candidates = variants[_CANDIDATE].assign(ref_stated=False).reset_index(drop=True)
    table = match_candidates(candidates, found, files.states_reference, remove_ambiguous=False)
    usable = table[table["reason"].isna()]
    if usable.empty:
        counts = np.empty((int(kept.sum()), 0), np.int8)
    elif coding.values == "dosages" and has_dosages(plink):
        counts = read_dosages(plink, usable["row"].to_numpy())
    else:
        counts = read_hard_calls(plink, usable["row"].to_numpy())
    names = pd.Index(usable["candidate_id"], dtype=str)
    alt = AlleleCounts(ids[kept], names, counts).turned(usable["swapped"].to_numpy(bool))
    counts_ref = (variants["counted_allele"] == variants["ref"]).to_numpy()
    turned = alt.turned(np.isin(names, variants.loc[counts_ref, "variant_id"]))
    fate = table[["candidate_id", "found", "swapped", "other_strand", "reason"]]
    return fate.rename(columns={"candidate_id": "variant_id"}), turned.sorted_by_id()


def gather_variants(
    variants: pd.DataFrame, fates: Sequence[pd.DataFrame], counts: Sequence[AlleleCounts]
) -> tuple[pd.DataFrame, AlleleCounts]:
    """All SNPs of the bundle in its order: their fate with frequencies, and counts with gaps for those not found.

    Returns
    -------
    `schemas.MATCHED_VARIANTS`, and counts of every SNP.
    """
    ids = counts[0].ids
    dosages = any(part.are_dosages for part in counts)
    kind, gap = (np.float32, np.nan) if dosages else (np.int8, -1)
    names = pd.Index(variants["variant_id"], dtype=str)
    values = np.full((len(ids), len(names)), gap, kind)
    for part in counts:
        own = part.as_dosages() if dosages else part
        values[:, names.get_indexer(own.variants)] = own.values
    together = AlleleCounts(ids, names, values)
    fate = pd.concat(fates, ignore_index=True).set_index("variant_id").reindex(names)
    fate = fate.assign(
        found=fate["found"].eq(True), swapped=fate["swapped"].eq(True), other_strand=fate["other_strand"].eq(True)
    )
    fate["reason"] = fate["reason"].where(fate["found"] | fate["reason"].notna(), NOT_FOUND)
    fate["missing"] = together.missing.mean(axis=0) if len(ids) else np.nan
    fate["frequency"] = together.means() / 2
    fate["frequency_bundle"] = variants["frequency"].to_numpy()
    return fate.reset_index(names="variant_id"), together


def refuse_few(fate: pd.DataFrame, least: float) -> None:
    """InputError when fewer than `least` of the bundle's SNPs are in the files, with what was found in their place."""
    usable, count = fate["reason"].isna(), len(fate)
    logging.info("%d of %d SNPs of the bundle are in the genotype files", usable.sum(), count)
    if usable.mean() >= least:
        return
    at_position = int((fate["reason"] != NOT_FOUND).sum())
    raise InputError(
        f"inputs.genotypes: {int(usable.sum())} of {count} SNPs of the bundle are in the genotype files with the same "
        f"position and alleles, fewer than application.least_found ({least:g}); {at_position} positions have a "
        f"variant, {int(fate['other_strand'].sum())} the other strand's alleles: few positions tell of another genome "
        "build or of files without these SNPs (impute them)"
    )


def check_build(build: str, wanted: str) -> None:
    """InputError when the cohort's genotypes are of another build than the bundle's SNPs."""
    if build != wanted:
        raise InputError(
            f"inputs.genotypes.build: {build}, but the SNPs of the bundle are {wanted}; lift the genotype files over"
        )
