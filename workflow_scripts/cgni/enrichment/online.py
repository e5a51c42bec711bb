"""Over-representation through g:Profiler, with time-outs, retries and a recorded answer."""

import logging
import socket
import time
from collections.abc import Callable, Collection
from typing import Any, TypeVar

import pandas as pd
import requests
from gprofiler import GProfiler

from workflow_scripts.cgni.errors import InputError

SERVICE = "https://biit.cs.ut.ee/gprofiler"
_Result = TypeVar("_Result")
_FAILURES = (requests.RequestException, OSError, AssertionError, ValueError, KeyError)


def query_gprofiler(
    query: Collection[str],
    background: Collection[str] | None,
    sources: list[str],
    base_url: str = SERVICE,
    timeout: float = 60.0,
    attempts: int = 3,
    pause: float = 2.0,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """g:GOSt over `sources`; the terms (columns of the offline engine) and what was asked and answered.

    The p-values are g:Profiler's, corrected by its g:SCS; `p_bonferroni` and `p_bh` stay empty.

    Raises
    ------
    InputError
        No usable answer after `attempts` tries.
    """
    client = GProfiler(user_agent="cgni", base_url=base_url, return_dataframe=False)
    genes, universe = sorted(query), sorted(background) if background is not None else None
    options = {"organism": "hsapiens", "sources": sources, "no_evidences": False, "user_threshold": 1.0}

    def ask() -> list[dict[str, Any]]:
        return client.profile(query=genes, background=universe, all_results=True, **options)

    answer = _patiently(ask, timeout, attempts, pause)
    request = {"service": base_url, "query": genes, "background": universe, **options, "link": _link(genes, sources)}
    rows = [
        {
            "source": row["source"],
            "term_id": row["native"],
            "term": row["name"],
            "p": row["p_value"],
            "p_bonferroni": None,
            "p_bh": None,
            "intersection": row["intersection_size"],
            "genes": ";".join(sorted(row.get("intersections", []))),
            "term_size": row["term_size"],
            "query_size": row["query_size"],
            "background_size": row["effective_domain_size"],
        }
        for row in answer
        if row["intersection_size"]
    ]
    return pd.DataFrame(rows), {**request, "answer": answer}


def _patiently(ask: Callable[[], _Result], timeout: float, attempts: int, pause: float) -> _Result:
    """The client has no time-out of its own, so the sockets it opens get one."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(timeout)
    try:
        for attempt in range(1, attempts + 1):
            try:
                return ask()
            except _FAILURES as error:
                logging.warning("g:Profiler, attempt %d of %d: %s", attempt, attempts, type(error).__name__)
                failure = error
                time.sleep(pause * 2 ** (attempt - 1) if attempt < attempts else 0)
    finally:
        socket.setdefaulttimeout(before)
    raise InputError(
        f"enrichment.engine: g:Profiler did not answer ({type(failure).__name__}); "
        "check the network, or set the engine to offline"
    )


def _link(genes: list[str], sources: list[str]) -> str:
    return f"{SERVICE}/gost?organism=hsapiens&query={'%0A'.join(genes)}&sources={','.join(sources)}"
