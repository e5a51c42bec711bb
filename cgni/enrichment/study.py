"""Enrichment of a study's called SNPs."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cgni.base.errors import InputError
from cgni.base.views import GENETICS
from cgni.contributions.called import called_features, consensus
from cgni.enrichment.null import null_draws
from cgni.enrichment.offline import over_represented
from cgni.enrichment.ontology import Ontology
from cgni.enrichment.schemas import ALL_COMPONENTS, TERMS
from cgni.enrichment.settings import EnrichmentSettings

_BACKGROUNDS = ("tested", "annotated")
# Terms of Ensembl ids against a background (None: the whole annotation) and draws of the null, and the request's record
_Asked = tuple[pd.DataFrame, dict[str, Any]]
_Engine = Callable[[Collection[str], Collection[str] | None, Sequence[Collection[str]]], _Asked]


@dataclass(frozen=True, eq=False)
class Called:
    """What a study calls, and what it would call without any effect.

    Attributes
    ----------
    contributions : `contributions.schemas.CONTRIBUTIONS`.
    null : batches of `contributions.schemas.NULL_SHARES`; none: terms get no p by the null.
    rule : what calls a feature, `contributions.rule`.
    """

    contributions: pd.DataFrame
    null: Sequence[pd.DataFrame]
    rule: str

    def snps(self) -> dict[int, set[str]]:
        """Consensus-called SNPs by component, and of all together (`ALL_COMPONENTS`)."""
        called = called_features(self.contributions, GENETICS)
        components = sorted(consensus(self.contributions, GENETICS)["component"].unique())
        snps = {int(number): set(called.loc[called["component"] == number, "feature"]) for number in components}
        return {**snps, ALL_COMPONENTS: set().union(*snps.values())}

    def genes(self, snp_genes: pd.DataFrame) -> dict[int, set[str]]:
        """Ensembl ids of the genes of the called SNPs, by component and of all together."""
        return {
            component: set(snp_genes.loc[snp_genes["variant_id"].isin(snps), "gene_id"])
            for component, snps in self.snps().items()
        }

    def draws(self, snp_genes: pd.DataFrame) -> dict[int, list[frozenset[str]]]:
        """Genes of as many SNPs of the null replicates (`null.null_draws`)."""
        counts = {component: len(snps) for component, snps in self.snps().items()}
        return null_draws(self.null, counts, snp_genes, self.rule)


def enrich_study(
    called: Called,
    snp_genes: pd.DataFrame,
    ontology: Ontology,
    settings: EnrichmentSettings,
    cache: Path | None = None,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Terms (`schemas.TERMS`) against both backgrounds, and the record of what was asked.

    Components without a called SNP are not looked up, and nothing is where none has one: the record says so in words.
    With `engine: auto` the first failure of the online engine sends all queries to the offline one.

    Parameters
    ----------
    snp_genes
        variant_id and gene_id (Ensembl) of the tested SNPs, one row a pair.
    cache
        Folder of dated answers of the online engine; None: none are kept.

    Raises
    ------
    InputError
        `engine: gprofiler` and no usable answer.
    """
    genes, tested = called.genes(snp_genes), set(snp_genes["gene_id"])
    queries = {component: query for component, query in genes.items() if query}
    note = _note([component for component in genes if component not in queries], bool(queries))
    if note:
        logging.info(note)
    facts = {"tested_genes": sorted(tested), "note": note}
    if not queries:
        return pd.DataFrame(columns=TERMS.names), {"requests": [], **facts}
    asked = _Queries(queries, called.draws(snp_genes), tested, settings.background)
    if settings.engine != "offline":
        try:
            terms, requests = asked.all(_online(tested, settings, cache))
            return terms, {"requests": requests, **facts}
        except InputError as error:
            if settings.engine == "gprofiler":
                raise
            logging.warning("%s; the offline engine is used instead", error)
    terms, requests = asked.all(_offline(ontology, settings))
    return terms, {"requests": requests, **facts}


def _note(without: Sequence[int], some: bool) -> str:
    """In words, where no SNP is called; empty where every component has one."""
    if not some:
        return "no SNP is called in any component, so no term was looked for"
    numbers = ", ".join(str(component) for component in without)
    return f"no SNP is called in component {numbers}, so no term was looked for there" if without else ""


@dataclass(frozen=True, eq=False)
class _Queries:
    """Genes by component with the draws of the null, the tested genes, and which background is the primary one."""

    genes: Mapping[int, set[str]]
    draws: Mapping[int, Sequence[frozenset[str]]]
    tested: set[str]
    primary: str

    def all(self, engine: _Engine) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
        """Every query against both backgrounds."""
        tables, requests = [], []
        for component, query in self.genes.items():
            for background in _BACKGROUNDS:
                table, record = engine(query, self.tested if background == "tested" else None, self.draws[component])
                named = {"component": component, "background": background, "primary": background == self.primary}
                tables.append(table.assign(**named, engine=record["engine"], data_version=record["data_version"]))
                requests.append({**named, **record})
        filled = [table for table in tables if len(table)]
        terms = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=TERMS.names)
        return terms, requests


def _offline(ontology: Ontology, settings: EnrichmentSettings) -> _Engine:
    sources, sizes = settings.sources, (settings.min_term_size, settings.max_term_size)

    def ask(
        query: Collection[str], background: Collection[str] | None, draws: Sequence[Collection[str]]
    ) -> tuple[pd.DataFrame, dict[str, Any]]:
        symbols = sorted({ontology.symbol(gene) for gene in query})
        universe = None if background is None else {ontology.symbol(gene) for gene in background}
        null = [{ontology.symbol(gene) for gene in draw} for draw in draws]
        table = over_represented(symbols, universe, ontology, sources, *sizes, null)
        record = {"engine": "offline", "query": symbols, "sources": list(sources), "term_sizes": list(sizes)}
        return table, {**record, "draws": len(null), "data_version": ontology.version}

    return ask


def _online(tested: set[str], settings: EnrichmentSettings, cache: Path | None) -> _Engine:
    from cgni.enrichment.online import Service  # needs the network's libraries

    service = Service(settings.service, settings.timeout, settings.attempts, cache=cache)
    names = service.names(tested)
    unknown = len(tested) - len(names)
    if unknown:
        logging.warning("g:Convert does not know %d of %d genes", unknown, len(tested))

    def ask(
        query: Collection[str], background: Collection[str] | None, draws: Sequence[Collection[str]]
    ) -> tuple[pd.DataFrame, dict[str, Any]]:
        known = {names[gene] for gene in query if gene in names}
        if not known:
            return pd.DataFrame(), {"engine": "gprofiler", "query": [], "data_version": "not asked"}
        universe = None if background is None else {names[gene] for gene in background if gene in names}
        table, record = service.terms(known, universe, settings.sources)
        return table, {**record, "engine": "gprofiler", "data_version": f"g:Profiler {record['version']}"}

    return ask
