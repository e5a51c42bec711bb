"""Tables behind the accuracies from hand-made results."""

from cgni.figures.score_tables import calibration_table, confound_shares_table, increments_table, strata_table
from tests.unit.figures.made_results import (
    made_calibration,
    made_confound_shares,
    made_increments,
    made_performance,
    made_strata,
    study_models,
)

_OF_TABLE_1 = ["CGNI (1)+(2)+(4)", "CGNI (1), linear genetic encoder", "Imaging CNN", "Confounds only"]


def test_gains_over_the_confounds_have_intervals_and_lead_with_the_holdout() -> None:
    table = increments_table(made_increments(), made_performance(), study_models()).set_index("Model")
    assert table.index.tolist() == _OF_TABLE_1
    assert table.columns[0] == "Gain in AUC [95 % interval], holdout"
    assert table.loc["Imaging CNN", table.columns[0]] == "+0.050 [+0.010, +0.090]"
    assert table.loc["Imaging CNN", "AUC of the confounds alone, out of fold"] == "0.600"
    assert table.loc["CGNI (1)+(2)+(4)", "Gain in AUC [95 % interval], out of fold"].endswith("] (selected)")
    assert table.loc["CGNI (1), linear genetic encoder", table.columns[0]] == "–"  # could not be fitted


def test_strata_without_anybody_or_one_of_the_groups_have_dashes() -> None:
    table = strata_table(made_strata(), made_performance(), study_models())
    own = table[table["Model"] == "Imaging CNN"].set_index("Stratum")
    assert own.loc["largest", "Balanced accuracy % [95 % interval], holdout"] == "60.0 [50.0, 70.0]"
    assert own.loc["largest", "AUC [95 % interval], out of fold"] == "0.650 [0.550, 0.750]"
    assert own.loc["others", "People, holdout"] == "–" and own.loc["others", "People, out of fold"] == "9"
    assert own.loc["others", "AUC [95 % interval], out of fold"] == "–"


def test_probabilities_are_judged_in_both_groups_of_people() -> None:
    table = calibration_table(made_calibration(), study_models())
    own = table[table["Model"] == "Confounds only"].set_index("People")
    assert own["Calibrated"].to_dict() == {"holdout (90)": "yes", "out of fold (90)": "no"}
    assert own["Temperature"].tolist() == ["1.50"] * 2 and own["Brier score, scaled"].tolist() == ["0.220"] * 2


def test_confounds_are_columns() -> None:
    table = confound_shares_table(made_confound_shares(), study_models())
    assert table["Model"].tolist() == _OF_TABLE_1
    assert table[["age", "sex"]].iloc[0].tolist() == ["0.200", "0.010"]
