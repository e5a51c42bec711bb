"""Tables that choose SNPs and genes: network, eQTLs, their alleles, imputation quality, gene sets."""

from pathlib import Path

import pandas as pd

from cgni.enrichment.ontology import Ontology
from cgni.enrichment.own_annotation import with_gmt, with_obo
from cgni.genetics.eqtl import read_eqtl_pairs, read_snp_alleles
from cgni.genetics.mfi import read_mfi
from cgni.genetics.network import read_network
from cgni.genetics.qc import check_frequencies
from tests.unit.catalogue.case import Case, clear, encodings, handled, not_text, written

_GENES = pd.DataFrame({"symbol": ["MAPT", "FYN"], "gene_id": ["ENSG01", "ENSG02"]})
_ALIASES = pd.DataFrame({"alias": ["TAU"], "symbol": ["MAPT"]})
_NETWORK = "symbol\tgene_id\nMAPT\tENSG01.3\nFYN\t\n"
_EQTL = "snp\tgene\tq\n2:10:A:G\tENSG01.4\t0.01\n2:20:A:G\tENSG01\t0.9\n"
_SNPS = "PEC_id\tRsid\tchr\tposition\tREF\tALT\n2:10\trs1\tchr2\t10\tA\tG\n"
_MFI = "2:10\trs1\t10\tA\tG\t0.1\tG\t0.9\n2:20\trs2\t20\tC\tT\t0.2\tT\t0.8\n"
_TOY = Ontology(pd.DataFrame({"name": ["a"], "ontology": "BP"}, index=["T1"]), {}, {"T1": {"MAPT"}}, {}, {})
_OBO = "format-version: 1.2\n\n[Term]\nid: GO:1\nname: one\nnamespace: biological_process\n"
_GAF = "!gaf-version: 2.2\n" + "\t".join(["U", "P1", "MAPT", "", "GO:1", "r", "EXP", *["x"] * 8]) + "\n"


def _network(path: Path) -> list[str]:
    return sorted(read_network(path, _GENES, _ALIASES).genes["gene_id"])


def _eqtl(path: Path) -> list[str]:
    return read_eqtl_pairs(path, 0.05, {"ENSG01"}).pairs["snp"].tolist()


def _snps(path: Path) -> list[list[object]]:
    return read_snp_alleles(path, {"2:10"})[["chrom", "pos", "ref", "alt"]].to_numpy().tolist()


def _mfi(path: Path) -> list[float]:
    return read_mfi(path, {10, 20})["info"].tolist()


def _gmt(path: Path) -> list[str]:
    return list(with_gmt(_TOY, path).direct)


def _obo(path: Path) -> list[str]:
    (path.parent / "go.gaf").write_text(_GAF)
    return list(with_obo(_TOY, path, path.parent / "go.gaf").direct)


def _gaf(path: Path) -> list[str]:
    (path.parent / "go.obo").write_text(_OBO)
    return list(with_obo(_TOY, path.parent / "go.obo", path).direct)


def _shifted(_: Path) -> None:
    key = pd.DataFrame({"pos": range(12), "ref": "A", "alt": "G", "found": True})
    maf = pd.Series([0.05, 0.4] * 6)
    mfi = key.assign(maf=maf.to_numpy()[::-1])
    check_frequencies(key.assign(maf=maf), mfi, "chr2.mfi")


_BOTH, _ONE = ["ENSG01", "ENSG02"], ["2:10:A:G"]
CASES: list[Case] = [
    handled("network: symbols and ids", written(_NETWORK, _network), _BOTH),
    *(handled(f"network: {name}", written(text, _network), _BOTH) for name, text in encodings(_NETWORK).items()),
    handled("network: commas", written(_NETWORK.replace("\t", ","), _network), _BOTH),
    handled("network: symbols alone", written("symbol\nTAU\nFYN\n", _network), _BOTH),
    handled("network: several ids a gene", written("symbol,gene_id\nX,ENSG01;ENSG02\n", _network), _BOTH),
    clear("network: neither symbols nor ids", written("symbol\tgene_id\nXYZ\t\n", _network), "lists no gene with an"),
    handled("network: ids of another data base", written("symbol,gene_id\nMAPT,4137\nFYN,2534\n", _network), _BOTH),
    clear("network: Entrez ids alone", written("gene_id\n4137\n", _network), "lists no gene with an Ensembl"),
    clear("network: ids of mice", written("gene_id\nENSMUSG01\n", _network), "lists no gene with an Ensembl"),
    clear("network: no symbols", written("gene\nMAPT\n", _network), "no column symbol"),
    clear("network: no known gene", written("symbol\nXYZ\n", _network), "lists no gene with an Ensembl"),
    clear("network: an empty file", written("", _network), "empty; expected a table"),
    *not_text(_network, "network"),
    handled("eQTL: plain", written(_EQTL, _eqtl), _ONE),
    handled("eQTL: commas", written(_EQTL.replace("\t", ","), _eqtl), _ONE),
    *(handled(f"eQTL: {name}", written(text, _eqtl), _ONE) for name, text in encodings(_EQTL).items()),
    clear("eQTL: other columns", written("a\tb\n1\t2\n", _eqtl), "expected the columns SNP_id, gene_id and FDR"),
    clear(
        "eQTL: words for q", written(_EQTL.replace("0.01", "small"), _eqtl), "column q has cells that are not of type"
    ),
    clear("eQTL: a line cut short", written(_EQTL + "2:30\n", _eqtl), "line 4 has 1 cells, the header 3"),
    clear("eQTL: a column twice", written(_EQTL.replace("q\n", "snp\n", 1), _eqtl), "the columns snp appear twice"),
    clear("eQTL: an empty file", written("", _eqtl), "empty; expected a table"),
    *not_text(_eqtl, "eQTL"),
    handled("SNP table: PsychENCODE's", written(_SNPS, _snps), [["2", 10, "A", "G"]]),
    *(handled(f"SNP table: {n}", written(text, _snps), [["2", 10, "A", "G"]]) for n, text in encodings(_SNPS).items()),
    clear("SNP table: no alleles", written("PEC_id\tRsid\tchr\tposition\n", _snps), "no column REF, ALT"),
    clear("SNP table: words for positions", written(_SNPS.replace("\t10\t", "\tten\t"), _snps), "column position has"),
    *not_text(_snps, "SNP table"),
    handled("mfi: UK Biobank's", written(_MFI, _mfi), [0.9, 0.8]),
    *(handled(f"mfi: {name}", written(text, _mfi), [0.9, 0.8]) for name, text in encodings(_MFI).items()),
    clear("mfi: seven columns", written(_MFI.replace("rs1\t", ""), _mfi), "cells, expected 8"),
    clear("mfi: INFO in per cent", written(_MFI.replace("0.9", "90"), _mfi), "1 variants have an INFO above 2"),
    clear("mfi: MAF in per cent", written(_MFI.replace("0.1", "10"), _mfi), "a MAF outside 0 to 1"),
    clear("mfi: with a header", written("a\tb\tposition\tc\td\tMAF\te\tINFO\n" + _MFI, _mfi), "not of type"),
    clear("mfi: frequencies of other variants", _shifted, "minor allele frequencies differ"),
    *not_text(_mfi, "mfi"),
    handled("GMT: sets", written("S1\tx\tMAPT\tFYN\n", _gmt), ["S1"]),
    clear("GMT: genes of mice", written("S1\tx\tMapt\tFyn\n", _gmt), "none of its 2 genes is known"),
    clear("GMT: Entrez ids", written("S1\tx\t4137\n", _gmt), "none of its 1 genes is known"),
    clear("GMT: a set without genes", written("S1\tx\n", _gmt), "line 1: expected a new name"),
    clear("GMT: a set twice", written("S1\tx\tA\nS1\tx\tB\n", _gmt), "line 2: expected a new name"),
    clear("GMT: empty", written("", _gmt), "no gene set"),
    *not_text(_gmt, "GMT"),
    handled("OBO: one term", written(_OBO, _obo), ["GO:1"]),
    clear("OBO: no term", written("format-version: 1.2\n", _obo), r"no \[Term\]"),
    clear("OBO: a term without an id", written(_OBO.replace("id: GO:1\n", ""), _obo), "without an id"),
    handled("GAF: one annotation", written(_GAF, _gaf), ["GO:1"]),
    clear("GAF: genes of mice", written(_GAF.replace("MAPT", "Mapt"), _gaf), "none of its 1 genes is known"),
    clear("GAF: of another ontology", written(_GAF.replace("GO:1", "GO:9"), _gaf), "no annotation of a term"),
    clear("GAF: few columns", written("U\tP1\tMAPT\n", _gaf), "3 columns; GAF 2 has at least 15"),
]
