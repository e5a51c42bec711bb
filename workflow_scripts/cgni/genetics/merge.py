"""All chromosomes together: is it the right genome build, what went at which step, what is left."""

from collections.abc import Sequence

import pandas as pd

from workflow_scripts.cgni.cohort.attrition import Attrition
from workflow_scripts.cgni.errors import InputError
from workflow_scripts.cgni.genetics.qc import HWE, LOW_INFO, MISSING, RARE, REASONS

_LEAST_FOUND = 0.5


def check_build(qc: pd.DataFrame, build: str) -> None:
    """Refuse genotype files in which most candidates are not where the eQTL table says.

    Raises
    ------
    InputError
        Less than half of the candidates found by position and alleles, with the share.
    """
    found, swapped = qc["found"].mean(), qc["swapped"].mean()
    if found < _LEAST_FOUND:
        raise InputError(
            f"inputs.genotypes: only {found:.1%} of {len(qc)} candidate variants are in the BGEN files with the same "
            f"position and alleles ({swapped:.1%} have REF and ALT exchanged); they must be {build} like the eQTL "
            "table, with the reference allele first"
        )


def quality_attrition(qc: pd.DataFrame, chromosomes: Sequence[str]) -> Attrition:
    """Variants removed and left at each step, by chromosome.

    Raises
    ------
    InputError
        A step that leaves no variant on any chromosome, with the count before.
    """
    attrition = Attrition("genetics", "variants")
    for chrom in chromosomes:
        attrition.start("candidates", int((qc["chrom"] == chrom).sum()), chrom=chrom)
    left = {chrom: int((qc["chrom"] == chrom).sum()) for chrom in chromosomes}
    notes = _notes(qc)
    for step in REASONS:
        before = sum(left.values())
        for chrom in chromosomes:
            removed = int(((qc["reason"] == step) & (qc["chrom"] == chrom)).sum())
            left[chrom] -= removed
            attrition.remove(step, removed, left[chrom], notes.get(step), chrom)
        if before and not sum(left.values()):
            raise InputError(f"genetics: no variant is left after the step `{step}` ({before} before it)")
    return attrition


def _notes(qc: pd.DataFrame) -> dict[str, str]:
    people = f"{qc['reference_people'].max()} reference people"
    notes = {LOW_INFO: "source: " + ", ".join(sorted(set(qc["info_source"])))}
    return notes | dict.fromkeys((MISSING, RARE, HWE), people)


def merge_genotypes(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the chromosomes' genotype tables by participant_id; they hold the same people.

    Raises
    ------
    InputError
        Chromosomes that differ in their people.
    """
    merged = parts[0].set_index("participant_id")
    for part in parts[1:]:
        other = part.set_index("participant_id")
        if not merged.index.equals(other.index):
            differing = len(merged.index.symmetric_difference(other.index))
            raise InputError(f"genotypes: {differing} people are not in all chromosomes; give the same .sample people")
        merged = merged.join(other)
    return merged.reset_index()


def snp_genes(candidates: pd.DataFrame, qc: pd.DataFrame) -> pd.DataFrame:
    """Genes of the variants that passed: variant_id, gene_id, symbol, many-to-many."""
    passed = qc.loc[qc["passed"], ["candidate_id", "variant_id"]]
    genes = candidates[["variant_id", "gene_id", "symbol"]].rename(columns={"variant_id": "candidate_id"})
    return passed.merge(genes, on="candidate_id")[["variant_id", "gene_id", "symbol"]].drop_duplicates()
