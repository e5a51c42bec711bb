"""Settings of the enrichment."""

from collections.abc import Mapping
from typing import Literal

from cgni.base.settings import Section, section, setting

_MORE_SETS = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "gmt"],
        "properties": {
            "name": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$"},
            "gmt": {"type": "string", "minLength": 1},
        },
    },
}


@section("enrichment")
class EnrichmentSettings(Section):
    """GO terms among the genes of the called SNPs."""

    engine: Literal["auto", "offline", "gprofiler"] = setting(default="offline")
    """offline (pinned GO snapshot), gprofiler, or auto: gprofiler when there is a network"""
    sources: tuple[Literal["GO:BP", "GO:CC", "GO:MF", "GMT"], ...] = setting(
        default=("GO:BP", "GO:CC", "GO:MF"), min_items=1, unique=True
    )
    """of the terms; [GMT] with your own sets"""
    background: Literal["tested", "annotated"] = setting(default="tested")
    """tested: genes of the tested SNPs; annotated: the whole annotation"""
    min_term_size: int = setting(default=3, at_least=1)
    """genes of a term at least"""
    max_term_size: int = setting(default=2000, at_least=1)
    """genes of a term at most"""
    gmt: str | None = setting(default=None)
    """offline with your own sets"""
    more_sets: tuple[Mapping[str, str], ...] = setting(default=(), schema=_MORE_SETS)
    """further sets of genes, offline, each with a table of its own, such as [{name: kegg, gmt: kegg.gmt}]"""
    obo: str | None = setting(default=None)
    """offline with your own ontology and its annotation (gaf)"""
    gaf: str | None = setting(default=None)
    """annotation of obo (GAF 2)"""
    service: str = setting(default="https://biit.cs.ut.ee/gprofiler", pattern="^https?://")
    """g:Profiler, or one of its archives"""
    timeout: float = setting(default=60, above=0)
    """seconds without an answer"""
    attempts: int = setting(default=3, at_least=1)
    """requests before giving up"""
