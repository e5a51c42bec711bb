"""Findings against the planted truth."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

_NOT_FOUND = (np.nan, 0, "not among the terms found")


@dataclass(frozen=True)
class Truth:
    """What the simulator planted: SNPs (variant ids), their genes (symbols), regions (names), GO terms."""

    snps: frozenset[str]
    genes: frozenset[str]
    regions: frozenset[str]
    go_terms: tuple[str, ...]


def recall_precision(
    found: Collection[str], truth: Collection[str], tested: Collection[str], who: str, what: str
) -> list[dict]:
    """Rows on a set of findings: recall, precision and the share that chance would hit."""
    found, truth = set(found), set(truth)
    hits = len(found & truth)
    chance = len(truth & set(tested)) / max(len(set(tested)), 1)
    return [
        _row(who, f"{what} recall", hits / len(truth) if truth else np.nan, len(truth),
             f"{hits} of {len(truth)} planted"),
        _row(who, f"{what} precision", hits / len(found) if found else np.nan, len(found),
             f"{hits} of {len(found)} called; chance {chance:.2f}"),
    ]  # fmt: skip


def snp_recall_precision(
    called: Collection[str], truth: Collection[str], counts: np.ndarray, variants: list[str], hit_r2: float, who: str
) -> list[dict]:
    """SNPs up to linkage: a called SNP is a hit when its r² with a causal one is at least `hit_r2`.

    A causal SNP that QC lost counts as not found. `counts` is float [people, variants].
    """
    index = {variant: column for column, variant in enumerate(variants)}
    planted = [snp for snp in truth if snp in index]
    found = [snp for snp in called if snp in index]
    r2 = np.corrcoef(counts[:, [index[s] for s in planted]], counts, rowvar=False)[: len(planted), len(planted) :] ** 2
    linked = np.nan_to_num(r2)[:, [index[s] for s in found]] >= hit_r2
    hits, recovered = int(linked.any(axis=0).sum()), int(linked.any(axis=1).sum())
    chance = float((np.nan_to_num(r2) >= hit_r2).any(axis=0).mean()) if planted else 0.0
    return [
        _row(who, "SNP recall", recovered / len(truth) if truth else np.nan, len(truth),
             f"{recovered} of {len(truth)} planted"),
        _row(who, "SNP precision", hits / len(found) if found else np.nan, len(found),
             f"{hits} of {len(found)} called; chance {chance:.2f}"),
    ]  # fmt: skip


def term_ranks(terms: pd.DataFrame, planted: Collection[str]) -> list[dict]:
    """Rank by p of each planted GO term among its ontology's terms.

    A term belongs to one factor, and a component's genes are those of the factors it carries, so
    the best component's rank stands beside that of all components' genes together.
    """
    primary = terms[terms["primary"]]
    rows = []
    for term in planted:
        found = {component: _rank(own, term) for component, own in primary.groupby("component")}
        pooled, own = found.pop(-1, None), [f for f in found.values() if f]
        rows.append(_row("pipeline", f"rank of {term}, all components together", *(pooled or _NOT_FOUND)))
        best = min(own, key=lambda f: f[0]) if own else _NOT_FOUND
        rows.append(_row("pipeline", f"rank of {term}, best of {len(found)} components", *best))
    return rows


def _rank(terms: pd.DataFrame, term: str) -> tuple[float, int, str] | None:
    own = terms[terms["term_id"] == term]
    if own.empty:
        return None
    source, p = own["source"].iloc[0], float(own["p"].iloc[0])
    peers = terms[terms["source"] == source]
    # terms of the same genes have the same p up to rounding
    rank = int((peers["p"] < p * (1 - 1e-9)).sum()) + 1
    return rank, len(peers), f"of {len(peers)} {source} terms, p {p:.2g}"


def accuracy_rows(performance: pd.DataFrame) -> list[dict]:
    """Balanced accuracy of every model, pooled out of fold and on the holdout, with its standard error."""
    chosen = performance[(performance["metric"] == "balanced_accuracy") & (performance["fold"] == -1)]
    names = {"validation": "pooled out of fold", "holdout": "holdout"}
    return [
        _row(row.model, f"balanced accuracy, {names[row.split]}", row.value, 0, f"SE {row.se:.3f}")
        for row in chosen.itertuples()
    ]


def _row(who: str, quantity: str, value: float, n: int, note: str) -> dict:
    return {"who": who, "quantity": quantity, "value": float(value), "n": int(n), "note": note}
