"""Sparse CCA of a study of two folds: who is fitted, one order and orientation, the tables."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.base.tables import write_table
from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.cohort.settings import PeopleSettings
from cgni.scca import schemas
from cgni.scca.fold import FoldEmbeddings, read_folds, restore_fit
from cgni.scca.inference import PairingTest
from cgni.scca.settings import SccaSettings
from cgni.scca.study import align, fit_chosen, fit_study
from cgni.scca.tables import correlation_table, scca_tables, variate_table, weight_table
from tests.unit.scca.planted import planted_study

_SETTINGS = SccaSettings(
    components=(1, 2),
    choose="largest_sum",
    penalties=(0.3,),
    fit_on="monitor",
    inner_folds=2,
    max_iterations=50,
    l1_ratio=0.5,
    permutations=199,
)
_PEOPLE = PeopleSettings(fit_on="fit", encoders_on="labelled")


@pytest.fixture(scope="module")
def study() -> tuple[list[FoldEmbeddings], pd.DataFrame]:
    """The people of two folds, the second's embeddings mirrored, and the participants."""
    embeddings, participants, splits = planted_study()
    return read_folds(embeddings, participants, splits, _PEOPLE), participants


_KINDS = {
    "fit low": ("fit", 0),
    "fit none": ("fit", -1),
    "monitor": ("monitor", 1),
    "validation": ("validation", -1),
    "holdout": ("holdout", -1),
}


@pytest.mark.parametrize(
    ("fit_on", "expected"),
    [("monitor", "monitor"), ("training", "fit low, fit none, monitor"), ("unseen", "fit none, monitor")],
)
def test_sparse_cca_is_fitted_on_the_people_that_its_option_names(fit_on: str, expected: str) -> None:
    part, group = (np.array(values) for values in zip(*_KINDS.values(), strict=True))
    ids, views = pd.Index(list(_KINDS)), {view: np.zeros((5, 2)) for view in VIEWS}
    seen = ids == "fit low"
    fold = FoldEmbeddings(ids, part, np.full(5, np.nan), group, ids.to_numpy(), seen, views)
    assert ", ".join(fold.ids[fold.fitted_rows(fit_on)]) == expected


@pytest.mark.parametrize(
    ("fit_on", "encoders_on", "expected"),
    [
        ("fit", "labelled", ["fit low"]),
        ("fit", "everybody", ["fit low", "fit none"]),
        ("training", "labelled", ["fit low", "monitor"]),
    ],
)
def test_who_taught_the_encoders_follows_the_options(fit_on: str, encoders_on: str, expected: list[str]) -> None:
    part, group = zip(*_KINDS.values(), strict=True)
    ids = list(_KINDS)
    embeddings = pd.DataFrame({"participant_id": ids, "imaging_0": 0.0, "genetics_0": 0.0})
    participants = pd.DataFrame({"participant_id": ids, "family": ids, "outcome": 5.0})
    participants["outcome_group"] = pd.array([code if code >= 0 else pd.NA for code in group], "Int8")
    splits = pd.DataFrame({"participant_id": ids, "role": "development", "fold": 1, "monitor_0": False})
    splits.loc[splits["participant_id"] == "holdout", ["role", "fold"]] = ["holdout", -1]
    splits.loc[splits["participant_id"] == "validation", "fold"] = 0
    splits.loc[splits["participant_id"] == "monitor", "monitor_0"] = True
    options = PeopleSettings(fit_on=fit_on, encoders_on=encoders_on)
    fold = FoldEmbeddings.of(embeddings, participants, splits, 0, options)
    assert dict(zip(fold.ids, fold.part, strict=True)) == dict(zip(ids, part, strict=True))
    assert sorted(fold.ids[fold.seen]) == expected
    assert set(fold.ids[fold.unseen()]) == set(ids) - set(expected) - {"holdout"}


def test_people_are_read_with_the_embeddings_of_their_fold() -> None:
    embeddings, participants, splits = planted_study()
    folds = read_folds(embeddings.iloc[::-1], participants, splits, _PEOPLE)
    second = embeddings[embeddings["fold"] == 1].set_index("participant_id").sort_index()
    assert folds[1].ids.equals(second.index)
    assert np.array_equal(folds[1].views[GENETICS][:, 3], second["genetics_3"])
    assert folds[1].views[IMAGING].shape == (600, 8)
    unknown = participants.set_index("participant_id").loc[folds[1].ids, "outcome_group"].isna()
    assert ((folds[1].outcome_group == -1) == unknown.to_numpy()).all()


def test_one_component_count_serves_all_folds_and_the_best_penalties_each(study) -> None:
    settings = dataclasses.replace(_SETTINGS, penalties=(0.1, 0.6))
    grid = fit_study(study[0], settings, 0).grid
    assert len(grid) == 2 * 4 * 2
    chosen = grid[grid["chosen"]]
    assert chosen["fold"].tolist() == [0, 1] and chosen["components"].nunique() == 1
    same = grid[grid["components"] == chosen["components"].iloc[0]]
    best = same[same["alive"] >= same["components"]].groupby("fold")["score"].max()
    assert chosen["score"].tolist() == best.tolist()


def test_components_of_all_folds_point_the_same_way(study) -> None:
    first, second = fit_study(study[0], _SETTINGS, 0).folds
    score = first.people.outcome
    for view in VIEWS:
        a, b = (fold.variates()[view][:, 0] for fold in (first, second))
        assert np.corrcoef(a, b)[0, 1] > 0.8
        assert np.corrcoef(a, score)[0, 1] > 0 and np.corrcoef(b, score)[0, 1] > 0


def test_penalties_that_kill_every_weight_are_an_error(study) -> None:
    with pytest.raises(InputError, match="all weights are zero in 2 of 2 folds"):
        fit_study(study[0], dataclasses.replace(_SETTINGS, penalties=(1.5,)), 0)


def test_folds_without_components_are_carried_along(study) -> None:
    chosen = fit_study(study[0], _SETTINGS, 0).grid.query("chosen").copy()
    chosen.loc[chosen["fold"] == 1, ["penalty_imaging", "penalty_genetics"]] = 1.5
    first, second = align(fit_chosen(study[0], chosen, _SETTINGS))
    assert first.fit.components == chosen["components"].iloc[0] and second.fit.components == 0
    assert align([]) == []


def test_a_fit_comes_back_from_its_table(study) -> None:
    fitted = fit_study(study[0], _SETTINGS, 0)
    weights = weight_table(fitted, _SETTINGS, 0)
    for number, fold in enumerate(fitted.folds):
        again = restore_fit(fold.people, weights[weights["fold"] == number])
        for view in VIEWS:
            assert np.array_equal(again.variates()[view], fold.variates()[view])
        assert (again.fit.numbers == fold.fit.numbers).all() and (again.fit.converged == fold.fit.converged).all()
    assert weights["stability"].between(0, 1).all()
    strongest = weights["weight"].abs().groupby([weights["fold"], weights["view"], weights["component"]]).idxmax()
    assert (weights.loc[strongest, "stability"] >= 0.5).all()
    # imaging first, as in `VIEWS`: readers of the table rely on one order
    assert weights["view"].unique().tolist() == ["imaging", "genetics"]


def test_variates_stand_beside_their_people(study) -> None:
    fitted = fit_study(study[0], _SETTINGS, 0)
    table = variate_table(fitted.folds)
    own = table[(table["fold"] == 1) & (table["component"] == 1)]
    people = fitted.folds[1].people
    assert own["participant_id"].tolist() == people.ids.tolist()
    weights, scaling = fitted.folds[1].fit.weights[GENETICS][:, 0], fitted.folds[1].scalings[GENETICS]
    assert np.allclose(own["genetics"], (people.views[GENETICS] - scaling.mean) / scaling.sd @ weights)
    assert (own["outcome_group"].isna().to_numpy() == (people.outcome_group == -1)).all()


def test_correlations_of_unseen_people_are_tested_and_shuffled_ones_vanish(study) -> None:
    folds, participants = study
    table = correlation_table(fit_study(folds, _SETTINGS, 0).folds, PairingTest(participants, 10, 199), 0)
    first = table[table["component"] == 1]
    unseen = first[(first["split"] == "validation") & (first["group"] == "all")]
    true, shuffled = (unseen.loc[unseen["pairing"] == kind, "r"].mean() for kind in ("true", "shuffled"))
    assert true > 0.4 and abs(shuffled) < 0.05
    assert table["p"].notna().sum() == 2 * table["component"].nunique() and unseen["p"].dropna().max() < 0.05
    assert (table["partial_r"].notna() == table["p"].notna()).all()
    tested = unseen.dropna(subset="p")
    # confounds are drawn apart from the factor, and 60 people lose six residuals to them
    assert (tested["partial_r"] - tested["r"]).abs().max() < 0.15
    sizes = first[(first["fold"] == 0) & (first["pairing"] == "true") & (first["group"] == "all")]
    assert sizes["n"].sum() == 600


def test_a_fit_is_oriented_by_people_whom_its_encoders_have_not_seen(study) -> None:
    fitted = fit_study(study[0], _SETTINGS, 0).folds[:1]
    people = fitted[0].people
    assert people.seen.any() and (people.training() & people.unseen()).any()
    # in the people seen alone, imaging is mirrored and WM as well: neither may turn the fit
    mirrored = dict(people.views)
    mirrored[IMAGING] = np.where(people.seen[:, None], -people.views[IMAGING], people.views[IMAGING])
    score = np.where(people.seen, -people.outcome, people.outcome)
    changed = dataclasses.replace(fitted[0], people=dataclasses.replace(people, views=mirrored, outcome=score))
    for view in VIEWS:
        assert (align([changed])[0].fit.weights[view] == fitted[0].fit.weights[view]).all()


def test_where_encoders_saw_all_training_people_these_orient_the_fit(study) -> None:
    fitted = fit_study(study[0], _SETTINGS, 0).folds[0]
    people = dataclasses.replace(fitted.people, seen=fitted.people.training())
    (turned,) = align([dataclasses.replace(fitted, people=people)])
    assert np.isfinite(turned.fit.weights[IMAGING]).all() and turned.fit.components == fitted.fit.components


def test_groups_of_fewer_than_three_people_have_no_correlation(study) -> None:
    folds, participants = study
    fitted = fit_study(folds, _SETTINGS, 0).folds[:1]
    part = np.full(600, "validation", object)
    part[:2] = "monitor"
    changed = dataclasses.replace(fitted[0], people=dataclasses.replace(fitted[0].people, part=part))
    table = correlation_table([changed], PairingTest(participants, 10, 99), 0)
    few = table[(table["split"] == "monitor") & (table["group"] == "all")]
    assert (few["n"] == 2).all() and few["r"].isna().all()


def test_tables_fit_their_schemas_and_label_free_encoders_stand_beside(study, tmp_path) -> None:
    folds, participants = study
    found = scca_tables(folds, folds[::-1], PairingTest(participants, 10, 199), _SETTINGS, 0)
    for name in ("grid", "weights", "variates", "correlations", "components"):
        write_table(getattr(found, name), tmp_path / f"{name}.parquet", getattr(schemas, name.upper()), {})
    sizes = found.correlations["encoders"].value_counts()
    assert sizes["chosen"] == sizes["label_free"] and found.grid["chosen"].sum() == 2


def test_folds_are_matched_where_encoders_have_seen_everybody() -> None:
    """Nobody is unseen by two folds then (`people.fit_on: training`); the mirrored fold is turned all the same."""
    embeddings, participants, splits = planted_study()
    everybody = PeopleSettings(fit_on="training", encoders_on="everybody")
    folds = read_folds(embeddings, participants, splits, everybody)
    assert not folds[0].ids[folds[0].unseen()].intersection(folds[1].ids[folds[1].unseen()]).size
    aligned = fit_study(folds, _SETTINGS.changed(fit_on="training"), 0).folds
    first, second = (fold.variates()[IMAGING][:, 0] for fold in aligned)
    assert np.corrcoef(first, second)[0, 1] > 0.8
