"""Tables 1 and 2, the summary, and all tables of a study from hand-made results."""

import dataclasses
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cgni.cohort.settings import OutcomeSettings
from cgni.contrastive.terms import TERMS
from cgni.figures.classification_tables import table1, table2
from cgni.figures.study_tables import StudyResults, study_tables
from cgni.figures.table_files import write_table_files
from tests.unit.figures.made_results import (
    LABELS,
    RSIDS,
    WEIGHTS,
    by_published_rule,
    declared_tables,
    made_blocks,
    made_brain_age,
    made_calibration,
    made_comparisons,
    made_components,
    made_confound_shares,
    made_contributions,
    made_correlations,
    made_credible,
    made_directions,
    made_increments,
    made_performance,
    made_published,
    made_strata,
    nothing_gated,
    study_models,
)


def _terms(*p_family: float) -> pd.DataFrame:
    """Terms of all components, with these family-wise p; and one of component 1, which the first page leaves out."""
    rows = [(-1, True, f"term {number}", 0.02, p, 40) for number, p in enumerate(p_family)]
    rows.append((1, True, "of a component", 1e-9, 0.001, 40))
    return pd.DataFrame(rows, columns=["component", "primary", "term", "p", "p_family", "draws"])


def _results(**changed: Any) -> StudyResults:
    attrition = pd.DataFrame({"stage": ["cohort"], "left": [10]})
    results: dict[str, Any] = {
        "performance": made_performance(),
        "comparisons": made_comparisons(),
        "increments": made_increments(),
        "strata": made_strata(),
        "probabilities": made_calibration(),
        "correlations": made_correlations(),
        "components": made_components(),
        "contributions": made_contributions(),
        "calibration": pd.DataFrame(columns=["view", "quantity", "value", "expected"]),
        "directions": made_directions(),
        "blocks": made_blocks(),
        "credible": made_credible(),
        "published": made_published(),
        "snp_genes": pd.DataFrame({"variant_id": ["1:5:A:G", "1:9:A:G"], "gene_id": "E1", "symbol": "MAPT"}),
        "variants": RSIDS.rename_axis("variant_id").rename("rsid").reset_index(),
        "terms": _terms(0.3, 0.04),
        "confound_shares": made_confound_shares(),
        "brain_age": made_brain_age(),
        "null_correlations": [],
        "attrition": [attrition, attrition.assign(stage="imaging")],
        "recovery": None,
    }
    return StudyResults(**{**results, **changed})


def _summary(**changed: Any) -> pd.DataFrame:
    return study_tables(_results(**changed), study_models(), WEIGHTS, OutcomeSettings())["summary"].set_index(
        "quantity"
    )


def test_table1_prints_percent_and_the_published_row() -> None:
    table = table1(made_performance(), made_comparisons(), made_increments(), study_models()).set_index("Model")
    own, holdout = table.loc["CGNI (1)+(2)+(4)"], "holdout, fold models averaged"
    assert own["Validation, mean ± SD over fold models"] == "65.00 ± 5.00"
    assert own[f"Balanced accuracy % [95 % interval], {holdout}"] == "64.0 [60.0, 68.0]"
    assert own["Age- and sex-matched % [95 % interval], out of fold"] == "61.0 [55.0, 67.0] (selected)"
    assert own[f"AUC [95 % interval], {holdout}"] == "0.700 [0.660, 0.740]"
    assert own[f"AUC beyond confounds [95 % interval], {holdout}"] == "+0.050 [+0.010, +0.090]"
    assert own[f"TP/FN/TN/FP, {holdout}"] == "10 / 11 / 12 / 13" and own[f"Proposed minus this, {holdout}"] == "–"
    assert table.loc["Imaging CNN", f"Proposed minus this, {holdout}"] == "+2.0 [-1.0, +5.0]"
    assert table.loc["Imaging CNN", "p (Holm), out of fold"] == "0.24"  # of the swap test
    linear = table.loc["CGNI (1), linear genetic encoder"]
    assert linear[f"AUC beyond confounds [95 % interval], {holdout}"] == "–"
    assert own["Published (train / validation / holdout)"] == "91.37 ± 0.30 / 90.39 ± 0.11 / 88.91 ± 0.66"
    assert table.loc["Confounds only", "Published (train / validation / holdout)"] == "–"


def test_table1_leads_with_the_holdout_and_marks_selected_scores() -> None:
    table = table1(made_performance(), made_comparisons(), made_increments(), study_models()).set_index("Model")
    assert table.columns[0] == "Balanced accuracy % [95 % interval], holdout, fold models averaged"
    own, cnn = table.loc["CGNI (1)+(2)+(4)"], table.loc["Imaging CNN"]
    marked = [column for column in table.columns if "(selected)" in own[column]]
    scores = ("Balanced accuracy %", "AUC", "AUC beyond confounds", "Age- and sex-matched %")
    assert marked == [f"{score} [95 % interval], out of fold" for score in scores]
    assert not cnn.str.contains("selected").any()


def test_table1_leaves_out_the_proposed_models_of_other_subsets_alone() -> None:
    own, others = "CGNI (1)", ["CGNI (1), linear genetic encoder", "Imaging CNN", "Confounds only"]
    table = table1(made_performance(), made_comparisons(), made_increments(), study_models(chosen="terms1"))
    assert table["Model"].tolist() == [own, *others]


def test_table2_shows_weights_and_marks_the_holdout_descriptive() -> None:
    table = table2(made_performance(), study_models(), WEIGHTS)
    assert list(table.columns[:4]) == ["(1) λ", "(2) σ", "(3) γ", "(4) θ"]
    assert table.columns[len(TERMS)] == "Train"
    assert table["(1) λ"].tolist() == ["1", "0.7"] and table["(3) γ"].tolist() == ["", ""]
    assert table["(2) σ"].tolist() == ["", "0.3"] and table["(4) θ"].tolist() == ["", "0.6"]  # the search's
    assert table["Published holdout"].tolist() == ["88.31 ± 0.31", "88.91 ± 0.66"]
    assert "Holdout (descriptive)" in table and table["Chosen"].tolist() == ["", "yes"]
    assert table["Validation"].tolist() == ["65.00 ± 5.00 (selected)"] * 2


def test_a_score_that_is_not_there_is_an_error() -> None:
    performance = made_performance()
    with pytest.raises(KeyError, match="auc"):
        table2(performance[performance["metric"] != "auc"], study_models(), WEIGHTS)


def test_summary_says_what_was_chosen_and_found() -> None:
    tables = study_tables(_results(), study_models(interpreted="terms12"), WEIGHTS, OutcomeSettings())
    summary = tables["summary"].set_index("quantity")
    selected = {"CGNI (1)", "CGNI (1)+(2)+(4)"}
    assert summary["value"].to_dict() == {
        "chosen loss terms": "(1)+(2)+(4)",
        "interpreted loss terms": "(1)+(2)",  # label-free, and not among the subsets
        "gain in AUC of the proposed over the confounds": (
            "+0.050 [+0.010, +0.090] holdout, +0.050 [+0.010, +0.090] out of fold (selected)"
        ),
        "proposed minus Imaging CNN": (
            "+2.0 [-1.0, +5.0] holdout (p 0.24), +2.0 [-1.0, +5.0] out of fold (p 0.24) (selected)"
        ),
        **{
            f"balanced accuracy %, {label}": "64.0 ± 2.0 holdout, 64.0 ± 2.0 out of fold"
            + (" (selected)" if label in selected else "")
            for label in LABELS.values()
        },
        "significant components": "1 of 1",
        "component 1, holdout": "r 0.43, partial r 0.41 (p 0.002), n 300",
        "claims (LD blocks called)": "1",
        "called regions": "1",
        "called SNPs": "2",
        "GO terms beyond the null": "term 1 (family-wise p 0.04 of 40 draws)",
    }
    # what was found comes before the list of models
    assert summary.index.get_loc("GO terms beyond the null") < summary.index.get_loc("balanced accuracy %, CGNI (1)")
    assert summary.loc["called regions", "note"] == "2 by the published SD rule"
    assert summary.loc["claims (LD blocks called)", "note"] == "of 2"
    assert summary.loc["component 1, holdout", "note"] == "partial r out of fold 0.30; p of the whole analysis 0.016"


def test_table_1_leaves_out_the_subsets_that_were_not_chosen_and_their_twins() -> None:
    own = study_models()
    twins = {"cgni_terms1_cleaned": "terms1", "cgni_terms124_cleaned": "terms124"}
    models = dataclasses.replace(own, models=[*own.models, *twins], encoders_of={**own.encoders_of, **twins})
    assert models.compared == [name for name in [*LABELS, "cgni_terms124_cleaned"] if name != "cgni_terms1"]


def test_summary_without_the_imaging_model_has_no_row_against_it() -> None:
    comparisons = made_comparisons().assign(other="confounds")
    assert not _summary(comparisons=comparisons).index.str.startswith("proposed minus").any()


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (_terms(0.3, 0.051), "none beyond the null (smallest family-wise p 0.051 of 40 draws)"),
        (_terms(float("nan"), float("nan")), "not judged: no draws of the null"),
        (_terms(), "none: no term has a gene of a called SNP"),
    ],
)
def test_a_go_term_is_named_only_where_the_null_lacks_it(terms: pd.DataFrame, words: str) -> None:
    assert _summary(terms=terms).loc["GO terms beyond the null", "value"] == words


def test_summary_of_a_simulated_study_compares_with_the_truth() -> None:
    rows = [("oracle", "SNP recall", 0.5), ("pipeline", "SNP recall", 1.0), ("cgni_terms1", "balanced accuracy", 0.6)]
    rows.append(("claims", "block precision", 0.9))
    recovery = pd.DataFrame(rows, columns=["who", "quantity", "value"]).assign(n=2, note="of 2")
    recovery.loc[len(recovery)] = ["pipeline", "rank of T", float("nan"), 0, "not found"]
    summary = _summary(recovery=recovery)["value"]
    assert summary[summary.index.str.contains(":")].to_dict() == {
        "oracle: SNP recall": "0.50",
        "pipeline: SNP recall": "1",
        "claims: block precision": "0.90",
        "pipeline: rank of T": "–",
    }


def test_the_tables_are_those_that_the_rule_declares() -> None:
    tables = study_tables(_results(), study_models(), WEIGHTS, OutcomeSettings())
    assert set(tables) == declared_tables()
    assert all(len(table) for table in tables.values())
    assert tables["attrition"]["stage"].tolist() == ["cohort", "imaging"]


def test_snps_without_rs_numbers_go_by_their_ids() -> None:
    """As of a plain eQTL table without a SNP table: the column is there, and empty."""
    known = _results()
    tables = study_tables(
        _results(variants=known.variants.assign(rsid=None)), study_models(), WEIGHTS, OutcomeSettings()
    )
    assert tables["claims"]["Lead SNP"].tolist() == ["1:5:A:G"]
    assert tables["table4"]["SNPs (* of several genes)"].tolist() == ["1:5:A:G, 1:9:A:G"]
    assert "minor allele of 1:5:A:G" in tables["directions"]["Of"].tolist()


def _nothing(**changed: Any) -> StudyResults:
    """No component is significant: no block is looked at, no direction but the variates', no term."""
    directions = made_directions()
    empty = {"blocks": made_blocks().iloc[:0], "credible": made_credible().iloc[:0], "terms": _terms().iloc[:0]}
    facts = {"components": made_components(False, False), "contributions": nothing_gated(), **empty}
    return _results(directions=directions[directions["kind"] == "variate_outcome"], **{**facts, **changed})


def test_a_study_without_a_significant_component_says_so_everywhere(tmp_path: Path) -> None:
    tables = study_tables(_nothing(), study_models(), WEIGHTS, OutcomeSettings())
    words = "no component is significant: nothing is called"
    assert tables["table4"]["Gene"].tolist() == [words] and tables["table5"]["Region"].tolist() == [words]
    assert tables["claims"]["LD block"].tolist() == ["no component is significant: no LD block is called"]
    full = study_tables(_results(), study_models(), WEIGHTS, OutcomeSettings())
    for name, table in tables.items():
        assert table.columns.equals(full[name].columns), name
        write_table_files(table, tmp_path, name, {"rule": "make_tables"}, "LEAKY")
        assert "LEAKY" in (tmp_path / f"{name}.csv").read_text(), name
    summary = tables["summary"].set_index("quantity")["value"]
    assert summary["significant components"] == "0 of 2" and summary["claims (LD blocks called)"] == "0"
    assert "component 1, holdout" in summary.index  # the one with the smallest p is still shown
    assert summary["GO terms beyond the null"] == "not looked for: no SNP is called"


def test_a_study_by_the_published_rule_without_a_null_has_all_tables() -> None:
    unjudged = made_components(False).assign(p_pipeline=float("nan"), replicates=0)
    calls = {"components": unjudged, "contributions": by_published_rule(), "terms": _terms(float("nan"))}
    tables = study_tables(_nothing(**calls), study_models(), WEIGHTS, OutcomeSettings())
    assert tables["table4"]["Component"].tolist() == ["1 (not significant)"]
    assert tables["table5"]["Region"].tolist() == ["Insula L", "Insula R"]
    assert tables["table3_folds"]["Null encoders, validation"].tolist() == ["–"]
    summary = tables["summary"].set_index("quantity")["value"]
    assert summary["called SNPs"] == "1" and summary["GO terms beyond the null"] == "not judged: no draws of the null"


def test_table_files_repeat_and_carry_the_stamp(tmp_path: Path) -> None:
    table = table1(made_performance(), made_comparisons(), made_increments(), study_models())
    for folder, stamp in (("a", ""), ("b", ""), ("leaky", "LEAKY")):
        write_table_files(table, tmp_path / folder / "tables", "table1", {"rule": "make_tables"}, stamp)
    for kind in ("csv", "tex", "parquet"):
        assert (tmp_path / f"a/tables/table1.{kind}").read_bytes() == (
            tmp_path / f"b/tables/table1.{kind}"
        ).read_bytes()
    assert set(pd.read_csv(tmp_path / "leaky/tables/table1.csv")["Caution"]) == {"LEAKY"}
