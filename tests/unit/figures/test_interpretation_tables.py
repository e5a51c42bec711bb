"""Tables 3-5 and the table of rules from hand-made results."""

import pandas as pd

from cgni.figures.interpretation_tables import rules_table, table3, table4, table5
from tests.unit.figures.made_results import made_contributions, made_correlations


def test_table3_sets_correlations_beside_their_controls() -> None:
    null = pd.DataFrame({"replicate": [0, 1], "component": [1, 1], "fold": [0, 0], "r": [-0.02, 0.04], "n": 50})
    row = table3(made_correlations(), null).iloc[0]
    assert row["Validation"] == "0.35 ± 0.07" and row["Folds with p < .05"] == "1 of 2"
    assert row["Validation, low WM"] == "0.35 ± 0.07" and row["Shuffled pairs, validation"] == "0.05 ± 0.07"
    assert row["Label-free encoders, validation"] == "0.25 ± 0.07"
    assert row["Null encoders, validation"] == "0.01 ± 0.04"
    assert table3(made_correlations(), null.iloc[:0]).iloc[0]["Null encoders, validation"] == "–"


def test_table4_lists_a_snp_under_each_of_its_genes_and_counts_linkage_once() -> None:
    snp_genes = pd.DataFrame(
        {
            "variant_id": ["1:5:A:G", "1:9:A:G", "1:5:A:G"],
            "gene_id": ["E1", "E1", "E2"],
            "symbol": ["MAPT", "MAPT", "FYN"],
        }
    )
    rsids = pd.Series({"1:5:A:G": "rs5", "1:9:A:G": "rs9"})
    table = table4(made_contributions(), snp_genes, rsids).set_index("Gene")
    assert table.loc["MAPT", "SNPs"] == "rs5, rs9" and table.loc["MAPT", "SNPs, linkage collapsed"] == 1
    assert table.loc["FYN", "SNPs"] == "rs5" and table.loc["MAPT", "q (null)"] == "0.02"
    assert table.loc["MAPT", "Largest |z|"] == "3.4" and table.loc["MAPT", "Published rule"] == "yes"


def test_table4_without_a_called_snp_has_its_columns() -> None:
    none = made_contributions().assign(called=False)
    snp_genes = pd.DataFrame({"variant_id": ["1:5:A:G"], "gene_id": ["E1"], "symbol": ["MAPT"]})
    table = table4(none, snp_genes, pd.Series({"1:5:A:G": "rs5"}))
    assert table.empty and list(table.columns[:3]) == ["Component", "Gene", "SNPs"]


def test_table5_lists_what_the_rule_in_force_calls() -> None:
    table = table5(made_contributions())
    assert table["Region"].tolist() == ["Insula L"] and table["z"].tolist() == ["+3.2"]
    assert table["p (null)"].tolist() == ["0.0004"]


def test_rules_are_counted_side_by_side() -> None:
    quantity = "share of null features with p < .05"
    own = {"view": ["genetics"], "quantity": [quantity], "value": [0.05], "expected": ["0.03 to 0.07"]}
    table = rules_table(made_contributions(), pd.DataFrame(own)).set_index("quantity")
    assert table["value"].to_dict() == {
        "regions called by the published SD rule": "2",
        "regions called by the permutation null": "1",
        "SNPs called by the published SD rule": "1",
        "SNPs called by the permutation null": "2",
        "SNPs called by the rule in force, linkage collapsed": "1",
        "snp: share of null features with p < .05": "0.050",
    }
    assert set(table["note"]) == {"of 3", "expected 0.03 to 0.07"}
