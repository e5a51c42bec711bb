"""Over-representation of GO terms among genes, by the hypergeometric distribution."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, hypergeom

from cgni.enrichment.ontology import Ontology

_COLUMNS = [
    *("source", "term_id", "term", "p", "p_bonferroni", "p_bh", "intersection", "genes"),
    *("term_size", "query_size", "background_size"),
]


def annotated_genes(ontology: Ontology, source: str) -> frozenset[str]:
    """Symbols with an annotation in a source such as GO:BP."""
    chosen = ontology.terms.index[ontology.terms["ontology"] == source.removeprefix("GO:")]
    genes = ontology.genes_of()
    return frozenset().union(*(genes[term] for term in chosen if term in genes))


def over_represented(
    query: Collection[str],
    background: Collection[str] | None,
    ontology: Ontology,
    sources: Sequence[str],
    min_term_size: int,
    max_term_size: int,
) -> pd.DataFrame:
    """Terms with at least one query gene, by ascending p.

    Parameters
    ----------
    query
        Gene symbols.
    background
        Symbols that could have been found; None: every gene with an annotation in the source.
    min_term_size, max_term_size
        Numbers of background genes a term may have.

    Returns
    -------
    DataFrame
        p is P(X >= intersection) for X hypergeometric (background, term, query), genes without an
        annotation in the source left out of all three. Bonferroni and Benjamini-Hochberg over all
        terms of the source whose size is admitted, found or not. Empty when the query is.
    """
    if not query:
        return pd.DataFrame(columns=_COLUMNS)
    tables = [
        _one_source(frozenset(query), background, ontology, source, min_term_size, max_term_size) for source in sources
    ]
    filled = [table for table in tables if len(table)]
    if not filled:
        return pd.DataFrame(columns=_COLUMNS)
    return pd.concat(filled).sort_values(["p", "term_id"]).reset_index(drop=True)


def _one_source(
    query: frozenset[str],
    background: Collection[str] | None,
    ontology: Ontology,
    source: str,
    min_term_size: int,
    max_term_size: int,
) -> pd.DataFrame:
    annotated = annotated_genes(ontology, source)
    universe = annotated if background is None else annotated & frozenset(background)
    genes, found = ontology.genes_of(), query & universe
    rows, tested = [], 0
    for term in ontology.terms.index[ontology.terms["ontology"] == source.removeprefix("GO:")]:
        members = genes.get(term, frozenset()) & universe
        if not min_term_size <= len(members) <= max_term_size:
            continue
        tested += 1
        hits = sorted(members & found)
        if hits:
            name, joined = ontology.terms.at[term, "name"], ";".join(hits)
            sizes = len(members), len(found), len(universe)
            rows.append((source, term, name, np.nan, np.nan, np.nan, len(hits), joined, *sizes))
    table = pd.DataFrame(rows, columns=_COLUMNS)
    if rows:
        table["p"] = hypergeom.sf(table["intersection"] - 1, len(universe), table["term_size"], len(found))
        table["p_bonferroni"] = np.minimum(table["p"] * tested, 1)
        every = np.concatenate([np.minimum(table["p"], 1), np.ones(tested - len(table))])
        table["p_bh"] = false_discovery_control(every)[: len(table)]
    return table
