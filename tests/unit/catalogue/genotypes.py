"""eQTL tables and genotype files in other dialects: GTEx, the eQTL catalogue, symbols, half calls, joined ids."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cgni.cohort.samples import read_people
from cgni.genetics.candidates import select_candidates
from cgni.genetics.chromosome import assess_chromosome
from cgni.genetics.eqtl import read_eqtl_pairs, read_snp_alleles
from cgni.genetics.mfi import read_mfi
from cgni.genetics.network import Network, ids_by_symbol, read_network
from cgni.genetics.paths import people_file, variants_file
from cgni.genetics.people import GenotypedPeople
from cgni.genetics.plink import Plink
from cgni.genetics.qc import match_candidates, supplied_info
from cgni.genetics.settings import VariantQcSettings
from cgni.genetics.sources import GenotypeFiles
from tests.unit.catalogue.case import Case, clear, counted, encodings, handled, written

_NETWORK = Network(pd.DataFrame({"gene_id": ["ENSG01", "ENSG02"], "symbol": ["MAPT", "FYN"]}))
_GENES = pd.DataFrame({"symbol": ["MAPT", "FYN", "OTHER"], "gene_id": ["ENSG01", "ENSG02", "ENSG09"]})
_ALIASES = pd.DataFrame({"alias": ["TAU", "SLK", "SLK"], "symbol": ["MAPT", "FYN", "OTHER"]})
_QC = VariantQcSettings(strand_ambiguous="remove", hwe_people="reference", hwe_uncertain=0.2)
_GTEX = (
    "variant_id\tgene_id\ttss_distance\tmaf\tpval_nominal\tslope\n"
    "chr2_10_A_G_b38\tENSG01.5\t5\t0.1\t1e-9\t0.1\nchr9_10_A_G_b38\tENSG09.5\t5\t0.1\t1e-9\t0.1\n"
)
_EGENES = "gene_id\tgene_name\tvariant_id\tpval_nominal\tqval\nENSG01.2\tMAPT\tchr2_10_A_G_b38\t1e-9\t{q}\n"
_CATALOGUE = (
    "molecular_trait_id\tchromosome\tposition\tref\talt\tvariant\tpvalue\tbeta\trsid\n"
    "ENSG01\t2\t10\tA\tG\tchr2_10_A_G\t1e-9\t0.1\trs1\n"
)
_MATRIX = "SNP\tgene\tbeta\tt-stat\tp-value\tFDR\n2:10:A:G\tENSG01\t.1\t5\t{}\t{}\n"
_ADJUSTED = "snp\tgene\t{}\n2:10:A:G\tENSG01\t{}\n"
_PLAIN = "snp\tgene\n{snp}\t{gene}\n"
_SNPS = "PEC_id\tRsid\tchr\tposition\tREF\tALT\n2:10\trs1\tchr2\t10\tA\tG\n"


def _candidates(path: Path, build: str = "GRCh38", snps: str | None = None) -> list[str]:
    symbols = ids_by_symbol(_NETWORK, _GENES, _ALIASES)
    eqtl = read_eqtl_pairs(path, 0.05, set(_NETWORK.genes["gene_id"]), symbols, build)
    alleles = None
    if snps is not None:
        (path.parent / "snps").write_text(snps)
        alleles = read_snp_alleles(path.parent / "snps", set(eqtl.pairs["snp"]))
    return select_candidates(eqtl, alleles, _NETWORK, ["2"])[0]["variant_id"].tolist()


def _note(path: Path) -> str:
    eqtl = read_eqtl_pairs(path, 0.05, {"ENSG01"}, ids_by_symbol(_NETWORK, _GENES, _ALIASES))
    notes = select_candidates(eqtl, None, _NETWORK, ["2"])[1].frame().set_index("step")["note"]
    return str(notes["SNP in the SNP table"])


def _plain(snp: str = "2:10:A:G", gene: str = "ENSG01") -> str:
    return _PLAIN.format(snp=snp, gene=gene)


def _genes(path: Path) -> list[list[str]]:
    return read_network(path, _GENES, _ALIASES).genes.to_numpy().tolist()


_ONE = ["2:10:A:G"]
_IDS = {
    "GTEx's, build 38": "chr2_10_A_G_b38",
    "chr": "chr2:10:A:G",
    "Chr02": "Chr02:10:A:G",
    "underscores": "2_10_A_G",
    "hyphens": "2-10-A-G",
    "slashes": "2:10:A/G",
    "lower-case alleles": "2:10:a:g",
}
_SYMBOLS = {"its symbol": "MAPT", "in lower case": "mapt", "a former symbol": "TAU", "an id in lower case": "ensg01.2"}
_LISTS = {
    "capitals in the header": "Symbol\tGENE_ID\nMAPT\tENSG01\n",
    "ids in the place of symbols": "symbol\nENSG01.7\n",
    "ids alone": "gene_id\nENSG01\n",
    "ids without a symbol": "symbol\tgene_id\n\tENSG01\n",
}


def _match(alleles: str, record: str, ref_stated: bool = False, states_reference: bool = True) -> list[Any]:
    """Whether a candidate 2:10 of these alleles is found in a record, whether turned, and why not."""
    ref, alt = alleles.split(":") if alleles else (None, None)
    candidate = pd.DataFrame({"variant_id": ["x"], "chrom": "2", "pos": 10, "ref": [ref], "alt": [alt], "rsid": None})
    candidate = candidate.astype({"ref": "str", "alt": "str"}).assign(ref_stated=ref_stated)
    names = ["ref", "alt"]
    found = pd.DataFrame([record.split(":")], columns=names).assign(pos=10, row=0, file_info=None, half_calls=0)
    table = match_candidates(candidate, found, states_reference, True)
    return [bool(table["found"][0]), bool(table["swapped"][0]), table["reason"].fillna("")[0]]


def _matched(*arguments: Any, **named: Any) -> Callable[[Path], list[Any]]:
    return lambda folder: _match(*arguments, **named)


_MISMATCH = "alleles differ from the SNP table"
_ORDERS = [
    handled("alleles: as in the file", _matched("A:G", "A:G"), [True, False, ""]),
    handled("alleles: an id's in the other order", _matched("G:A", "A:G"), [True, True, ""]),
    handled("alleles: none in the id", _matched("", "A:G"), [True, False, ""]),
    counted("alleles: a SNP table's REF is the file's ALT", _matched("G:A", "A:G", True), [False, True, _MISMATCH]),
    counted("alleles: an indel's in the other order", _matched("AT:A", "A:AT"), [False, True, _MISMATCH]),
    handled("alleles: the other order of a .bim", _matched("G:A", "A:G", True, False), [True, True, ""]),
    counted("alleles: of the other strand", _matched("T:C", "A:G"), [False, False, _MISMATCH]),
    counted("alleles: A/T in the other order", _matched("T:A", "A:T"), [True, True, "strand-ambiguous alleles"]),
]


def _info(rows: str, folder: Path) -> list[float]:
    path = folder / "chr2.mfi"
    path.write_text(rows)
    table = pd.DataFrame({"pos": [10], "ref": ["A"], "alt": ["G"], "found": [True]})
    return supplied_info(table, read_mfi(path, {10}), path).fillna(-1).tolist()


def _vcf(folder: Path, rows: list[list[str]], ids: list[str]) -> Path:
    path = folder / "x.vcf"
    head = '##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n#CHROM\tPOS\tID\tREF\tALT\t'
    lines = ["\t".join([*row[:2], ".", *row[2:4], ".", ".", ".", "GT", *row[4:]]) for row in rows]
    path.write_text(head + "\t".join(["QUAL", "FILTER", "INFO", "FORMAT", *ids]) + "\n" + "\n".join(lines) + "\n")
    return path


_PEOPLE = [str(1000001 + number) for number in range(60)]


def _assessed(folder: Path, change: Callable[[list[list[str]]], None]) -> pd.DataFrame:
    """The table of twelve records of chromosome 2, changed."""
    calls = np.random.default_rng(1).choice(["0/0", "0/1", "1/1"], (12, len(_PEOPLE)), p=[0.36, 0.48, 0.16])
    rows = [["2", str(100 + number), "A", "G", *own] for number, own in enumerate(calls.tolist())]
    change(rows)
    path = _vcf(folder, rows, _PEOPLE)
    candidates = pd.DataFrame({"chrom": "2", "pos": range(100, 112), "ref": "A", "alt": "G", "rsid": None})
    candidates = candidates.assign(variant_id=[f"2:{pos}:A:G" for pos in candidates["pos"]], ref_stated=True)
    files = GenotypeFiles.of("2", str(path), people_file(str(path), None), variants_file(str(path)))
    people = GenotypedPeople(*[pd.Index(_PEOPLE)] * 4)
    (folder / "scratch").mkdir()
    return assess_chromosome(Plink("plink2", folder / "scratch", 1, 640), files, candidates, people, _QC, "dosages")[0]


def _half(rows: list[list[str]]) -> None:
    rows[0][4:7] = ["0/.", "./1", "0|."]


def _cut(rows: list[list[str]]) -> None:
    del rows[0][20:]


def _contigs(rows: list[list[str]]) -> None:
    rows += [[name, *rows[0][1:]] for name in ("chrUn_KI270742v1", "HLA-A*01:01", "hs37d5")]


def _accessions(rows: list[list[str]]) -> None:
    for row in rows:
        row[0] = "NC_000002.11"


def _prefixes(rows: list[list[str]]) -> None:
    for row in rows:
        row[0], row[2], row[3] = "chr2", "a", "g"


def _empty(people: int, rows: list[list[str]]) -> None:
    for row in rows:
        row[4 : 4 + people] = ["./."] * people


def _sums(column: str, change: Callable[[list[list[str]]], None]) -> Callable[[Path], int]:
    return lambda folder: int(_assessed(folder, change)[column].sum())


def _joined(text: str, folder: Path) -> list[str]:
    ids = [text.format(number) for number in (1, 2)]
    return read_people(_vcf(folder, [], ids))["participant_id"].tolist()


_FAM = "0 1_1 0 0 0 -9\n0 {second} 0 0 0 -9\n"


def _people(path: Path) -> list[str]:
    return read_people(path)["participant_id"].tolist()


CASES: list[Case] = [
    handled("eQTL: GTEx's pairs", written(_GTEX, _candidates), _ONE),
    *(handled(f"eQTL: GTEx's, {name}", written(text, _candidates), _ONE) for name, text in encodings(_GTEX).items()),
    handled("eQTL: GTEx's genes", written(_EGENES.format(q=0.01), _candidates), _ONE),
    clear("eQTL: GTEx's genes, none significant", written(_EGENES.format(q=0.2), _candidates), "`significant eQTL`"),
    clear("eQTL: GTEx's of another build", written(_GTEX, partial(_candidates, build="GRCh37")), "are not GRCh37"),
    clear("eQTL: all tested pairs", written(_GTEX.replace("1e-9", "0.7"), _candidates), "looks like all tested pairs"),
    handled("eQTL: the eQTL catalogue's", written(_CATALOGUE, _candidates), _ONE),
    clear("eQTL: the catalogue's, all", written(_CATALOGUE.replace("1e-9", "1"), _candidates), "all tested pairs"),
    handled("eQTL: MatrixEQTL's", written(_MATRIX.format("0.9", "0.01"), _candidates), _ONE),
    clear("eQTL: adjusted p, none small", written(_ADJUSTED.format("padj", "0.9"), _candidates), "`significant eQTL`"),
    clear("eQTL: p-value, of all pairs", written(_ADJUSTED.format("p-value", "0.9"), _candidates), "all tested pairs"),
    clear(
        "eQTL: logarithms of p", written(_ADJUSTED.format("nlog10p", "9"), _candidates), "nlog10p may say which pairs"
    ),
    clear("eQTL: logarithms called p", written(_ADJUSTED.format("p", "9"), _candidates), "1 values outside 0 to 1"),
    clear("eQTL: a negative q", written(_ADJUSTED.format("q", "-1"), _candidates), "1 values outside 0 to 1"),
    handled("eQTL: capitals in the header", written(_plain().upper(), _candidates), _ONE),
    *(handled(f"eQTL ids: {name}", written(_plain(snp), _candidates), _ONE) for name, snp in _IDS.items()),
    handled("eQTL ids: a place alone", written(_plain("2:10"), _candidates), ["2:10"]),
    handled("eQTL ids: both orders of the alleles", written(_plain() + "2:10:G:A\tENSG01\n", _candidates), _ONE),
    handled("eQTL ids: with and without alleles", written(_plain() + "2:10\tENSG02\n", _candidates), _ONE * 2),
    counted(
        "eQTL ids: some say no place",
        written(_plain() + "rs7\tENSG01\n", _note),
        "no SNP table: ids of 1 SNPs hold alleles, 0 a position alone; 1 say no place and are left out",
    ),
    clear("eQTL ids: none says a place", written(_plain("rs7"), _candidates), "1 of 1 SNP ids are not chrom:pos"),
    clear("eQTL ids: beyond the genome", written(_plain("2:99999999999:A:G"), _candidates), "are not chrom:pos"),
    handled("eQTL: tensorQTL's", written(_GTEX.replace("gene_id", "phenotype_id"), _candidates), _ONE),
    clear("eQTL ids: on a contig", written(_plain("chrUn_KI270742v1:5"), _candidates), "are not chrom:pos"),
    handled(
        "eQTL ids: not in the SNP table, with alleles",
        written(_plain("2:30:A:G") + "chr2:10\tENSG01\n", partial(_candidates, snps=_SNPS)),
        ["2:10:A:G", "2:30:A:G"],
    ),
    *(handled(f"eQTL genes: {name}", written(_plain(gene=gene), _candidates), _ONE) for name, gene in _SYMBOLS.items()),
    clear("eQTL genes: a symbol of two genes", written(_plain(gene="SLK"), _candidates), "`gene in the protein net"),
    clear("eQTL genes: Entrez ids", written(_plain(gene="4137"), _candidates), "`gene in the protein network`"),
    *(
        handled(f"SNP table: {name}", written(_plain("2:10"), partial(_candidates, snps=text)), _ONE)
        for name, text in {
            "names in lower case": _SNPS.replace("Rsid\tchr\tposition\tREF\tALT", "rsid\tchr\tPOSITION\tref\talt"),
            "lower-case alleles": _SNPS.replace("A\tG", "a\tg"),
            "ids with chr": _SNPS.replace("2:10", "chr2:10"),
        }.items()
    ),
    clear(
        "SNP table: no place for any SNP",
        written(_plain("2:10"), partial(_candidates, snps=_SNPS.replace("\t10\t", "\tNA\t"))),
        "`SNP in the SNP table`",
    ),
    handled(
        "SNP table: no place for some SNPs",
        written(_plain("2:10"), partial(_candidates, snps=_SNPS + "2:11\trs2\tchr2\tNA\tA\tG\n")),
        _ONE,
    ),
    clear(
        "SNP table: a position beyond the genome",
        written(_plain("2:10"), partial(_candidates, snps=_SNPS.replace("\t10\t", "\t99999999999\t"))),
        "1 of the wanted SNPs have positions that no chromosome has",
    ),
    *(handled(f"network: {name}", written(text, _genes), [["ENSG01", "MAPT"]]) for name, text in _LISTS.items()),
    *_ORDERS,
    handled("mfi: the row", partial(_info, "x\ty\t10\tA\tG\t0.1\tG\t0.9\n"), [0.9]),
    handled("mfi: lower-case alleles", partial(_info, "x\ty\t10\ta\tg\t0.1\tg\t0.9\n"), [0.9]),
    handled("mfi: alleles in the other order", partial(_info, "x\ty\t10\tG\tA\t0.1\tG\t0.9\n"), [0.9]),
    counted("mfi: NA", partial(_info, "x\ty\t10\tA\tG\tNA\tNA\tNA\nx\ty\tNA\tA\tG\tNA\tNA\tNA\n"), [-1]),
    clear("mfi: without the variant", partial(_info, "x\ty\t10\tA\tC\t0.1\tG\t0.9\n"), "1 of 1 candidate variants"),
    handled("people: .vcf with ids of no family", partial(_joined, "0_{}"), ["1", "2"]),
    handled("people: .fam with joined ids", written(_FAM.format(second="2_2"), _people, "x.fam"), ["1", "2"]),
    handled("people: .fam with one joined id", written(_FAM.format(second="2"), _people, "x.fam"), ["1_1", "2"]),
]

if shutil.which("plink2") is not None:
    CASES += [
        counted("VCF: half calls", _sums("half_calls", _half), 3),
        handled("VCF: odd contigs", _sums("found", _contigs), 12),
        handled("VCF: chr and lower-case alleles", _sums("found", _prefixes), 12),
        clear("VCF: contigs by their accessions", _sums("found", _accessions), "no record of chromosome 2; it must be"),
        counted("VCF: people without calls", _sums("people_without", partial(_empty, 3)), 12 * 3),
        clear("VCF: not in order", _sums("found", list.reverse), "not in the order of their positions: sort it"),
        clear("VCF: a line cut short", _sums("found", _cut), "Line 4 .* that line is damaged or cut short"),
        clear("VCF: many people without calls", _sums("found", partial(_empty, 4)), "4 of 60 participants lack more"),
    ]
