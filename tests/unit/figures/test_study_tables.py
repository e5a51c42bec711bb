"""Tables 1 and 2, the summary, and all tables of a study from hand-made results."""

from pathlib import Path

import pandas as pd
import pytest

from cgni.contrastive.terms import TERMS
from cgni.figures.classification_tables import table1, table2
from cgni.figures.study_tables import StudyResults, study_tables
from cgni.figures.table_files import write_table_files
from tests.unit.figures.made_results import (
    WEIGHTS,
    made_comparisons,
    made_contributions,
    made_correlations,
    made_performance,
    study_models,
)


def _results(recovery: pd.DataFrame | None = None) -> StudyResults:
    terms = {"component": [1, -1], "primary": True, "term": ["axon", "dendrite"], "p": [0.001, 0.02]}
    attrition = pd.DataFrame({"stage": ["cohort"], "left": [10]})
    snps = ["1:5:A:G", "1:9:A:G"]
    return StudyResults(
        performance=made_performance(),
        comparisons=made_comparisons(),
        correlations=made_correlations(),
        contributions=made_contributions(),
        calibration=pd.DataFrame(columns=["view", "quantity", "value", "expected"]),
        snp_genes=pd.DataFrame({"variant_id": snps, "gene_id": "E1", "symbol": "MAPT"}),
        variants=pd.DataFrame({"variant_id": snps, "rsid": ["rs5", "rs9"]}),
        terms=pd.DataFrame(terms),
        null_correlations=[],
        attrition=[attrition, attrition.assign(stage="imaging")],
        recovery=recovery,
    )


def test_table1_prints_percent_and_the_published_row() -> None:
    table = table1(made_performance(), made_comparisons(), study_models()).set_index("Model")
    own = table.loc["CGNI (1)+(2)+(4)"]
    assert own["Validation"] == "65.00 ± 5.00" and own["Pooled [95 % interval], holdout"] == "64.0 [60.0, 68.0]"
    assert own["Matched subset [95 % interval], out of fold"] == "61.0 [55.0, 67.0]"
    assert own["AUC [95 % interval], holdout"] == "0.700 [0.660, 0.740]"
    assert own["TP/FN/TN/FP, holdout"] == "10 / 11 / 12 / 13" and own["Proposed minus this, holdout"] == "–"
    assert table.loc["Imaging CNN", "Proposed minus this, holdout"] == "+2.0 [-1.0, +5.0]"
    assert table.loc["Imaging CNN", "Bootstrap p, McNemar p (Holm), out of fold"] == "0.2, 0.3"
    assert own["Published (train / validation / holdout)"] == "91.37 ± 0.30 / 90.39 ± 0.11 / 88.91 ± 0.66"
    assert table.loc["Confounds only", "Published (train / validation / holdout)"] == "–"


def test_table1_leaves_out_the_proposed_models_of_other_subsets_alone() -> None:
    own, others = "CGNI (1)", ["CGNI (1), linear genetic encoder", "Imaging CNN", "Confounds only"]
    models = study_models(chosen="terms1")
    assert table1(made_performance(), made_comparisons(), models)["Model"].tolist() == [own, *others]


def test_table2_shows_weights_and_marks_the_holdout_descriptive() -> None:
    table = table2(made_performance(), study_models(), WEIGHTS)
    assert list(table.columns[:4]) == ["(1) λ", "(2) σ", "(3) γ", "(4) θ"]
    assert table.columns[len(TERMS)] == "Train"
    assert table["(1) λ"].tolist() == ["1", "0.7"] and table["(3) γ"].tolist() == ["", ""]
    assert table["(2) σ"].tolist() == ["", "0.3"] and table["(4) θ"].tolist() == ["", "0.4"]
    assert table["Published holdout"].tolist() == ["88.31 ± 0.31", "88.91 ± 0.66"]
    assert "Holdout (descriptive)" in table and table["Chosen"].tolist() == ["", "yes"]


def test_a_score_that_is_not_there_is_an_error() -> None:
    performance = made_performance()
    with pytest.raises(KeyError, match="auc"):
        table2(performance[performance["metric"] != "auc"], study_models(), WEIGHTS)


def test_summary_says_what_was_chosen_and_found() -> None:
    tables = study_tables(_results(), study_models(interpreted="terms12"), WEIGHTS)
    summary = tables["summary"].set_index("quantity")
    assert summary["value"].to_dict() == {
        "chosen loss terms": "(1)+(2)+(4)",
        "interpreted loss terms": "(1)+(2)",  # label-free, and not among the subsets
        **{
            f"balanced accuracy %, {label}": "64.0 ± 2.0 out of fold, 64.0 ± 2.0 holdout"
            for label in study_models().labels.values()
        },
        "first canonical correlation, unseen people": "0.35 (p < .05 in 1 of 2 folds)",
        "called regions": "1",
        "called SNPs": "2",
        "first GO term": "dendrite (p 0.02)",
    }
    selected = summary.index[summary["note"] == "selected on these folds"]
    assert selected.tolist() == ["balanced accuracy %, CGNI (1)+(2)+(4)"]
    assert summary.loc["called regions", "note"] == "2 by the published SD rule"


def test_summary_of_a_simulated_study_compares_with_the_truth() -> None:
    rows = [("oracle", "SNP recall", 0.5), ("pipeline", "SNP recall", 1.0), ("cgni_terms1", "balanced accuracy", 0.6)]
    recovery = pd.DataFrame(rows, columns=["who", "quantity", "value"]).assign(n=2, note="of 2")
    recovery.loc[len(recovery)] = ["pipeline", "rank of T", float("nan"), 0, "not found"]
    summary = study_tables(_results(recovery), study_models(), WEIGHTS)["summary"]
    own = summary[summary["quantity"].str.contains(":")].set_index("quantity")["value"]
    assert own.to_dict() == {"oracle: SNP recall": "0.50", "pipeline: SNP recall": "1", "pipeline: rank of T": "–"}


def test_study_without_a_null_or_findings_has_all_tables() -> None:
    results = _results()
    nothing = StudyResults(**{**vars(results), "terms": results.terms.iloc[:0]})
    tables = study_tables(nothing, study_models(), WEIGHTS)
    assert list(tables) == [*(f"table{number}" for number in range(1, 6)), "rules", "attrition", "summary"]
    assert tables["table3"]["Null encoders, validation"].tolist() == ["–"]
    assert tables["attrition"]["stage"].tolist() == ["cohort", "imaging"]
    assert "none" in tables["summary"]["value"].tolist()


def test_table_files_repeat_and_carry_the_stamp(tmp_path: Path) -> None:
    table = table1(made_performance(), made_comparisons(), study_models())
    for folder, stamp in (("a", ""), ("b", ""), ("leaky", "LEAKY")):
        write_table_files(table, tmp_path / folder, "table1", {"rule": "make_tables"}, stamp)
    for kind in ("csv", "tex", "parquet"):
        assert (tmp_path / f"a/table1.{kind}").read_bytes() == (tmp_path / f"b/table1.{kind}").read_bytes()
    assert set(pd.read_csv(tmp_path / "leaky/table1.csv")["Caution"]) == {"LEAKY"}
