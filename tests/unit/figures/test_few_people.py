"""Numbers of too few people: how many people there are stands in their place, in every table and on the page."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from cgni.figures import results
from cgni.figures.brain_age_table import brain_age_table
from cgni.figures.cells import FEWEST_OF_GROUP, FEWEST_PEOPLE, Scores, few
from cgni.figures.claim_tables import directions_table
from cgni.figures.classification_tables import table1, table2
from cgni.figures.component_tables import table3, table3_folds
from cgni.figures.numbers import Numbers, component_numbers, score_numbers
from cgni.figures.score_tables import calibration_table, confound_shares_table, increments_table, strata_table
from tests.unit.figures.made_results import (
    LABELS,
    PALETTE,
    RSIDS,
    WEIGHTS,
    made_brain_age,
    made_calibration,
    made_comparisons,
    made_components,
    made_confound_shares,
    made_correlations,
    made_directions,
    made_increments,
    made_performance,
    made_strata,
    study_models,
)

_HOLDOUT_OF_3 = {"tp": 2, "fn": 0, "tn": 1, "fp": 0, "matched_people": 2}


def _performance(**counts: int) -> pd.DataFrame:
    """The hand-made scores, of a holdout of few people."""
    table = made_performance()
    chosen = (table["split"] == "holdout") & table["metric"].isin(counts)
    table.loc[chosen, "value"] = table.loc[chosen, "metric"].map(counts)
    return table


@pytest.mark.parametrize(
    ("people", "group", "words"),
    [
        (3, 1, "n = 3"),
        (FEWEST_PEOPLE - 1, None, "n = 9"),
        (FEWEST_PEOPLE, None, ""),
        (FEWEST_PEOPLE, FEWEST_OF_GROUP, ""),
        (40, FEWEST_OF_GROUP - 1, "n = 40, 4 in a group"),
    ],
)
def test_the_bounds_are_those_that_the_page_names(people: int, group: int | None, words: str) -> None:
    assert few(people, group) == words


def test_scores_of_a_holdout_of_three_are_its_number() -> None:
    performance, models = _performance(**_HOLDOUT_OF_3), study_models()
    scores = Scores(performance)
    assert scores.main("confounds", "holdout") == scores.second("confounds", "holdout") == "n = 3"
    assert scores.main("confounds", "holdout", "_matched") == "n = 2"
    assert scores.over_folds("confounds", "holdout") == "n = 3 a fold"
    assert scores.main("confounds", "validation") == "64.0 [60.0, 68.0]"
    first = table1(performance, made_comparisons(), made_increments(), models)
    own = [name for name in first if "holdout" in name and not name.startswith(("Published", "TP/FN"))]
    assert len(own) == 6 and first[own].isin(["n = 3", "n = 2", "–"]).all(axis=None)
    cnn = first.set_index("Model").loc["Imaging CNN"]
    assert cnn["p (Holm), holdout"] == "n = 3" and cnn["p (Holm), out of fold"] == "0.24"
    assert set(table2(performance, models, WEIGHTS)["Holdout, mean ± SD over fold models"]) == {"n = 3 a fold"}
    gains = increments_table(made_increments(), performance, models)
    gains = gains.filter(regex="^(Gain|AUC).*holdout")
    assert gains.shape[1] == 3 and gains.isin(["n = 3"]).all(axis=None)


def test_a_score_without_enough_people_of_a_group_is_not_shown_or_called_selected() -> None:
    performance = made_performance()
    chosen = performance["metric"].isin(["tn", "fp"])
    scores = Scores(performance.assign(value=performance["value"].mask(chosen, 2)))
    assert scores.main("cgni_terms1", "validation") == "n = 25, 4 in a group"


def test_other_tables_of_few_people() -> None:
    models, performance = study_models(), made_performance()
    brain_age = brain_age_table(made_brain_age().assign(people=4)).iloc[0]
    assert brain_age["r"] == "n = 4" and brain_age["MAE (years, mean ± SD over folds)"] == "n = 4"
    shares = confound_shares_table(made_confound_shares().assign(people=9), models)
    assert shares[["age", "sex"]].isin(["n = 9"]).all(axis=None)
    judged = calibration_table(made_calibration().assign(people=3), models)
    assert set(judged["Brier score"]) == set(judged["Calibrated"]) == {"n = 3"}
    strata = strata_table(made_strata().assign(people_high=2), performance, models)
    alike = strata.loc[strata["Stratum"] == "largest", "AUC [95 % interval], holdout"]
    assert set(alike) == {"n = 90, 2 in a group"}
    directions = directions_table(made_directions().assign(n=7), RSIDS, "working memory")
    assert directions["Partial r [95 % interval], out of fold"].isin(["n = 7"]).all()


def test_correlations_of_few_people() -> None:
    components, correlations = made_components().assign(n=3), made_correlations().assign(n=4)
    row = table3(components, correlations).iloc[0].to_dict()
    shown = [value for name, value in row.items() if name.startswith(("r,", "Partial r, h", "p of the partial"))]
    assert shown == ["n = 3"] * 3
    assert row["Partial r out of fold, mean over folds"] == "n = 4"
    assert row["p of the whole analysis (pairing shuffled before the encoders)"] == "n = 4"
    null = pd.DataFrame({"replicate": [0], "component": [1], "fold": [0], "r": [0.1], "n": 4})
    folds = table3_folds(correlations, null, components, ("low", "high")).iloc[0]
    assert folds["Validation"] == folds["Null encoders, validation"] == folds["Validation, partial r"] == "n = 4 a fold"
    numbers = Numbers(component_numbers(components))
    assert numbers["component.1.r"].shown == "n = 3" and pd.isna(numbers["component.1.partial_r"].p)


def test_the_numbers_of_a_small_study() -> None:
    performance, models = _performance(**_HOLDOUT_OF_3), study_models()
    numbers = Numbers(score_numbers(performance, made_comparisons(), made_increments(), models))
    for key in ("score.proposed", "second.images", "score.confounds", "gain", "difference"):
        assert numbers[f"{key}.holdout"].shown == "n = 3" and pd.isna(numbers[f"{key}.holdout"].value), key
    assert numbers["matched.proposed.holdout"].shown == "n = 2"
    assert numbers["score.confounds.validation"].shown == "64.0 % [60.0, 68.0]"


def test_the_figure_draws_no_score_of_a_holdout_of_three() -> None:
    figure = results.performance(_performance(**_HOLDOUT_OF_3), list(LABELS), LABELS, PALETTE)
    holdout, validation = figure.axes[:2]
    assert [text.get_text() for text in holdout.texts] == ["n = 3"] * len(LABELS) and not validation.texts
    assert len(holdout.containers) == 0 and len(validation.containers) == len(LABELS)
    plt.close(figure)
