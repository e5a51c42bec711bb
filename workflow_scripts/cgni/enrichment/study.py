"""Enrichment of a study's called SNPs."""

import logging
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from workflow_scripts.cgni.enrichment.offline import data_version, over_represented
from workflow_scripts.cgni.enrichment.ontology import Ontology
from workflow_scripts.cgni.enrichment.schemas import TERMS
from workflow_scripts.cgni.errors import InputError

ALL_COMPONENTS = -1


def called_genes(contributions: pd.DataFrame, snp_genes: pd.DataFrame, ontology: Ontology) -> dict[int, set[str]]:
    """Symbols of the genes of consensus-called SNPs by component, and of all together (-1)."""
    called = contributions[
        (contributions["modality"] == "snp") & (contributions["fold"] == -1) & contributions["called"]
    ]
    pairs = called.merge(snp_genes, left_on="feature", right_on="variant_id")
    components = sorted(contributions.loc[contributions["modality"] == "snp", "component"].unique())
    genes = {
        int(component): {ontology.symbol(gene) for gene in pairs.loc[pairs["component"] == component, "gene_id"]}
        for component in components
    }
    return {**genes, ALL_COMPONENTS: set().union(*genes.values())}


def enrich_study(
    contributions: pd.DataFrame, snp_genes: pd.DataFrame, ontology: Ontology, cfg: Mapping[str, Any]
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Terms (`schemas.TERMS`) against both backgrounds, and the record of what was asked."""
    tested = {ontology.symbol(gene) for gene in snp_genes["gene_id"]}
    tables, requests = [], []
    for component, query in called_genes(contributions, snp_genes, ontology).items():
        if not query:
            logging.info("component %d: no SNP is called, so there are no genes to look up", component)
        for background, genes in (("tested", tested), ("annotated", None)):
            table, record = _enrich(query, genes, ontology, cfg)
            named = {"component": component, "background": background, "primary": background == cfg["background"]}
            tables.append(table.assign(**named, engine=record["engine"], data_version=record["data_version"]))
            requests.append({**named, **record})
    filled = [table for table in tables if len(table)]
    terms = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=TERMS.names)
    return terms, {"requests": requests, "tested_genes": sorted(tested)}


def _enrich(
    query: Collection[str], background: Collection[str] | None, ontology: Ontology, cfg: Mapping[str, Any]
) -> tuple[pd.DataFrame, dict[str, Any]]:
    if query and cfg["engine"] in ("gprofiler", "auto"):
        from workflow_scripts.cgni.enrichment.online import query_gprofiler  # needs the network's libraries

        try:
            table, record = query_gprofiler(query, background, cfg["sources"])
            return table, {**record, "engine": "gprofiler", "data_version": "g:Profiler, live"}
        except InputError as error:
            if cfg["engine"] == "gprofiler":
                raise
            logging.warning("%s; the offline engine is used instead", error)
    sizes = cfg["min_term_size"], cfg["max_term_size"]
    table = over_represented(query, background, ontology, cfg["sources"], *sizes)
    record = {"engine": "offline", "query": sorted(query), "sources": cfg["sources"], "term_sizes": list(sizes)}
    return table, {**record, "data_version": data_version()}
