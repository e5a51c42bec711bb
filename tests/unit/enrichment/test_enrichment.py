"""The offline GO engine and the g:Profiler client."""

import contextlib
import dataclasses
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlparse

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from cgni.base.errors import InputError
from cgni.contributions.called import called_features, consensus
from cgni.enrichment.offline import over_represented
from cgni.enrichment.online import Service
from cgni.enrichment.ontology import Ontology, load_snapshot
from cgni.enrichment.own_annotation import load_annotation, refuse_untested, with_gmt, with_obo
from cgni.enrichment.schemas import TERMS
from cgni.enrichment.settings import EnrichmentSettings
from cgni.enrichment.study import Called, enrich_study

_ROOT = Path(__file__).resolve().parents[3]
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


def test_annotation_is_the_snapshots_without_files_of_ones_own(snapshot: Ontology) -> None:
    assert load_annotation(_ROOT / "resources/go").terms.equals(snapshot.terms)


def test_snapshot_resolves_outdated_symbols_and_several_ensembl_ids(snapshot: Ontology) -> None:
    assert snapshot.symbol("MKL1") == "MRTFA"
    assert snapshot.symbol("ENSG00000186868") == "MAPT"
    assert sum(symbol == "MAPT" for symbol in snapshot.symbol_of.values()) > 1


def _study_tables(called: bool) -> tuple[Called, pd.DataFrame]:
    snps = ["1:1:A:G", "1:2:A:G"]
    own = {"view": "genetics", "feature": snps, "component": 1, "fold": -1, "called": [called, False]}
    genes = {"variant_id": snps, "gene_id": ["ENSG00000186868", "ENSG00000136717"]}
    return Called(pd.DataFrame(own), [], "permutation"), pd.DataFrame(genes)


def test_called_genes_are_the_consensus_snps_of_the_rule_in_force() -> None:
    rows = [
        ("genetics", "a", 1, -1, True),
        ("genetics", "b", 1, -1, False),
        ("genetics", "b", 1, 0, True),  # in one fold alone
        ("genetics", "c", 2, -1, True),
        ("imaging", "Insula_L", 1, -1, True),
        ("genetics", "a", 3, -1, False),
        ("genetics", "b", 0, -1, True),  # the significant components as a whole
    ]
    contributions = pd.DataFrame(rows, columns=["view", "feature", "component", "fold", "called"])
    assert called_features(contributions, "genetics")["feature"].tolist() == ["a", "c"]
    assert consensus(contributions, "imaging")["feature"].tolist() == ["Insula_L"]
    snp_genes = pd.DataFrame({"variant_id": ["a", "a", "b", "c"], "gene_id": ["E1", "E2", "E3", "E1"]})
    genes = Called(contributions, [], "permutation").genes(snp_genes)
    assert genes == {1: {"E1", "E2"}, 2: {"E1"}, 3: set(), -1: {"E1", "E2"}}


def test_a_component_without_a_called_snp_is_not_looked_up(snapshot: Ontology) -> None:
    called, snp_genes = _study_tables(True)
    second = called.contributions.assign(component=2, called=False)
    called = dataclasses.replace(called, contributions=pd.concat([called.contributions, second], ignore_index=True))
    settings = EnrichmentSettings(engine="offline", sources=("GO:BP",), min_term_size=1, max_term_size=500)
    _, request = enrich_study(called, snp_genes, snapshot, settings)
    assert {own["component"] for own in request["requests"]} == {1, -1}
    assert request["note"] == "no SNP is called in component 2, so no term was looked for there"


def test_study_without_called_snps_gives_an_empty_table(snapshot: Ontology) -> None:
    settings = EnrichmentSettings(engine="offline", sources=("GO:BP",), min_term_size=1, max_term_size=500)
    terms, request = enrich_study(*_study_tables(False), snapshot, settings)
    assert terms.empty and list(terms) == TERMS.names and request["requests"] == []
    assert request["tested_genes"] == ["ENSG00000136717", "ENSG00000186868"]
    assert request["note"] == "no SNP is called in any component, so no term was looked for"
    terms, request = enrich_study(*_study_tables(True), snapshot, settings)
    assert request["note"] == "" and terms["p_null"].isna().all() and (terms["draws"] == 0).all()
    assert set(terms["component"]) == {1, -1} and set(terms["background"]) == {"tested", "annotated"}
    assert set(terms.loc[terms["primary"], "background"]) == {"tested"}
    assert json.loads(json.dumps(request)) == request  # lists, no tuples


class _Server(BaseHTTPRequestHandler):
    """g:Profiler's documented API: POST /api/convert/convert and POST /api/gost/profile/."""

    answers: ClassVar[list[tuple[int, bytes]]] = []
    seen: ClassVar[list[tuple[str, dict]]] = []
    delay: ClassVar[float] = 0.0

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        _Server.seen.append((self.path, body))
        time.sleep(_Server.delay)
        status, answer = _Server.answers.pop(0) if _Server.answers else (200, _answer(self.path, body))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer)

    def log_message(self, *arguments: object) -> None:
        """Stay quiet in the tests' output."""


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    _Server.answers, _Server.seen, _Server.delay = [], [], 0.0
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


_NAMES = {"ENSG00000186868": "MAPT", "ENSG00000136717": "BIN1"}
_META = {"version": "e111_eg58_p18_30541362", "timestamp": "2024-01-01"}


def _answer(path: str, body: dict) -> bytes:
    if path == "/api/convert/convert":
        same = {"n_incoming": 1, "n_converted": 1, "description": "", "namespaces": "ENSG", "query": "query_1"}
        rows = [
            {
                "incoming": gene,
                "converted": gene if gene in _NAMES else "None",
                "name": _NAMES.get(gene, "None"),
                **same,
            }
            for gene in body["query"]
        ]
        return json.dumps({"result": rows, "meta": _META}).encode()
    assert path == "/api/gost/profile/"
    ids = {name: gene for gene, name in _NAMES.items()}
    mapping = {name: [ids[name]] for name in body["query"]}
    sizes = {"intersection_size": 1, "term_size": 600, "query_size": len(mapping), "effective_domain_size": 20000}
    scores = {"p_value": 1e-5, "significant": True, "precision": 1.0, "recall": 0.1}
    names = {"source": "GO:CC", "native": "GO:0030425", "name": "dendrite", "description": "", "query": "query_1"}
    evidence = [["IDA"]] + [[]] * (len(mapping) - 1)
    row = {**names, **scores, **sizes, "parents": [], "intersections": evidence}
    genes = {"query_1": {"ensgs": [ids[name] for name in body["query"]], "mapping": mapping}}
    meta = {**_META, "genes_metadata": {"query": genes}, "query_metadata": {"queries": {"query_1": body["query"]}}}
    return json.dumps({"result": [row], "meta": meta}).encode()


def _quick(url: str, cache: Path | None = None, timeout: float = 5.0) -> Service:
    return Service(url, timeout, attempts=2, pause=0.01, cache=cache)


def test_gprofiler_answer_becomes_a_table_after_a_retry(service: str) -> None:
    _Server.answers = [(503, b"busy")]
    table, record = _quick(service).terms(["MAPT", "BIN1"], ["MAPT", "BIN1", "FYN"], ["GO:CC"])
    assert table.loc[0, "term"] == "dendrite" and table.loc[0, "p"] == 1e-5 and table.loc[0, "genes"] == "BIN1"
    assert _Server.seen[-1][1]["background"] == ["BIN1", "FYN", "MAPT"]
    assert _Server.seen[-1][1]["domain_scope"] == "custom" and len(_Server.seen) == 2
    assert record["version"] == _META["version"] and record["date"].startswith("20")


def test_link_opens_the_query_on_the_web_site() -> None:
    query = parse_qs(urlparse(Service().link(["BIN1", "MAPT"], ["FYN"], ["GO:BP", "GO:CC"])).query)
    assert query["query"] == ["BIN1\nMAPT"] and query["sources"] == ["GO:BP,GO:CC"]
    assert query["background"] == ["FYN"] and query["organism"] == ["hsapiens"]


def test_gconvert_gives_names_and_leaves_unknown_genes_out(service: str) -> None:
    assert _quick(service).names([*_NAMES, "ENSG00000000000"]) == _NAMES


@pytest.mark.parametrize(
    "answer", [(500, b""), (404, b"{}"), (200, b"{not json"), (200, b"[]"), (200, b'{"meta": {}}')]
)
def test_gprofiler_without_a_usable_answer_says_so(service: str, answer: tuple[int, bytes]) -> None:
    _Server.answers = [answer, answer]
    with pytest.raises(InputError, match="did not answer in 2 attempts"):
        _quick(service).terms(["MAPT"], None, ["GO:CC"])
    assert len(_Server.seen) == 2


def test_gprofiler_that_never_answers_is_given_up(service: str) -> None:
    _Server.delay = 1.0
    with pytest.raises(InputError, match="ReadTimeout"):
        _quick(service, timeout=0.1).terms(["MAPT"], None, ["GO:CC"])


def test_empty_result_is_an_empty_table(service: str) -> None:
    mapping = {"query_1": {"ensgs": [], "mapping": {}}}
    meta = {"genes_metadata": {"query": mapping}, "query_metadata": {"queries": {"query_1": ["MAPT"]}}}
    _Server.answers = [(200, json.dumps({"result": [], "meta": meta}).encode())]
    table, record = _quick(service).terms(["MAPT"], None, ["GO:CC"])
    assert table.empty and record["version"] == "not told"


def test_answers_are_kept_with_their_date(service: str, tmp_path: Path) -> None:
    first, record = _quick(service, tmp_path).terms(["MAPT"], None, ["GO:CC"])
    again, same = _quick(service, tmp_path).terms(["MAPT"], None, ["GO:CC"])
    assert len(_Server.seen) == 1 and first.equals(again) and record == same
    _quick(service, tmp_path).terms(["BIN1"], None, ["GO:CC"])
    assert len(_Server.seen) == 2 and len(list(tmp_path.glob("*.json"))) == 2


def _settings(engine: str, url: str) -> EnrichmentSettings:
    sizes = {"min_term_size": 1, "max_term_size": 500}
    return EnrichmentSettings(engine=engine, sources=("GO:CC",), service=url, timeout=5, attempts=1, **sizes)


def test_study_goes_online_with_names_from_gconvert(service: str, snapshot: Ontology) -> None:
    terms, request = enrich_study(*_study_tables(True), snapshot, _settings("gprofiler", service))
    assert terms[["p_null", "q_null", "p_family"]].isna().all(axis=None) and (terms["draws"] == 0).all()
    assert set(terms["engine"]) == {"gprofiler"} and set(terms["data_version"]) == {"g:Profiler " + _META["version"]}
    assert _Server.seen[0][0] == "/api/convert/convert"
    assert _Server.seen[1][1]["query"] == ["MAPT"] and "gost?" in request["requests"][0]["link"]


def test_without_a_network_auto_takes_the_offline_engine(snapshot: Ontology, caplog: pytest.LogCaptureFixture) -> None:
    nowhere = "http://127.0.0.1:9"  # the discard port: nobody listens
    terms, _ = enrich_study(*_study_tables(True), snapshot, _settings("auto", nowhere))
    assert set(terms["engine"]) == {"offline"} and "the offline engine is used instead" in caplog.text
    assert caplog.text.count("attempt") == 2  # one attempt and the message, not one a query
    with pytest.raises(InputError, match="check the network"):
        enrich_study(*_study_tables(True), snapshot, _settings("gprofiler", nowhere))


def test_own_gene_sets(snapshot: Ontology, tmp_path: Path) -> None:
    path = tmp_path / "sets.gmt"
    path.write_text("tau\tTau genes\tMAPT\tBIN1\tFYN\nother\t\tMKL1\tCD9\n")
    own = with_gmt(snapshot, path)
    table = over_represented(["MAPT", "BIN1"], None, own, ["GMT"], 1, 10).set_index("term_id")
    # of 5 genes 3 are in the set, both query genes among them: 3/5 x 2/4
    assert table.loc["tau", "p"] == pytest.approx(0.3) and own.version == "GMT sets.gmt"
    assert own.genes_of()["other"] == {"MRTFA", "CD9"}  # MKL1 is outdated
    assert load_annotation(_ROOT / "resources/go", gmt=path).direct == own.direct
    path.write_text("tau\tno genes\n")
    with pytest.raises(InputError, match="line 1"):
        with_gmt(snapshot, path)


def test_sets_without_a_tested_gene_are_refused(snapshot: Ontology, tmp_path: Path) -> None:
    path = tmp_path / "sets.gmt"
    path.write_text("tau\tTau genes\tMAPT\tBIN1\tMKL1\n")
    own = with_gmt(snapshot, path)
    mapt, fyn = "ENSG00000186868", "ENSG00000010810"
    assert refuse_untested(own, [mapt, fyn]) == 1
    with pytest.raises(InputError, match=r"GMT sets\.gmt: none of its 3 genes is among the 1 genes of the tested SNPs"):
        refuse_untested(own, [fyn])


def test_own_ontology_and_annotation(snapshot: Ontology, tmp_path: Path) -> None:
    obo, gaf = tmp_path / "go.obo", tmp_path / "human.gaf"
    obo.write_text(
        "format-version: 1.2\ndata-version: releases/2024-01-01\n\n"
        "[Term]\nid: T:0\nname: root\nnamespace: biological_process\n\n"
        "[Term]\nid: T:1\nname: part\nnamespace: biological_process\nalt_id: T:9\n"
        "relationship: part_of T:0 ! root\nrelationship: regulates T:2 ! leaf\n\n"
        "[Term]\nid: T:2\nname: leaf\nnamespace: biological_process\nis_a: T:1 ! part\n\n"
        "[Term]\nid: T:3\nname: gone\nnamespace: biological_process\nis_obsolete: true\n\n"
        "[Typedef]\nid: part_of\nname: part of\n"
    )
    row = "UniProtKB\tP1\t{}\t{}\t{}\tPMID:1\t{}\t\tP\tname\t\tprotein\ttaxon:9606\t20240101\tUniProt"
    entries = [
        ("MAPT", "", "T:2", "IDA"),
        ("BIN1", "", "T:9", "IDA"),
        ("FYN", "NOT|involved_in", "T:2", "IDA"),
        ("CD9", "", "T:2", "ND"),
        ("RCAN1", "", "T:3", "IDA"),
    ]
    gaf.write_text("!gaf-version: 2.2\n" + "\n".join(row.format(*entry) for entry in entries) + "\n")
    own = with_obo(snapshot, obo, gaf)
    assert own.genes_of() == {"T:0": {"MAPT", "BIN1"}, "T:1": {"MAPT", "BIN1"}, "T:2": {"MAPT"}}
    assert "releases/2024-01-01" in own.version
    assert load_annotation(_ROOT / "resources/go", obo=obo, gaf=gaf).version == own.version
    gaf.write_text("MAPT\tT:2\n")
    with pytest.raises(InputError, match="line 1: 2 columns"):
        with_obo(snapshot, obo, gaf)


def test_p_values_never_exceed_one(snapshot: Ontology) -> None:
    table = over_represented(_PUBLISHED, None, snapshot, ["GO:MF"], 5, 2000)
    assert np.all((table["p"] > 0) & (table["p"] <= 1)) and np.all(table["p_bh"] >= table["p"])
