"""Enrichment of a study's called SNPs."""

import logging
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cgni.enrichment.offline import over_represented
from cgni.enrichment.ontology import Ontology
from cgni.enrichment.schemas import TERMS
from cgni.base.errors import InputError

ALL_COMPONENTS = -1


def called_genes(contributions: pd.DataFrame, snp_genes: pd.DataFrame) -> dict[int, set[str]]:
    """Ensembl ids of the genes of consensus-called SNPs by component, and of all together (-1)."""
    called = contributions[
        (contributions["modality"] == "snp") & (contributions["fold"] == -1) & contributions["called"]
    ]
    pairs = called.merge(snp_genes, left_on="feature", right_on="variant_id")
    components = sorted(contributions.loc[contributions["modality"] == "snp", "component"].unique())
    genes = {int(number): set(pairs.loc[pairs["component"] == number, "gene_id"]) for number in components}
    return {**genes, ALL_COMPONENTS: set().union(*genes.values())}


def enrich_study(
    contributions: pd.DataFrame,
    snp_genes: pd.DataFrame,
    ontology: Ontology,
    cfg: Mapping[str, Any],
    cache: Path | None = None,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Terms (`schemas.TERMS`) against both backgrounds, and the record of what was asked.

    With `engine: auto` the first failure of the online engine sends all queries to the offline one.

    Raises
    ------
    InputError
        `engine: gprofiler` and no usable answer.
    """
    queries, tested = called_genes(contributions, snp_genes), set(snp_genes["gene_id"])
    for component, query in queries.items():
        if not query:
            logging.info("component %d: no SNP is called, so there are no genes to look up", component)
    if cfg["engine"] in ("gprofiler", "auto") and any(queries.values()):
        try:
            return _ask_all(queries, tested, _online(tested, cfg, cache), cfg)
        except InputError as error:
            if cfg["engine"] == "gprofiler":
                raise
            logging.warning("%s; the offline engine is used instead", error)
    return _ask_all(queries, tested, _offline(ontology, cfg), cfg)


# Terms of Ensembl ids against a background (None: the whole annotation), and the record of the request.
_Engine = Callable[[Collection[str], Collection[str] | None], tuple[pd.DataFrame, dict[str, Any]]]


def _ask_all(
    queries: Mapping[int, set[str]], tested: set[str], engine: _Engine, cfg: Mapping[str, Any]
) -> tuple[pd.DataFrame, dict[str, Any]]:
    tables, requests = [], []
    for component, query in queries.items():
        for background, genes in (("tested", tested), ("annotated", None)):
            table, record = engine(query, genes)
            named = {"component": component, "background": background, "primary": background == cfg["background"]}
            tables.append(table.assign(**named, engine=record["engine"], data_version=record["data_version"]))
            requests.append({**named, **record})
    filled = [table for table in tables if len(table)]
    terms = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=TERMS.names)
    return terms, {"requests": requests, "tested_genes": sorted(tested)}


def _offline(ontology: Ontology, cfg: Mapping[str, Any]) -> _Engine:
    sizes = cfg["min_term_size"], cfg["max_term_size"]

    def ask(query: Collection[str], background: Collection[str] | None) -> tuple[pd.DataFrame, dict[str, Any]]:
        symbols = sorted({ontology.symbol(gene) for gene in query})
        universe = None if background is None else {ontology.symbol(gene) for gene in background}
        table = over_represented(symbols, universe, ontology, cfg["sources"], *sizes)
        record = {"engine": "offline", "query": symbols, "sources": cfg["sources"], "term_sizes": list(sizes)}
        return table, {**record, "data_version": ontology.version}

    return ask


def _online(tested: set[str], cfg: Mapping[str, Any], cache: Path | None) -> _Engine:
    from cgni.enrichment.online import Service  # needs the network's libraries

    service = Service(cfg["service"], cfg["timeout"], cfg["attempts"], cache=cache)
    names = service.names(tested)
    unknown = len(tested) - len(names)
    if unknown:
        logging.warning("g:Convert does not know %d of %d genes", unknown, len(tested))

    def ask(query: Collection[str], background: Collection[str] | None) -> tuple[pd.DataFrame, dict[str, Any]]:
        known = {names[gene] for gene in query if gene in names}
        if not known:
            return pd.DataFrame(), {"engine": "gprofiler", "query": [], "data_version": "not asked"}
        universe = None if background is None else {names[gene] for gene in background if gene in names}
        table, record = service.terms(known, universe, cfg["sources"])
        return table, {**record, "engine": "gprofiler", "data_version": f"g:Profiler {record['version']}"}

    return ask
