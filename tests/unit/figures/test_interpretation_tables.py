"""Tables 3-5 and the table of rules from hand-made results."""

import pandas as pd

from cgni.figures.interpretation_tables import rules_table, table3, table4, table5
from cgni.scca.schemas import CONTRIBUTIONS, CORRELATIONS


def _correlations() -> pd.DataFrame:
    rows = [
        (fold, 1, encoders, pairing, split, group, base + 0.1 * fold, 50, (0.04 if fold else 0.2) if tested else None)
        for fold in range(2)
        for encoders, pairing, base, tested in (
            ("chosen", "true", 0.3, True), ("chosen", "shuffled", 0.0, False),
            ("label_free", "true", 0.2, False), ("label_free", "shuffled", 0.0, False),
        )
        for split in ("fit", "monitor", "validation", "holdout")
        for group in ("all", "low", "high")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=CORRELATIONS.names)


def _contributions() -> pd.DataFrame:
    def row(modality: str, feature: str, z: float, p: float, q: float, sd: bool, null: bool, lead: bool) -> dict:
        return {
            "modality": modality, "feature": feature, "component": 1, "fold": -1, "contribution": z / 10,
            "absolute": 0.6, "z": z, "share": 2.0, "null_z": 3.0, "p": p, "q": q, "called_sd": sd, "called_null": null,
            "called": null, "direction": "increase" if z > 0 else "decrease", "selection_frequency": 0.8, "lead": lead,
        }  # fmt: skip

    rows = [
        row("region", "Insula_L", 3.2, 0.0004, 0.03, True, True, True),
        row("region", "Insula_R", 2.9, 0.3, 0.9, True, False, False),
        row("region", "Cuneus_R", -0.2, 0.5, 0.9, False, False, False),
        row("snp", "1:5:A:G", -3.4, 0.0001, 0.02, True, True, True),
        row("snp", "1:9:A:G", -1.4, 0.0009, 0.04, False, True, False),
        row("snp", "2:9:A:G", 0.4, 0.9, 0.99, False, False, False),
    ]
    return pd.DataFrame(rows)[CONTRIBUTIONS.names]


def test_table3_sets_correlations_beside_their_controls() -> None:
    null = pd.DataFrame({"replicate": [0, 1], "component": [1, 1], "fold": [0, 0], "r": [-0.02, 0.04], "n": 50})
    row = table3(_correlations(), null).iloc[0]
    assert row["Validation"] == "0.35 ± 0.07" and row["Folds with p < .05"] == "1 of 2"
    assert row["Validation, low WM"] == "0.35 ± 0.07" and row["Shuffled pairs, validation"] == "0.05 ± 0.07"
    assert row["Label-free encoders, validation"] == "0.25 ± 0.07"
    assert row["Null encoders, validation"] == "0.01 ± 0.04"
    assert table3(_correlations(), null.iloc[:0]).iloc[0]["Null encoders, validation"] == "–"


def test_table4_lists_a_snp_under_each_of_its_genes_and_counts_linkage_once() -> None:
    snp_genes = pd.DataFrame(
        {
            "variant_id": ["1:5:A:G", "1:9:A:G", "1:5:A:G"],
            "gene_id": ["E1", "E1", "E2"],
            "symbol": ["MAPT", "MAPT", "FYN"],
        }
    )
    rsids = pd.Series({"1:5:A:G": "rs5", "1:9:A:G": "rs9"})
    table = table4(_contributions(), snp_genes, rsids).set_index("Gene")
    assert table.loc["MAPT", "SNPs"] == "rs5, rs9" and table.loc["MAPT", "SNPs, linkage collapsed"] == 1
    assert table.loc["FYN", "SNPs"] == "rs5" and table.loc["MAPT", "q (null)"] == "0.02"
    assert table.loc["MAPT", "Largest |z|"] == "3.4" and table.loc["MAPT", "Published rule"] == "yes"


def test_table5_lists_what_the_rule_in_force_calls() -> None:
    table = table5(_contributions())
    assert table["Region"].tolist() == ["Insula L"] and table["z"].tolist() == ["+3.2"]
    assert table["p (null)"].tolist() == ["0.0004"]


def test_rules_are_counted_side_by_side() -> None:
    calibration = pd.DataFrame(
        {
            "modality": ["snp"],
            "quantity": ["share of null features with p < .05"],
            "value": [0.05],
            "expected": ["0.03 to 0.07"],
        }
    )
    table = rules_table(_contributions(), calibration).set_index("quantity")["value"]
    assert table["regions called by the published SD rule"] == "2"
    assert table["regions called by the permutation null"] == "1"
    assert table["SNPs called by the permutation null"] == "2"
    assert table["SNPs called by the rule in force, linkage collapsed"] == "1"
    assert table["snp: share of null features with p < .05"] == "0.050"
