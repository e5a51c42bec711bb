"""All chromosomes together: is it the right genome build, what went at which step, what is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.attrition import LACKING, Attrition
from cgni.genetics.coding import alt_is_minor
from cgni.genetics.counts import AlleleCounts
from cgni.genetics.ld import apply_linkage
from cgni.genetics.people import GenotypedPeople
from cgni.genetics.qc import (
    AMBIGUOUS,
    CAPPED,
    CLUMPED,
    DUPLICATE,
    HWE,
    LOW_INFO,
    MISMATCH,
    MISSING,
    MULTI_ALLELIC,
    NOT_FOUND,
    RARE,
    REASONS,
    is_ambiguous,
)
from cgni.genetics.schemas import VARIANTS
from cgni.genetics.settings import GenotypeInputs, LinkageSettings

_LEAST_FOUND = 0.5
FEW = 20  # candidates below which a chromosome's share says little


@dataclass(frozen=True)
class StudyGenotypes:
    """What all chromosomes together come to.

    Attributes
    ----------
    variants : every candidate with its fate, in the columns of `schemas.VARIANTS`.
    ld_blocks, snp_genes : blocks and genes of the variants that passed (`schemas.LD_BLOCKS`, `schemas.SNP_GENES`).
    counts : copies of the counted allele of the variants that passed, of everybody with genotypes.
    attrition : variants left at each step.
    calls : genotypes of the kept variants that have no hard call.
    lacking : people without most of a chromosome's genotypes, a row where there are any.
    """

    variants: pd.DataFrame
    ld_blocks: pd.DataFrame
    snp_genes: pd.DataFrame
    counts: AlleleCounts
    attrition: Attrition
    calls: Attrition
    lacking: Attrition

    def steps(self) -> pd.DataFrame:
        """Rows of the attrition table (`cohort.schemas.ATTRITION`): variants, genotypes, then people."""
        parts = (part.frame() for part in (self.attrition, self.calls, self.lacking) if part.rows)
        return pd.concat(parts, ignore_index=True)


def merge_chromosomes(
    qc: pd.DataFrame,
    counts: AlleleCounts,
    candidates: pd.DataFrame,
    people: GenotypedPeople,
    genotypes: GenotypeInputs,
    ld: LinkageSettings,
) -> StudyGenotypes:
    """Check the genome build, apply linkage and choose the counted alleles of all chromosomes' variants.

    Parameters
    ----------
    qc
        Rows of `schemas.QC` of all chromosomes.
    counts
        Copies of ALT of the variants that passed on their chromosomes, of everybody with genotypes.
    candidates
        Rows of `schemas.CANDIDATE_VARIANTS`.
    people
        Linkage is that of the reference people; the rarer allele among the development people is counted.
    genotypes
        build and chromosomes are read.

    Raises
    ------
    InputError
        Genotypes of another build (`check_build`), or a step that leaves no variant.
    """
    check_build(qc, genotypes.build)
    qc, blocks = apply_linkage(qc, counts.of(people.reference), candidates, ld)
    attrition = quality_attrition(qc, genotypes.chromosome_names, linkage_notes(ld))
    attrition.log()
    kept = counts.select(counts.variants.isin(qc.loc[qc["passed"], "variant_id"]))
    counts_alt = alt_is_minor(kept.of(people.development))
    variants = qc.assign(counted_allele=counted_alleles(qc, kept.variants, counts_alt))
    genes, turned = snp_genes(candidates, qc), kept.turned(~counts_alt)
    calls = call_attrition(qc, genotypes.chromosome_names, turned.are_dosages)
    calls.log()
    lacking = people_without(qc)
    lacking.log()
    return StudyGenotypes(variants[VARIANTS.names], blocks, genes, turned, attrition, calls, lacking)


def check_build(qc: pd.DataFrame, build: str) -> None:
    """Refuse genotype files in which most candidates are not where the eQTL table says.

    A file of another build, or with REF and ALT exchanged, agrees with the table at few positions or in few
    alleles. The share is that of all chromosomes, and of each one with at least 20 candidates.

    Raises
    ------
    InputError
        Less than half of the candidates found by position and alleles, with the shares.
    """
    counts = qc.groupby("chrom")["found"].agg(["mean", "size"])
    wrong = list(counts.index[(counts["mean"] < _LEAST_FOUND) & (counts["size"] >= FEW)])
    if qc["found"].mean() >= _LEAST_FOUND and not wrong:
        return
    where = f" of chromosome {', '.join(wrong)}" if wrong and len(wrong) < len(counts) else ""
    part = qc[qc["chrom"].isin(wrong)] if where else qc
    at_position = (part["reason"] != NOT_FOUND).mean()
    raise InputError(
        f"inputs.genotypes: only {part['found'].mean():.1%} of {len(part)} candidate variants{where} are in the "
        f"genotype files with the same position and alleles ({at_position:.1%} have a variant at the position, "
        f"{part['swapped'].mean():.1%} have REF and ALT exchanged, {part['other_strand'].mean():.1%} the alleles of "
        f"the other strand); they must be {build} like the eQTL table, forward strand, with the reference allele first"
    )


def quality_attrition(
    qc: pd.DataFrame, chromosomes: Sequence[str], notes: Mapping[str, str] | None = None
) -> Attrition:
    """Variants removed and left at each step, by chromosome; `notes` adds to the notes of steps.

    Raises
    ------
    InputError
        A step that leaves no variant on any chromosome, with the count before.
    """
    attrition = Attrition("genetics", "variants")
    for chrom in chromosomes:
        attrition.start("candidates", int((qc["chrom"] == chrom).sum()), chrom=chrom)
    left = {chrom: int((qc["chrom"] == chrom).sum()) for chrom in chromosomes}
    notes = _notes(qc) | dict(notes or {})
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
    reference, tested = qc["reference_people"].max(), qc["hwe_people"].max()
    people = f"{reference} reference people"
    imaged = people if tested == reference else f"the {tested} of {people} who have an image"
    untested = int((qc["found"] & qc["pass_hwe"].isna()).sum())
    imaged += f"; not judged for {untested} variants of too uncertain hard calls" if untested else ""
    mismatch = qc["reason"] == MISMATCH
    exchanged, other = int((mismatch & qc["swapped"]).sum()), int((mismatch & qc["other_strand"]).sum())
    kept = int((is_ambiguous(qc) & (qc["reason"] != AMBIGUOUS) & qc["passed"]).sum())
    exchanged_found = int((qc["found"] & qc["swapped"]).sum())
    matched = f"; {exchanged_found} more match with their alleles in the other order" if exchanged_found else ""
    unknown = int(((qc["reason"] == LOW_INFO) & qc["info"].isna() & (qc["info_source"] == "mfi")).sum())
    notes = {
        AMBIGUOUS: f"kept (genetics.qc.strand_ambiguous): {kept} pass" if kept else "A/T and C/G",
        MISMATCH: f"all chromosomes: {exchanged} with REF and ALT exchanged, {other} with the other strand's alleles"
        + matched,
        DUPLICATE: "all records of the position go",
        MULTI_ALLELIC: "all records of the position go",
        LOW_INFO: "source: "
        + ", ".join(sorted(set(qc["info_source"])))
        + (f"; {unknown} without a value there" if unknown else ""),
    }
    return notes | dict.fromkeys((MISSING, RARE), people) | {HWE: imaged}


def call_attrition(qc: pd.DataFrame, chromosomes: Sequence[str], dosages: bool) -> Attrition:
    """Genotypes of the reference people at the variants that passed, and how many the hard-call threshold takes.

    Parameters
    ----------
    qc
        Rows of `schemas.QC` of all chromosomes.
    dosages
        Whether the study's genotypes are dosages, which lose none.

    Returns
    -------
    Two rows a chromosome: genotypes that are not missing in the files; those without a hard call, removed unless
    dosages stand for them.
    """
    attrition, passed = Attrition("genetics", "genotypes"), qc[qc["passed"]]
    known = passed["reference_people"] * (1 - passed["missingness"])
    lost = passed["reference_people"] * (passed["missing_calls"] - passed["missingness"])
    share = lost.sum() / known.sum() if len(passed) else 0.0
    note = (
        f"none go: dosages stand for the {share:.1%} without a hard call"
        if dosages
        else f"{share:.1%} of all chromosomes' are farther than genetics.qc.hard_call from 0, 1 and 2, now missing"
    )
    halves = int(qc["half_calls"].sum())
    kept = "reference people, not missing in the files"
    kept += f"; {halves} half calls (such as 0/.) of the candidates, of everybody, are missing" if halves else ""
    for chrom in chromosomes:
        own = passed["chrom"] == chrom
        before, uncertain = round(known[own].sum()), 0 if dosages else round(lost[own].sum())
        attrition.start("genotypes of these variants", before, kept, chrom)
        attrition.remove("hard-call threshold", uncertain, before - uncertain, note, chrom)
    return attrition


def people_without(qc: pd.DataFrame) -> Attrition:
    """People who lack most candidates of a chromosome (`schemas.QC`): a row a chromosome that has any."""
    attrition = Attrition("genetics", "participants")
    numbers = qc.groupby("chrom", sort=False)["people_without"].max()
    for chrom, number in numbers[numbers > 0].items():
        attrition.count(LACKING, int(number), "in no statistics of SNPs; means stand for them", chrom=str(chrom))
    return attrition


def snp_genes(candidates: pd.DataFrame, qc: pd.DataFrame) -> pd.DataFrame:
    """Genes of the variants that passed: variant_id, gene_id, symbol, many-to-many."""
    passed = qc.loc[qc["passed"], ["candidate_id", "variant_id"]]
    genes = candidates[["variant_id", "gene_id", "symbol"]].rename(columns={"variant_id": "candidate_id"})
    return passed.merge(genes, on="candidate_id")[["variant_id", "gene_id", "symbol"]].drop_duplicates()


def counted_alleles(qc: pd.DataFrame, variants: pd.Index, counts_alt: np.ndarray) -> pd.Series:
    """The counted allele (ALT where `counts_alt`, else REF) of the kept `variants`; missing for the others."""
    alt = qc["variant_id"].map(dict(zip(variants, counts_alt, strict=True))).fillna(True).astype(bool)
    return qc["alt"].where(alt, qc["ref"]).where(qc["passed"])


def linkage_notes(ld: LinkageSettings) -> dict[str, str]:
    """Notes of the attrition table on what `genetics.ld` asks for."""
    clump, cap = ld.clump_r2, ld.per_gene
    return {
        CLUMPED: "off" if clump is None else f"r2 >= {clump} within {ld.window_kb} kb, smallest eQTL p stays",
        CAPPED: "off" if cap is None else f"{cap} variants of smallest eQTL p a gene",
    }
