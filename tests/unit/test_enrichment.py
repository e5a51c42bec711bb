"""The offline GO engine and the g:Profiler client."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from workflow_scripts.cgni.enrichment.offline import over_represented
from workflow_scripts.cgni.enrichment.online import query_gprofiler
from workflow_scripts.cgni.enrichment.ontology import Ontology, load_snapshot
from workflow_scripts.cgni.enrichment.study import enrich_study
from workflow_scripts.cgni.errors import InputError

_ROOT = Path(__file__).resolve().parents[2]
# Table 4 of the publication
_PUBLISHED = [
    *("ADAM10", "LRRK2", "RAB6A", "GSK3B", "BTBD1", "RBM11", "BIN1", "FIS1", "RNH1", "STAU1", "CD9", "ATP9A"),
    *("MAPT", "CALHM1", "RPL28", "GSE1", "RCAN1", "FYN", "KLHL35", "MFF", "SLC40A1", "CENPV", "CCNA1"),
]


@pytest.fixture(scope="module")
def snapshot() -> Ontology:
    return load_snapshot(_ROOT / "resources/go")


def _toy() -> Ontology:
    terms = pd.DataFrame({"name": ["root", "left", "right", "leaf"], "ontology": "BP"}, index=["T0", "T1", "T2", "T3"])
    genes = [f"g{n}" for n in range(20)]
    direct = {"T3": set(genes[:4]), "T1": set(genes[4:7]), "T2": set(genes[6:]), "T0": set()}
    return Ontology(terms, {"T3": {"T1"}, "T1": {"T0"}, "T2": {"T0"}}, direct, {}, {})


def test_annotations_climb_to_all_ancestors() -> None:
    genes = _toy().genes_of()
    assert len(genes["T3"]) == 4 and len(genes["T1"]) == 7 and len(genes["T0"]) == 20


def test_p_is_fishers_one_sided_p() -> None:
    table = over_represented(["g0", "g1", "g5", "g12"], None, _toy(), ["GO:BP"], 2, 15).set_index("term_id")
    # T1 has 7 of 20 genes, 3 of the 4 query genes among them
    assert table.loc["T1", "p"] == pytest.approx(fisher_exact([[3, 1], [4, 12]], alternative="greater")[1])
    assert table.loc["T1", "genes"] == "g0;g1;g5"
    assert "T0" not in table.index  # larger than admitted
    assert table.loc["T1", "p_bonferroni"] == pytest.approx(min(1, 3 * table.loc["T1", "p"]))  # T1, T2, T3 tested


def test_background_restricts_terms_and_query() -> None:
    background = [f"g{n}" for n in range(10)]
    table = over_represented(["g0", "g1", "g15"], background, _toy(), ["GO:BP"], 2, 15).set_index("term_id")
    assert table.loc["T3", "background_size"] == 10 and table.loc["T3", "query_size"] == 2


def test_published_genes_give_the_published_first_terms(snapshot: Ontology) -> None:
    # published: dendrite first; regulation of mitochondrial fission named
    table = over_represented(_PUBLISHED, None, snapshot, ["GO:BP", "GO:CC"], 5, 2000)
    first = table.groupby("source")["term"].first()
    assert first["GO:CC"] == "dendrite"
    assert first["GO:BP"] == "regulation of mitochondrial fission"


def test_snapshot_resolves_outdated_symbols_and_several_ensembl_ids(snapshot: Ontology) -> None:
    assert snapshot.symbol("MKL1") == "MRTFA"
    assert snapshot.symbol("ENSG00000186868") == "MAPT"
    assert sum(symbol == "MAPT" for symbol in snapshot.symbol_of.values()) > 1


def _study_tables(called: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    contributions = pd.DataFrame(
        {"modality": "snp", "feature": ["1:1:A:G", "1:2:A:G"], "component": 1, "fold": -1, "called": [called, False]}
    )
    snp_genes = pd.DataFrame({"variant_id": ["1:1:A:G", "1:2:A:G"], "gene_id": ["ENSG00000186868", "ENSG00000136717"]})
    return contributions, snp_genes


def test_study_without_called_snps_gives_an_empty_table(snapshot: Ontology) -> None:
    cfg = {"engine": "offline", "sources": ["GO:BP"], "background": "tested", "min_term_size": 1, "max_term_size": 500}
    terms, request = enrich_study(*_study_tables(False), snapshot, cfg)
    assert terms.empty and request["tested_genes"] == ["BIN1", "MAPT"]
    terms, _ = enrich_study(*_study_tables(True), snapshot, cfg)
    assert set(terms["component"]) == {1, -1} and set(terms["background"]) == {"tested", "annotated"}


class _Server(BaseHTTPRequestHandler):
    answers: ClassVar[list[tuple[int, bytes]]] = []
    seen: ClassVar[list[dict]] = []

    def do_POST(self) -> None:
        _Server.seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status, body = _Server.answers.pop(0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Stay quiet in the tests' output."""


@pytest.fixture
def service() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    _Server.answers, _Server.seen = [], []
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _answer() -> bytes:
    row = {
        "source": "GO:CC", "native": "GO:0030425", "name": "dendrite", "p_value": 1e-5, "intersection_size": 1,
        "term_size": 600, "query_size": 2, "effective_domain_size": 20000, "significant": True, "description": "",
        "precision": 1.0, "recall": 0.1, "query": "query_1", "parents": [], "intersections": [["IDA"], []],
    }  # fmt: skip
    mapping = {"query_1": {"ensgs": ["E1", "E2"], "mapping": {"MAPT": ["E1"], "BIN1": ["E2"]}}}
    meta = {"genes_metadata": {"query": mapping}, "query_metadata": {"queries": {"query_1": ["MAPT", "BIN1"]}}}
    return json.dumps({"result": [row], "meta": meta}).encode()


def test_gprofiler_answer_becomes_a_table_after_a_retry(service: str) -> None:
    _Server.answers = [(503, b"busy"), (200, _answer())]
    table, record = query_gprofiler(["MAPT", "BIN1"], ["MAPT", "BIN1", "FYN"], ["GO:CC"], service, 5, 2, 0.01)
    assert table.loc[0, "term"] == "dendrite" and table.loc[0, "p"] == 1e-5
    assert _Server.seen[-1]["background"] == ["BIN1", "FYN", "MAPT"]
    assert record["link"].startswith("https://")


@pytest.mark.parametrize("answer", [(500, b""), (200, b"{not json")])
def test_gprofiler_without_a_usable_answer_says_so(service: str, answer: tuple[int, bytes]) -> None:
    _Server.answers = [answer, answer]
    with pytest.raises(InputError, match="did not answer"):
        query_gprofiler(["MAPT"], None, ["GO:CC"], service, 5, 2, 0.01)


def test_p_values_never_exceed_one(snapshot: Ontology) -> None:
    table = over_represented(_PUBLISHED, None, snapshot, ["GO:MF"], 5, 2000)
    assert np.all((table["p"] > 0) & (table["p"] <= 1)) and np.all(table["p_bh"] >= table["p"])
