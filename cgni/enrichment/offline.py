"""Over-representation of GO terms among genes, by the hypergeometric distribution and by draws of the null."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.stats import false_discovery_control, hypergeom

from cgni.enrichment.ontology import Ontology

_COLUMNS = [
    *("source", "term_id", "term", "p", "p_bonferroni", "p_bh", "p_null", "q_null", "p_family", "draws"),
    *("intersection", "genes", "term_size", "query_size", "background_size"),
]
_ROUNDING = 1 + 1e-9  # two ways to the same p may differ in the last digits


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
    draws: Sequence[Collection[str]] = (),
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
    draws
        Queries of the null, as symbols; none: p_null, q_null and p_family are NaN.

    Returns
    -------
    DataFrame
        p is P(X >= intersection) for X hypergeometric (background, term, query), genes without an
        annotation in the source left out of all three. Bonferroni and Benjamini-Hochberg over all
        terms of the source whose size is admitted, found or not.
        p_null is (1 + draws whose own p of the term reaches p) / (1 + draws), so it is no smaller than
        1 / (1 + draws); q_null its Benjamini-Hochberg over the same terms. p_family is
        (1 + draws with any term of any source whose p reaches p) / (1 + draws): family-wise over
        everything that was looked at (Westfall and Young 1993). Empty when the query is.
    """
    if not query:
        return pd.DataFrame(columns=_COLUMNS)
    queries = [frozenset(query), *map(frozenset, draws)]
    sizes = min_term_size, max_term_size
    found = [_one_source(queries, background, ontology, source, sizes) for source in sources]
    filled = [table for table, _ in found if len(table)]
    if not filled:
        return pd.DataFrame(columns=_COLUMNS)
    table = pd.concat(filled).sort_values(["p", "term_id"]).reset_index(drop=True)
    smallest = np.min([own for _, own in found], axis=0)
    return table.assign(p_family=_reached(table["p"].to_numpy(), smallest[None, :]))[_COLUMNS]


def hypergeometric_p(
    terms: Sequence[frozenset[str]], queries: Sequence[frozenset[str]], background: int
) -> tuple[np.ndarray, np.ndarray]:
    """P(X >= overlap) of every term with every query, and the overlaps; both [terms, queries].

    Parameters
    ----------
    terms, queries
        Sets of genes of the background.
    background
        How many genes it has.
    """
    overlaps = _overlaps(terms, queries)
    hit = np.nonzero(overlaps)
    term_sizes, query_sizes = (np.array([len(own) for own in sets], int) for sets in (terms, queries))
    p = np.ones(overlaps.shape)
    if len(hit[0]):
        # draws repeat a few cases many times, and the distribution is slow
        cases = np.column_stack([overlaps[hit], term_sizes[hit[0]], query_sizes[hit[1]]])
        unique, where = np.unique(cases, axis=0, return_inverse=True)
        p[hit] = np.minimum(hypergeom.sf(unique[:, 0] - 1, background, unique[:, 1], unique[:, 2]), 1)[where.ravel()]
    return p, overlaps


def _one_source(
    queries: Sequence[frozenset[str]],
    background: Collection[str] | None,
    ontology: Ontology,
    source: str,
    sizes: tuple[int, int],
) -> tuple[pd.DataFrame, np.ndarray]:
    """Terms of the first query, and the smallest p of each of the others."""
    annotated = annotated_genes(ontology, source)
    universe = annotated if background is None else annotated & frozenset(background)
    genes = ontology.genes_of()
    own = ontology.terms.index[ontology.terms["ontology"] == source.removeprefix("GO:")]
    members = {term: genes.get(term, frozenset()) & universe for term in own}
    tested = {term: those for term, those in members.items() if sizes[0] <= len(those) <= sizes[1]}
    found = [query & universe for query in queries]
    p, overlaps = hypergeometric_p(list(tested.values()), found, len(universe))
    table = pd.DataFrame(
        {
            "source": source,
            "term_id": list(tested),
            "term": ontology.terms.loc[list(tested), "name"].to_list(),
            "p": p[:, 0],
            "p_bonferroni": np.minimum(p[:, 0] * len(tested), 1),
            "p_bh": false_discovery_control(p[:, 0]) if len(tested) else p[:, 0],
            "p_null": (p_null := _reached(p[:, 0], p[:, 1:])),
            "q_null": false_discovery_control(p_null) if len(tested) and len(queries) > 1 else p_null,
            "draws": len(queries) - 1,
            "intersection": overlaps[:, 0],
            "genes": [";".join(sorted(those & found[0])) for those in tested.values()],
            "term_size": [len(those) for those in tested.values()],
            "query_size": len(found[0]),
            "background_size": len(universe),
        }
    )
    return table[table["intersection"] > 0], p[:, 1:].min(axis=0, initial=1.0)


def _reached(observed: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """(1 + draws at or below) / (1 + draws) of observed p [terms] among drawn ones [terms or 1, draws]; NaN without."""
    draws = drawn.shape[1]
    if not draws:
        return np.full(len(observed), np.nan)
    p: np.ndarray = (1 + (drawn <= observed[:, None] * _ROUNDING).sum(axis=1)) / (1 + draws)
    return p


def _overlaps(terms: Sequence[frozenset[str]], queries: Sequence[frozenset[str]]) -> np.ndarray:
    """How many genes each term shares with each query, int64 [terms, queries]."""
    wanted = frozenset().union(*queries)
    places = {gene: place for place, gene in enumerate(sorted(wanted))}
    pairs = [(row, places[gene]) for row, term in enumerate(terms) for gene in term & wanted]
    rows, columns = np.array(pairs, int).reshape(-1, 2).T
    held = csr_array((np.ones(len(pairs), int), (rows, columns)), shape=(len(terms), len(places)))
    drawn = np.zeros((len(places), len(queries)), int)
    for number, query in enumerate(queries):
        drawn[[places[gene] for gene in query], number] = 1
    overlaps: np.ndarray = held @ drawn
    return overlaps
