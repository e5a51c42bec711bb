"""Findings against the planted truth: the rows of the table."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from cgni.classification.schemas import POOLED
from cgni.classification.scores import CONTINUOUS, GROUPS


class RecoveryRow(NamedTuple):
    """One quantity (`schemas.RECOVERY`).

    `who` found it; `n` is the number that the value is a share of, or 0.
    """

    who: str
    quantity: str
    value: float
    n: int
    note: str


class Linkage:
    """Which SNPs stand for which causal ones.

    Parameters
    ----------
    counts
        Allele counts, float [people, variants] without missing values; the columns are variant ids.
    causal
        Variant ids of the causal SNPs; those that QC lost are in no column.
    hit_r2
        A SNP stands for a causal one when their r² is at least this.
    """

    def __init__(self, counts: pd.DataFrame, causal: Collection[str], hit_r2: float) -> None:
        self.causal = len(causal)
        self._column = {variant: column for column, variant in enumerate(counts.columns)}
        planted = [self._column[snp] for snp in sorted(causal) if snp in self._column]
        values = counts.to_numpy()
        r2 = np.corrcoef(values[:, planted], values, rowvar=False)[: len(planted), len(planted) :] ** 2
        self._linked = np.nan_to_num(r2) >= hit_r2

    def hits(self, called: Collection[str]) -> tuple[int, int, int]:
        """How many of `called` were tested, stand for a causal SNP, and how many causal SNPs they stand for."""
        columns = [self._column[snp] for snp in called if snp in self._column]
        linked = self._linked[:, columns]
        return len(columns), int(linked.any(axis=0).sum()), int(linked.any(axis=1).sum())

    @property
    def chance(self) -> float:
        """Share of all SNPs that stand for a causal one."""
        return float(self._linked.any(axis=0).mean()) if len(self._linked) else 0.0


def recall_precision(
    found: Collection[str], truth: Collection[str], tested: Collection[str], who: str, what: str
) -> list[RecoveryRow]:
    """Recall, precision and the share that chance would hit, of findings that are right or wrong by name.

    Parameters
    ----------
    found, truth, tested
        Names found, planted, and those that could be found.
    who, what
        Who found them, and what they are (region, gene).
    """
    found, truth, tested = set(found), set(truth), set(tested)
    hits = len(found & truth)
    chance = len(truth & tested) / max(len(tested), 1)
    return [_recall(who, what, hits, len(truth)), _precision(who, what, hits, len(found), chance)]


def snp_recall_precision(called: Collection[str], linkage: Linkage, who: str) -> list[RecoveryRow]:
    """Recall and precision of called SNPs up to linkage; a causal SNP that QC lost counts as not found."""
    found, hits, recovered = linkage.hits(called)
    return [_recall(who, "SNP", recovered, linkage.causal), _precision(who, "SNP", hits, found, linkage.chance)]


def claim_recall_precision(blocks: pd.DataFrame, linkage: Linkage) -> list[RecoveryRow]:
    """Recall and precision of called LD blocks: one is right when any of its SNPs stands for a causal one.

    A block that is called in several components counts once.

    Parameters
    ----------
    blocks
        `contributions.schemas_claims.BLOCKS`: members are variant ids joined by `;`.
    """
    names = blocks.drop_duplicates("block").set_index("block")["members"].str.split(";")
    called = sorted(set(blocks.loc[blocks["called"], "block"]))
    right = sum(linkage.hits(names[block])[1] > 0 for block in called)
    recovered = linkage.hits([snp for block in called for snp in names[block]])[2]
    chance = sum(linkage.hits(members)[1] > 0 for members in names) / max(len(names), 1)
    return [
        _recall("claims", "block", recovered, linkage.causal),
        _precision("claims", "block", right, len(called), chance),
    ]


def term_ranks(terms: pd.DataFrame, planted: Collection[str]) -> list[RecoveryRow]:
    """Rank by p of each planted GO term among its ontology's terms.

    A term belongs to one factor, and a component's genes are those of the factors it carries, so
    the best component's rank stands beside that of all components' genes together.

    Parameters
    ----------
    terms
        The enrichment's table: component (-1: all together), term_id, source, p, primary.
    planted
        Term ids.
    """
    primary = terms[terms["primary"]]
    rows = []
    for term in planted:
        ranks = {component: _rank(own, term) for component, own in primary.groupby("component")}
        together = ranks.pop(-1, None)
        best = min((rank for rank in ranks.values() if rank), key=lambda rank: rank[0], default=None)
        for which, rank in (("all components together", together), (f"best of {len(ranks)} components", best)):
            value, n, note = rank or (np.nan, 0, "not among the terms found")
            rows.append(RecoveryRow("pipeline", f"rank of {term}, {which}", value, n, note))
    return rows


def accuracy_rows(performance: pd.DataFrame) -> list[RecoveryRow]:
    """Main score of every model, pooled out of fold and on the holdout, with its standard error."""
    kind = CONTINUOUS if (performance["metric"] == CONTINUOUS.main).any() else GROUPS
    chosen = performance[(performance["metric"] == kind.main) & (performance["fold"] == POOLED)]
    title = "balanced accuracy" if kind is GROUPS else "R²"
    names = {"validation": "pooled out of fold", "holdout": "holdout"}
    return [
        RecoveryRow(row.model, f"{title}, {names[row.split]}", row.value, 0, f"SE {row.se:.3f}")
        for row in chosen.itertuples()
    ]


def _recall(who: str, what: str, hits: int, planted: int) -> RecoveryRow:
    value = hits / planted if planted else np.nan
    return RecoveryRow(who, f"{what} recall", value, planted, f"{hits} of {planted} planted")


def _precision(who: str, what: str, hits: int, called: int, chance: float) -> RecoveryRow:
    value = hits / called if called else np.nan
    return RecoveryRow(who, f"{what} precision", value, called, f"{hits} of {called} called; chance {chance:.2f}")


def _rank(terms: pd.DataFrame, term: str) -> tuple[float, int, str] | None:
    """Rank, number of the ontology's terms and a note; None when the term is not there."""
    own = terms[terms["term_id"] == term]
    if own.empty:
        return None
    source, p = own["source"].iloc[0], float(own["p"].iloc[0])
    peers = terms[terms["source"] == source]
    # terms of the same genes have the same p up to rounding
    rank = int((peers["p"] < p * (1 - 1e-9)).sum()) + 1
    return rank, len(peers), f"of {len(peers)} {source} terms, p {p:.2g}"
