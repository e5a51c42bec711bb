"""What the oracle and the pipeline found of what was planted in a simulated study."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from cgni.audit.oracle import significant_pairs, snp_region_tests
from cgni.audit.recovery import (
    Linkage,
    RecoveryRow,
    accuracy_rows,
    claim_recall_precision,
    recall_precision,
    snp_recall_precision,
    term_ranks,
)
from cgni.audit.schemas import RECOVERY
from cgni.audit.settings import AuditSettings
from cgni.base.views import GENETICS, IMAGING
from cgni.cohort.confounds import confound_columns, site_levels
from cgni.cohort.roles import development_people
from cgni.contributions.called import CONSENSUS

# who calls a feature by which column of the contributions
_RULES = {"pipeline": "called", "published SD rule": "called_sd", "permutation null": "called_null"}


@dataclass(frozen=True)
class Truth:
    """What the simulator planted: SNPs (variant ids), their genes (symbols), regions (names), GO terms."""

    snps: frozenset[str]
    genes: frozenset[str]
    regions: frozenset[str]
    go_terms: tuple[str, ...]

    @classmethod
    def of(
        cls, variants: pd.DataFrame, regions: pd.DataFrame, names: Mapping[int, str], go_terms: tuple[str, ...]
    ) -> "Truth":
        """From the simulator's tables of variants and of regions (labels of the atlas), and the labels' names."""
        causal = variants[variants["factor"] >= 0]
        planted = [names.get(label, f"label {label}") for label in regions["region"]]
        return cls(frozenset(causal["variant_id"]), frozenset(causal["symbol"]), frozenset(planted), go_terms)


@dataclass(frozen=True)
class CohortTables:
    """The study's tables of people: split, allele counts, participants; and ids of those with usable imaging."""

    splits: pd.DataFrame
    imaged: pd.Index
    genotypes: pd.DataFrame
    participants: pd.DataFrame


@dataclass(frozen=True)
class DevelopmentData:
    """What findings are drawn from: development people with a usable map and genotypes, in the order of their ids.

    Attributes
    ----------
    counts : float64 [people, variants], allele counts; missing ones are the variant's mean.
    regions : float64 [people, regions], mean gray matter of the regions that have a voxel, or features of a table;
        columns are their names.
    confounds : float64 [people, confounds], NaN where unknown.
    """

    counts: pd.DataFrame
    regions: pd.DataFrame
    confounds: pd.DataFrame

    @classmethod
    def of(cls, cohort: CohortTables, regions_of: Callable[[pd.Index], pd.DataFrame]) -> "DevelopmentData":
        """From the study's tables, and from what gives the regions of people (`imaging.region_values`)."""
        genotypes = cohort.genotypes.set_index("participant_id")
        ids = development_people(cohort.splits).intersection(cohort.imaged).intersection(genotypes.index).sort_values()
        counts = genotypes.loc[ids].astype("float64")
        confounds = confound_columns(cohort.participants, ids, site_levels(cohort.participants, ids))
        return cls(counts.fillna(counts.mean()), regions_of(ids), confounds)


@dataclass(frozen=True)
class StudyFindings:
    """The study's results: contributions, claimed LD blocks, genes of the SNPs, enriched terms, models' performance."""

    contributions: pd.DataFrame
    blocks: pd.DataFrame
    snp_genes: pd.DataFrame
    terms: pd.DataFrame
    performance: pd.DataFrame


def compare_with_truth(
    truth: Truth, tested: DevelopmentData, findings: StudyFindings, settings: AuditSettings
) -> pd.DataFrame:
    """Recall and precision of the oracle and of each calling rule, ranks of the GO terms, accuracies.

    Parameters
    ----------
    truth
        What was planted.
    tested
        What the oracle tests; its SNPs and regions are those that could be found.
    findings
        What the study found.
    settings
        When a SNP counts as found, and the oracle's false discovery rate.

    Returns
    -------
    `schemas.RECOVERY`.
    """
    linkage = Linkage(tested.counts, truth.snps, settings.hit_r2)
    rows = _oracle_rows(truth, tested, linkage, settings.fdr)
    rows += claim_recall_precision(findings.blocks, linkage)
    consensus, snp_genes = findings.contributions, findings.snp_genes
    consensus = consensus[(consensus["fold"] == CONSENSUS) & (consensus["component"] > 0)]
    for who, column in _RULES.items():
        called = consensus[consensus[column]]
        snps = called.loc[called["view"] == GENETICS, "feature"].unique()
        regions = called.loc[called["view"] == IMAGING, "feature"].unique()
        genes = snp_genes.loc[snp_genes["variant_id"].isin(snps), "symbol"].unique()
        rows += snp_recall_precision(snps, linkage, who)
        rows += recall_precision(regions, truth.regions, tested.regions.columns, who, "region")
        rows += recall_precision(genes, truth.genes, snp_genes["symbol"].unique(), who, "gene")
    rows += term_ranks(findings.terms, truth.go_terms)
    rows += accuracy_rows(findings.performance)
    return pd.DataFrame(rows, columns=RECOVERY.names)


def _oracle_rows(truth: Truth, tested: DevelopmentData, linkage: Linkage, fdr: float) -> list[RecoveryRow]:
    """SNPs and regions of the pairs that a mass-univariate test on the tested people finds."""
    counts, regions = tested.counts, tested.regions
    p = snp_region_tests(counts.to_numpy(), regions.to_numpy(), tested.confounds.to_numpy())
    pairs = significant_pairs(p, fdr)
    rows = snp_recall_precision(counts.columns[pairs.any(axis=1)], linkage, "oracle")
    found = regions.columns[pairs.any(axis=0)]
    return rows + recall_precision(found, truth.regions, regions.columns, "oracle", "region")
