"""Enrichment of a study's called SNPs."""

import logging
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cgni.base.errors import InputError
from cgni.base.views import GENETICS
from cgni.contributions.called import called_features, consensus
from cgni.enrichment.offline import over_represented
from cgni.enrichment.ontology import Ontology
from cgni.enrichment.schemas import ALL_COMPONENTS, TERMS
from cgni.enrichment.settings import EnrichmentSettings

_BACKGROUNDS = ("tested", "annotated")
# Terms of Ensembl ids against a background (None: the whole annotation), and the record of the request.
_Engine = Callable[[Collection[str], Collection[str] | None], tuple[pd.DataFrame, dict[str, Any]]]


def called_genes(contributions: pd.DataFrame, snp_genes: pd.DataFrame) -> dict[int, set[str]]:
    """Ensembl ids of the genes of consensus-called SNPs by component, and of all together (`ALL_COMPONENTS`)."""
    pairs = called_features(contributions, GENETICS).merge(snp_genes, left_on="feature", right_on="variant_id")
    components = sorted(consensus(contributions, GENETICS)["component"].unique())
    genes = {int(number): set(pairs.loc[pairs["component"] == number, "gene_id"]) for number in components}
    return {**genes, ALL_COMPONENTS: set().union(*genes.values())}


def enrich_study(
    contributions: pd.DataFrame,
    snp_genes: pd.DataFrame,
    ontology: Ontology,
    settings: EnrichmentSettings,
    cache: Path | None = None,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Terms (`schemas.TERMS`) against both backgrounds, and the record of what was asked.

    With `engine: auto` the first failure of the online engine sends all queries to the offline one.

    Parameters
    ----------
    contributions
        `contributions.schemas.CONTRIBUTIONS`.
    snp_genes
        variant_id and gene_id (Ensembl) of the tested SNPs, one row a pair.
    cache
        Folder of dated answers of the online engine; None: none are kept.

    Raises
    ------
    InputError
        `engine: gprofiler` and no usable answer.
    """
    queries, tested = called_genes(contributions, snp_genes), set(snp_genes["gene_id"])
    for component, query in queries.items():
        if not query:
            logging.info("component %d: no SNP is called, so there are no genes to look up", component)
    if settings.engine != "offline" and any(queries.values()):
        try:
            return _ask_all(queries, tested, _online(tested, settings, cache), settings.background)
        except InputError as error:
            if settings.engine == "gprofiler":
                raise
            logging.warning("%s; the offline engine is used instead", error)
    return _ask_all(queries, tested, _offline(ontology, settings), settings.background)


def _ask_all(
    queries: Mapping[int, set[str]], tested: set[str], engine: _Engine, primary: str
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Every query against both backgrounds; the `primary` one is marked."""
    tables, requests = [], []
    for component, query in queries.items():
        for background in _BACKGROUNDS:
            table, record = engine(query, tested if background == "tested" else None)
            named = {"component": component, "background": background, "primary": background == primary}
            tables.append(table.assign(**named, engine=record["engine"], data_version=record["data_version"]))
            requests.append({**named, **record})
    filled = [table for table in tables if len(table)]
    terms = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=TERMS.names)
    return terms, {"requests": requests, "tested_genes": sorted(tested)}


def _offline(ontology: Ontology, settings: EnrichmentSettings) -> _Engine:
    sources, sizes = settings.sources, (settings.min_term_size, settings.max_term_size)

    def ask(query: Collection[str], background: Collection[str] | None) -> tuple[pd.DataFrame, dict[str, Any]]:
        symbols = sorted({ontology.symbol(gene) for gene in query})
        universe = None if background is None else {ontology.symbol(gene) for gene in background}
        table = over_represented(symbols, universe, ontology, sources, *sizes)
        record = {"engine": "offline", "query": symbols, "sources": list(sources), "term_sizes": list(sizes)}
        return table, {**record, "data_version": ontology.version}

    return ask


def _online(tested: set[str], settings: EnrichmentSettings, cache: Path | None) -> _Engine:
    from cgni.enrichment.online import Service  # needs the network's libraries

    service = Service(settings.service, settings.timeout, settings.attempts, cache=cache)
    names = service.names(tested)
    unknown = len(tested) - len(names)
    if unknown:
        logging.warning("g:Convert does not know %d of %d genes", unknown, len(tested))

    def ask(query: Collection[str], background: Collection[str] | None) -> tuple[pd.DataFrame, dict[str, Any]]:
        known = {names[gene] for gene in query if gene in names}
        if not known:
            return pd.DataFrame(), {"engine": "gprofiler", "query": [], "data_version": "not asked"}
        universe = None if background is None else {names[gene] for gene in background if gene in names}
        table, record = service.terms(known, universe, settings.sources)
        return table, {**record, "engine": "gprofiler", "data_version": f"g:Profiler {record['version']}"}

    return ask
