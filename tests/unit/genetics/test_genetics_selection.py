"""Selection of candidates from small files in PsychENCODE's layout (the published ones cannot be shipped)."""

from pathlib import Path

import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.base.tables import write_table
from cgni.genetics.candidates import select_candidates
from cgni.genetics.eqtl import EqtlPairs, read_eqtl_pairs, read_snp_alleles
from cgni.genetics.network import Network, read_network
from cgni.genetics.schemas import CANDIDATE_VARIANTS

HEADER = [
    "gene_id",
    "gene_chr",
    "gene_start",
    "gene_end",
    "strand",
    "number_of_SNPs_tested",
    "SNP_distance_to_TSS",
    "SNP_id",
    "SNP_chr",
    "SNP_start",
    "SNP_end",
    "nominal_pval",
    "regression_slope",
    "top_SNP",
    "FDR",
]
NETWORK = Network(pd.DataFrame({"gene_id": ["ENSG01", "ENSG02", "ENSG03"], "symbol": ["MAPT", "MAPT", "FYN"]}))


def _psychencode(path: Path, pairs: list[tuple[str, str, float]]) -> Path:
    lines = ["\t".join(HEADER)]
    for snp, gene, fdr in pairs:
        chrom, pos = snp.split(":")
        lines.append(f"{gene}\tchr{chrom}\t1\t2\t+\t9\t5\t{snp}\tchr{chrom}\t{pos}\t{pos}\t1e-5\t0.1\t0\t{fdr}")
    path.write_text("\n".join(lines) + "\n")
    return path


def _snp_table(path: Path) -> Path:
    path.write_text(
        "PEC_id\tRsid\tchr\tposition\tREF\tALT\n2:10\trs1\tchr2\t10\tA\tG\n2:20\trs2\tchr2\t20\tC\tT\n"
        "7:30\trs3\tchr7\t30\tC\tT,G\n9:40\trs4\tchr9\t40\tC\tT\n"
    )
    return path


def test_psychencode_tables(tmp_path: Path) -> None:
    table = _psychencode(
        tmp_path / "eqtl",
        [
            ("2:10", "ENSG01.3", 0.01),
            ("2:10", "ENSG03.1", 0.05),  # at the threshold: stays; a SNP with two genes
            ("2:10", "ENSG09.1", 0.01),  # not in the network
            ("2:20", "ENSG02.7", 0.051),  # not significant
            ("7:30", "ENSG02.7", 0.02),  # two ALT alleles
            ("7:31", "ENSG02.7", 0.02),  # not in the SNP table
            ("9:40", "ENSG02.7", 0.02),  # chromosome not in the study
        ],
    )
    eqtl = read_eqtl_pairs(table, 0.05, set(NETWORK.genes["gene_id"]))
    assert (eqtl.rows, eqtl.significant, eqtl.in_genes) == (7, 6, 5)
    alleles = read_snp_alleles(_snp_table(tmp_path / "snps"), set(eqtl.pairs["snp"]))
    candidates, attrition = select_candidates(eqtl, alleles, NETWORK, ["7", "2"])
    assert candidates[["variant_id", "gene_id", "symbol", "rsid"]].to_numpy().tolist() == [
        ["7:30:C:G", "ENSG02", "MAPT", "rs3"],
        ["7:30:C:T", "ENSG02", "MAPT", "rs3"],
        ["2:10:A:G", "ENSG01", "MAPT", "rs1"],
        ["2:10:A:G", "ENSG03", "FYN", "rs1"],
    ]
    left = attrition.frame().set_index("step")["left"]
    assert left.tolist() == [7, 6, 5, 5, 4, 3]
    write_table(candidates, tmp_path / "candidates.parquet", CANDIDATE_VARIANTS, {})


@pytest.mark.parametrize("identifier", ["{chrom}:{pos}:{ref}:{alt}", "{chrom}:{pos}", "chr{chrom}:{pos}"])
def test_plain_table_without_a_snp_table(tmp_path: Path, identifier: str) -> None:
    name = identifier.format(chrom=2, pos=10, ref="A", alt="G")
    (tmp_path / "plain").write_text(f"snp,gene\n{name},ENSG01.2\n{name},ENSG03\n")
    eqtl = read_eqtl_pairs(tmp_path / "plain", 0.05, set(NETWORK.genes["gene_id"]))
    candidates, attrition = select_candidates(eqtl, None, NETWORK, ["2"])
    expected = "2:10:A:G" if "ref" in identifier else "2:10"
    assert candidates["variant_id"].tolist() == [expected] * 2
    assert "not applied" in attrition.frame()["note"][1]


def test_plain_table_of_rsids(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("snp\tgene\tq\nrs2\tENSG01\t0.001\nrs1\tENSG01\t0.2\n")
    eqtl = read_eqtl_pairs(tmp_path / "plain", 0.05, set(NETWORK.genes["gene_id"]))
    alleles = read_snp_alleles(_snp_table(tmp_path / "snps"), set(eqtl.pairs["snp"]))
    candidates, _ = select_candidates(eqtl, alleles, NETWORK, ["2"])
    assert candidates["variant_id"].tolist() == ["2:20:C:T"]
    with pytest.raises(InputError, match="1 of 1 SNP ids are not chrom:pos"):
        select_candidates(eqtl, None, NETWORK, ["2"])


def test_step_that_leaves_nothing_is_named() -> None:
    pairs = pd.DataFrame({"snp": ["3:1:A:G"], "gene_id": ["ENSG01"], "eqtl_p": [0.1]})
    with pytest.raises(InputError, match=r"after the step `chromosome in the study` \(1 before it\)"):
        select_candidates(EqtlPairs(pairs, 1, 1, 1, True), None, NETWORK, ["2"])
    with pytest.raises(InputError, match=r"`gene in the protein network` \(5 before it\)"):
        select_candidates(EqtlPairs(pairs.iloc[:0], 9, 5, 0, True), None, NETWORK, ["2"])


def test_wrong_eqtl_tables(tmp_path: Path) -> None:
    (tmp_path / "eqtl").write_text("a\tb\n1\t2\n")
    with pytest.raises(InputError, match="SNP_id, gene_id and FDR"):
        read_eqtl_pairs(tmp_path / "eqtl", 0.05, {"ENSG01"})
    (tmp_path / "eqtl").write_text("snp\tgene\tq\n2:10\tENSG01\tsmall\n")
    with pytest.raises(InputError, match="column q has cells that are not of type double"):
        read_eqtl_pairs(tmp_path / "eqtl", 0.05, {"ENSG01"})
    (tmp_path / "snps").write_text("PEC_id\tRsid\tchr\tposition\n")
    with pytest.raises(InputError, match="no column REF, ALT"):
        read_snp_alleles(tmp_path / "snps", {"2:10"})


GENES = pd.DataFrame(
    {"symbol": ["NAA10", "MRTFA", "MAPT", "MAPT", "GONE"], "gene_id": ["ENSG10", "ENSG11", "ENSG01", "ENSG05", None]}
)
ALIASES = pd.DataFrame(
    {"alias": ["ARD1A", "MKL1", "TWO", "TWO", "LOST"], "symbol": ["NAA10", "MRTFA", "NAA10", "MRTFA", "GONE"]}
)


def test_network_lists(tmp_path: Path) -> None:
    path = tmp_path / "ppi.tsv"
    path.write_text("symbol\tgene_id\tsources\nMAPT\tENSG01.4;ENSG02\tIntAct\nFYN\tENSG01\tGO\nLOST\t\tGO\n")
    network = read_network(path, GENES, ALIASES)
    assert network.genes.to_numpy().tolist() == [["ENSG01", "MAPT"], ["ENSG02", "MAPT"]]
    assert (network.by_symbol, network.by_alias, network.unresolved) == (0, 0, 1)
    for text, message in (
        ("", "empty; expected a table"),
        ("symbol\tgene_id\n", "lists no gene"),
        ("a\tb\n", "no column"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=message):
            read_network(path, GENES, ALIASES)
    with pytest.raises(InputError, match=r"no such file; set inputs\.ppi"):
        read_network(tmp_path / "none", GENES, ALIASES)


def test_symbols_are_resolved_through_aliases(tmp_path: Path) -> None:
    path = tmp_path / "ppi.csv"
    path.write_text("symbol\nMAPT\nARD1A\nMKL1\nTWO\nLOST\nNOBODY\n")
    network = read_network(path, GENES, ALIASES)
    found = network.genes.sort_values("gene_id").to_numpy().tolist()
    assert found == [["ENSG01", "MAPT"], ["ENSG05", "MAPT"], ["ENSG10", "NAA10"], ["ENSG11", "MRTFA"]]
    assert (network.by_symbol, network.by_alias, network.unresolved) == (1, 2, 3)
    assert "2 by alias, 3 unknown" in network.note


def test_shipped_list_has_current_symbols_and_sources() -> None:
    table = pd.read_csv("resources/app_interactors.tsv", sep="\t", dtype=str)
    assert table["gene_id"].str.fullmatch(r"ENSG\d{11}").all() and table["sources"].notna().all()
    assert {"NAA10", "MRTFA", "APP"} <= set(table["symbol"]) and not {"ARD1A", "MKL1"} & set(table["symbol"])
    assert table.groupby("symbol")["gene_id"].nunique()["MAPT"] == 3  # one gene, several ids
