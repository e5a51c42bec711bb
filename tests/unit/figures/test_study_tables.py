"""Tables 1 and 2, the summary, and all tables of a study from hand-made results."""

import dataclasses
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cgni.cohort.settings import OutcomeSettings
from cgni.contrastive.terms import TERMS
from cgni.figures.classification_tables import publication_table, table1, table2
from cgni.figures.cohort_table import cohort_table
from cgni.figures.layouts import DETAILS, LAYOUTS, MOST_COLUMNS
from cgni.figures.study_models import StudyModels
from cgni.figures.study_tables import StudyResults, study_tables
from cgni.figures.table_files import write_table_files
from tests.unit.figures.made_results import (
    LABELS,
    VARIANTS,
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
    made_participants,
    made_performance,
    made_published,
    made_splits,
    made_strata,
    nothing_gated,
    study_models,
)


def _terms(*p_family: float) -> pd.DataFrame:
    """Terms of all components, with these family-wise p; and one of component 1, which the first page leaves out."""
    rows = [(-1, True, f"term {number}", 0.02, p, 40) for number, p in enumerate(p_family)]
    rows.append((1, True, "of a component", 1e-9, 0.001, 40))
    return pd.DataFrame(rows, columns=["component", "primary", "term", "p", "p_family", "draws"])


def made_study(**changed: Any) -> StudyResults:
    """Hand-made results of every stage."""
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
        "variants": VARIANTS,
        "participants": made_participants(),
        "splits": made_splits(),
        "terms": _terms(0.3, 0.04),
        "confound_shares": made_confound_shares(),
        "brain_age": made_brain_age(),
        "null_correlations": [],
        "attrition": [attrition, attrition.assign(stage="imaging")],
        "recovery": None,
    }
    return StudyResults(**{**results, **changed})


def _summary(models: StudyModels | None = None, **changed: Any) -> dict[str, str]:
    """The sentences of each part, one after the other."""
    tables = study_tables(made_study(**changed), models or study_models(), WEIGHTS, OutcomeSettings())
    parts: dict[str, str] = tables["summary"].groupby("part", sort=False)["sentence"].agg(" ".join).to_dict()
    return parts


def test_table1_prints_percent_and_the_published_row() -> None:
    table = table1(made_performance(), made_comparisons(), made_increments(), study_models()).set_index("Model")
    own, holdout = table.loc["CGNI (1)+(2)+(4)"], "holdout"
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


def test_table1_leads_with_the_holdout_and_marks_selected_scores() -> None:
    table = table1(made_performance(), made_comparisons(), made_increments(), study_models()).set_index("Model")
    assert table.columns[0] == "Balanced accuracy % [95 % interval], holdout"
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
    assert table.columns[len(TERMS)] == "Chosen" and table["Chosen"].tolist() == ["", "yes"]
    assert table["(1) λ"].tolist() == ["1", "0.7"] and table["(3) γ"].tolist() == ["", ""]
    assert table["(2) σ"].tolist() == ["", "0.3"] and table["(4) θ"].tolist() == ["", "0.6"]  # the search's
    assert "Balanced accuracy % [95 % interval], holdout (descriptive)" in table
    assert table["Validation, mean ± SD over fold models"].tolist() == ["65.00 ± 5.00 (selected)"] * 2


def test_published_numbers_stand_in_a_block_of_their_own() -> None:
    table = publication_table(study_models(), made_components(True, False)).set_index(["Table", "Row"])
    assert table.loc[("1", "CGNI (1)+(2)+(4)")].tolist() == ["91.37 ± 0.30", "90.39 ± 0.11", "88.91 ± 0.66"]
    assert table.loc[("2", "(1)"), "Holdout"] == "88.31 ± 0.31"
    assert table.loc[("3", "component 2")].tolist() == [".67", ".65", ".54"]
    assert ("1", "Confounds only") not in table.index


def test_a_score_that_is_not_there_is_an_error() -> None:
    performance = made_performance()
    with pytest.raises(KeyError, match="auc"):
        table2(performance[performance["metric"] != "auc"], study_models(), WEIGHTS)


def test_the_first_page_says_in_sentences_what_was_found() -> None:
    told = _summary()
    assert list(told) == ["People", "Question", "Prediction", "Images and genes", "Where", "To distrust"]
    assert told["People"].startswith(
        "40 of 44 people have an image and genotypes: 15 low and 15 high in working memory, 10 in neither group."
    )
    assert (
        "In 46 people whom no model has seen, the proposed model (CGNI (1)+(2)+(4)) reaches a balanced accuracy of "
        "64.0 % [60.0, 68.0]." in told["Prediction"]
    )
    assert (
        "Images alone (Imaging CNN) reach 64.0 % [60.0, 68.0]; the proposed model minus these: +2.0 [-1.0, +5.0] "
        "points of balanced accuracy (p 0.24). Genetics adds nothing that these people can show." in told["Prediction"]
    )
    assert "gains +0.050 [+0.010, +0.090] in AUC: more than the confounds say." in told["Prediction"]
    assert told["Images and genes"].startswith("1 of 1 components relate images and genes in 300 people")
    assert "0.43 (without confounds 0.41, p 0.002)" in told["Images and genes"]
    assert "1 of 3 regions; 2 of 3 SNPs of 1 genes, in 1 blocks" in told["Where"]
    assert "1 GO terms go beyond the null, the strongest term 1 (family-wise p 0.04)." in told["Where"]
    assert "Out of fold the proposed model reaches 64.0 % [60.0, 68.0]: loss terms" in told["To distrust"]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.001, 0.05, "Genetics adds to the images."),
        (-0.05, -0.001, "Genetics makes it worse."),
        (-0.01, 0.05, "Genetics adds nothing that these people can show."),
    ],
)
def test_what_genetics_adds_follows_its_interval(low: float, high: float, words: str) -> None:
    assert words in _summary(comparisons=made_comparisons().assign(low=low, high=high))["Prediction"]


def test_each_number_has_one_definition() -> None:
    tables = study_tables(made_study(), study_models(), WEIGHTS, OutcomeSettings())
    numbers = tables["numbers"].set_index("key")
    assert numbers.index.is_unique and (numbers["estimator"] != "").all()
    own = numbers.loc["score.proposed.holdout"]
    assert own["value"] == 0.64 and own["n"] == 46 and own["people"] == "holdout"
    assert own["estimator"].startswith("mean prediction of all fold models")
    # Table 1 shows the same number of the same people
    assert own["shown"].replace(" %", "") == tables["table1"].iloc[1].iloc[1]


def test_at_most_eight_columns_are_shown_and_none_is_lost() -> None:
    tables = study_tables(made_study(), study_models(), WEIGHTS, OutcomeSettings())
    behind = {name: tables[name + DETAILS] for name in tables if name + DETAILS in tables}
    assert set(behind) == {name for name, layout in LAYOUTS.items() if layout.columns}
    for name, whole in behind.items():
        shown = tables[name]
        assert 3 < shown.shape[1] <= MOST_COLUMNS < whole.shape[1] or whole.shape[1] == shown.shape[1], name
        assert shown.equals(whole[list(shown.columns)])


def test_the_cohort_is_told_by_group_and_part_without_small_numbers() -> None:
    table = cohort_table(made_participants(), made_splits(), ("low", "high")).set_index("With image and genotypes")
    assert table.loc["People"].tolist() == ["40", "15", "15", "32", "8"]
    assert table.loc["Outcome", "Group: low"] == "3.0 ± 0.0" and table.loc["Site a", "Everybody"] == "30 (75 %)"
    assert table.loc["Largest ancestry", "Everybody"] == "> 35"  # two of another one
    assert table.loc["Site b", "Group: high"] == "0 (0 %)" and table.loc["Women", "Holdout"] == "< 5"


def test_table_1_leaves_out_the_subsets_that_were_not_chosen_and_their_twins() -> None:
    own = study_models()
    twins = {"cgni_terms1_cleaned": "terms1", "cgni_terms124_cleaned": "terms124"}
    models = dataclasses.replace(own, models=[*own.models, *twins], encoders_of={**own.encoders_of, **twins})
    assert models.compared == [name for name in [*LABELS, "cgni_terms124_cleaned"] if name != "cgni_terms1"]


def test_without_the_imaging_model_nothing_is_held_against_it() -> None:
    own = study_models()
    models = dataclasses.replace(own, models=[name for name in own.models if name != "imaging_cnn"])
    assert (
        "Images alone" not in _summary(models, comparisons=made_comparisons().assign(other="confounds"))["Prediction"]
    )


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (_terms(0.3, 0.051), "No GO term goes beyond the null (smallest family-wise p 0.051)."),
        (_terms(float("nan"), float("nan")), "No gene set was looked for, or none can be judged."),
        (_terms(), "No gene set was looked for, or none can be judged."),
    ],
)
def test_a_go_term_is_named_only_where_the_null_lacks_it(terms: pd.DataFrame, words: str) -> None:
    assert words in _summary(terms=terms)["Where"]


def test_a_simulated_study_is_compared_with_the_truth() -> None:
    rows = [
        ("pipeline", "gene recall", "2 of 3 planted"),
        ("pipeline", "gene precision", "2 of 4 called; chance 0.10"),
        ("claims", "block recall", "1 of 3 planted"),
        ("claims", "block precision", "0 of 0 called; chance 0.10"),
    ]
    recovery = pd.DataFrame(rows, columns=["who", "quantity", "note"]).assign(value=0.5, n=2)
    assert _summary(recovery=recovery)["Planted truth"] == (
        "The cohort is simulated. Of what was planted the study found 2 of 3 genes, 1 of 3 LD blocks. "
        "Of what it called 2 of 4 genes are right."
    )


def test_the_tables_are_those_that_the_rule_declares() -> None:
    tables = study_tables(made_study(), study_models(), WEIGHTS, OutcomeSettings())
    assert set(tables) == declared_tables()
    assert all(len(table) for table in tables.values())
    assert tables["attrition"]["stage"].tolist() == ["cohort", "imaging"]


def test_snps_without_rs_numbers_go_by_their_ids() -> None:
    """As of a plain eQTL table without a SNP table: the column is there, and empty."""
    known = made_study()
    tables = study_tables(
        made_study(variants=known.variants.assign(rsid=None)), study_models(), WEIGHTS, OutcomeSettings()
    )
    assert tables["claims"]["Lead SNP"].tolist() == ["1:5:A:G"]
    assert tables["table4"].iloc[0, 2] == "1:5:A:G (A, 0.25), 1:9:A:G (G, 0.40)"
    assert "minor allele of 1:5:A:G" in tables["directions"]["Of"].tolist()


def _nothing(**changed: Any) -> StudyResults:
    """No component is significant: no block is looked at, no direction but the variates', no term."""
    directions = made_directions()
    empty = {"blocks": made_blocks().iloc[:0], "credible": made_credible().iloc[:0], "terms": _terms().iloc[:0]}
    facts = {"components": made_components(False, False), "contributions": nothing_gated(), **empty}
    return made_study(directions=directions[directions["kind"] == "variate_outcome"], **{**facts, **changed})


def test_a_study_without_a_significant_component_says_so_everywhere(tmp_path: Path) -> None:
    tables = study_tables(_nothing(), study_models(), WEIGHTS, OutcomeSettings())
    words = "no component is significant: nothing is called"
    assert tables["table4"]["Gene"].tolist() == [words] and tables["table5"]["Region"].tolist() == [words]
    assert tables["claims"]["LD block"].tolist() == ["no component is significant: no LD block is called"]
    full = study_tables(made_study(), study_models(), WEIGHTS, OutcomeSettings())
    for name, table in tables.items():
        assert table.columns.equals(full[name].columns), name
        write_table_files(table, tmp_path, name, {"rule": "make_tables"}, "LEAKY")
        assert "LEAKY" in (tmp_path / f"{name}.csv").read_text(), name
    told = " ".join(tables["summary"]["sentence"])
    assert "No component relates images and genes in people whom no model has seen (0 of 2)." in told
    assert "The nearest has a correlation of 0.43 (p 0.4)." in told  # the one with the smallest p is still shown
    assert "No region and no SNP is called." in told


def test_a_study_by_the_published_rule_without_a_null_has_all_tables() -> None:
    unjudged = made_components(False).assign(p_pipeline=float("nan"), replicates=0)
    calls = {"components": unjudged, "contributions": by_published_rule(), "terms": _terms(float("nan"))}
    tables = study_tables(_nothing(**calls), study_models(), WEIGHTS, OutcomeSettings())
    assert tables["table4"]["Component"].tolist() == ["1 (not significant)"]
    assert tables["table5"]["Region"].tolist() == ["Insula, left", "Insula, right"]
    assert tables["table3_folds"]["Null encoders, validation"].tolist() == ["–"]
    told = " ".join(tables["summary"]["sentence"])
    assert "1 of 3 SNPs" in told and "No gene set was looked for, or none can be judged." in told


def test_table_files_repeat_and_carry_the_stamp(tmp_path: Path) -> None:
    table = table1(made_performance(), made_comparisons(), made_increments(), study_models())
    for folder, stamp in (("a", ""), ("b", ""), ("leaky", "LEAKY")):
        write_table_files(table, tmp_path / folder / "tables", "table1", {"rule": "make_tables"}, stamp)
    for kind in ("csv", "tex", "parquet"):
        assert (tmp_path / f"a/tables/table1.{kind}").read_bytes() == (
            tmp_path / f"b/tables/table1.{kind}"
        ).read_bytes()
    assert set(pd.read_csv(tmp_path / "leaky/tables/table1.csv")["Caution"]) == {"LEAKY"}
