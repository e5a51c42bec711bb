"""g:Profiler through its official client, with time-outs, retries and a dated record of every answer."""

import contextlib
import datetime
import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import requests
from gprofiler import GProfiler
from gprofiler import gprofiler as client_module

from cgni.base.errors import InputError
from cgni.base.files import digest_value, read_json, write_json

SERVICE = "https://biit.cs.ut.ee/gprofiler"
# what a refused, slow, broken or unexpected answer becomes in the client and in json
_FAILURES = (requests.RequestException, OSError, AssertionError, ValueError, KeyError, TypeError)


class Service:
    """g:Convert and g:GOSt of one g:Profiler server.

    Parameters
    ----------
    base_url
        The live service or one of its archives.
    timeout
        Seconds without an answer after which an attempt is given up.
    attempts, pause
        Attempts of each request; before attempt k + 1 it waits `pause` times 2 to the k - 1 seconds.
    cache
        Folder of dated answers; a request answered before is not sent again. None: no cache.
    """

    def __init__(
        self,
        base_url: str = SERVICE,
        timeout: float = 60.0,
        attempts: int = 3,
        pause: float = 2.0,
        cache: Path | None = None,
    ) -> None:
        self._client = GProfiler(user_agent="cgni", base_url=base_url.rstrip("/"), return_dataframe=False)
        self._url, self._timeout, self._attempts, self._pause = base_url.rstrip("/"), timeout, attempts, pause
        self._cache = cache

    def names(self, genes: Collection[str]) -> dict[str, str]:
        """Gene names by g:Convert; genes it does not know are left out."""
        asked = sorted(genes)
        record = self._ask("convert", {"query": asked, "organism": "hsapiens", "target_namespace": "ENSG"})
        known: dict[str, str] = {}
        for row in record["answer"]:
            if row["name"] not in (None, "None", "N/A") and row["converted"] not in (None, "None", "N/A"):
                known.setdefault(str(row["incoming"]), str(row["name"]))
        return known

    def terms(
        self, query: Collection[str], background: Collection[str] | None, sources: Sequence[str]
    ) -> tuple[pd.DataFrame, dict[str, Any]]:
        """g:GOSt over `sources`; the terms (columns of the offline engine) and what was asked and answered.

        The p-values are g:Profiler's, corrected by its g:SCS; `p_bonferroni`, `p_bh` and those by draws of the null
        stay empty, because it does not tell which genes its terms have.

        Raises
        ------
        InputError
            No usable answer.
        """
        genes, universe = sorted(query), sorted(background) if background is not None else None
        request = {
            "query": genes,
            "background": universe,
            "organism": "hsapiens",
            "sources": list(sources),
            "no_evidences": False,
            "user_threshold": 1.0,
            "all_results": True,
        }
        record = self._ask("profile", request)
        rows = [
            {
                "source": row["source"],
                "term_id": row["native"],
                "term": row["name"],
                "p": float(row["p_value"]),
                "p_bonferroni": None,
                "p_bh": None,
                "p_null": None,
                "q_null": None,
                "p_family": None,
                "draws": 0,
                "intersection": int(row["intersection_size"]),
                "genes": ";".join(sorted(row.get("intersections", []))),
                "term_size": int(row["term_size"]),
                "query_size": int(row["query_size"]),
                "background_size": int(row["effective_domain_size"]),
            }
            for row in record["answer"]
            if row["intersection_size"]
        ]
        return pd.DataFrame(rows), {**record, "link": self.link(genes, universe, sources)}

    def link(self, query: Collection[str], background: Collection[str] | None, sources: Sequence[str]) -> str:
        """Address that opens the query on the web site."""
        options = {"organism": "hsapiens", "query": "\n".join(query), "sources": ",".join(sources)}
        if background is not None:
            options |= {"domain_scope": "custom", "background": "\n".join(background)}
        return f"{self._url}/gost?{urlencode(options)}"

    def _ask(self, kind: str, options: dict[str, Any]) -> dict[str, Any]:
        request = {"service": self._url, "kind": kind, "options": options}
        path = self._cache / f"{digest_value(request)}.json" if self._cache else None
        if path is not None and path.is_file():
            return read_json(path, "answer")
        method = {"convert": self._client.convert, "profile": self._client.profile}[kind]
        answer = self._patiently(lambda: method(**options))
        meta = self._client.meta or {}
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        record = {**request, "date": now, "version": str(meta.get("version", "not told")), "answer": answer}
        if path is not None:
            write_json(record, path)
        return record

    def _patiently(self, ask: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
        for attempt in range(1, self._attempts + 1):
            try:
                with _time_out(self._timeout):
                    return ask()
            except _FAILURES as error:
                logging.warning("g:Profiler, attempt %d of %d: %s", attempt, self._attempts, type(error).__name__)
                failure = error
                if attempt < self._attempts:
                    time.sleep(self._pause * 2 ** (attempt - 1))
        raise InputError(
            f"enrichment.engine: g:Profiler did not answer in {self._attempts} attempts ({type(failure).__name__}); "
            "check the network and enrichment.service, or set enrichment.engine to offline"
        )


class _TimedRequests:
    """Stands in for the `requests` module within the client, which posts without a time-out."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def post(self, url: str, **options: Any) -> requests.Response:
        """`requests.post` with a time-out."""
        return requests.post(url, timeout=self._seconds, **options)


@contextlib.contextmanager
def _time_out(seconds: float) -> Iterator[None]:
    # a default time-out of sockets would not do: requests resets it to none
    original = client_module.requests
    client_module.requests = _TimedRequests(seconds)
    try:
        yield
    finally:
        client_module.requests = original
