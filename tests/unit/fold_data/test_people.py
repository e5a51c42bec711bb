"""The people of a fold: their parts, their values, who fits and who watches, and who is refused."""

import dataclasses

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cgni.base.errors import InputError
from cgni.base.tables import write_table
from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.cohort.settings import ConfoundSettings, PeopleSettings
from cgni.fold_data.people import assemble_fold, encoder_rows, fit_rows, head_rows, watch_rows
from cgni.fold_data.schemas import numbered_schema
from cgni.fold_data.tables import StudyTables
from tests.unit.fold_data.made_up import FOLDS, MadeUpStudy, made_up_people


def test_parts_of_a_fit():
    data = made_up_people()
    fit, monitor = fit_rows(data, "fit"), watch_rows(data, "fit")
    assert set(data.part[fit]) == {"fit"} and set(data.part[monitor]) == {"monitor"}
    assert (data.labels[np.r_[fit, monitor]] >= 0).all()
    assert set(data.part[fit_rows(data, "training")]) == {"fit", "monitor"}
    assert watch_rows(data, "training") is None


def test_heads_on_monitor_people_leave_a_quarter_of_the_families_to_watch():
    data = made_up_people()
    families = np.array([f"f{i // 2}" for i in range(len(data.ids))])
    data = dataclasses.replace(data, families=families)
    for heads_on, parts in (("monitor", {"monitor"}), ("both", {"fit", "monitor"})):
        fit, watched = head_rows(data, heads_on, 3)
        assert set(data.part[fit]) == parts and set(data.part[watched]) == {"monitor"}
        assert not set(families[watched]) & set(families[data.rows("monitor")][~np.isin(data.rows("monitor"), watched)])
        assert not set(fit) & set(watched)
        assert set(fit) | set(watched) == set(data.rows(*parts))
        assert 0.15 < len(watched) / len(data.rows("monitor")) < 0.35
        assert set(data.labels[watched]) == {0, 1}
    fit, watched = head_rows(data, "training", 3)
    assert set(fit) == set(data.rows("fit", "monitor")) and watched is None


IDS = ["a", "b", "c"]


def small_tables() -> dict[str, pd.DataFrame]:
    """Three people, of whom two have an image, and somebody with an image and no genotypes."""
    monitors = {f"monitor_{fold}": [False] * 3 for fold in (0, 1)}
    roles = {"role": ["development"] * 2 + ["holdout"], "fold": [0, 1, -1]}
    return {
        "features": pd.DataFrame({"participant_id": ["c", "a", "x"], "h_0": [3.0, 1.0, 9.0]}),
        "genotypes": pd.DataFrame({"participant_id": IDS, "v1": pd.array([1, 0, None], "Int8")}),
        "fill": pd.DataFrame({"variant_id": ["v1"], "fill": [0.75]}),
        "participants": pd.DataFrame({"participant_id": IDS, "outcome_group": pd.array([0, 1, None], "Int8")}),
        "splits": pd.DataFrame({"participant_id": IDS, **roles, **monitors}),
    }


def test_a_fold_takes_its_own_fill_values_and_features():
    data = assemble_fold(**small_tables(), fold=0)
    assert data.ids.tolist() == ["a", "c"]
    assert data.part.tolist() == ["validation", "holdout"]
    assert data.labels.tolist() == [0, -1]
    np.testing.assert_array_equal(data.views[IMAGING], [[1], [3]])
    np.testing.assert_array_equal(data.views[GENETICS], [[1], [0.75]])
    assert {values.dtype for values in data.views.values()} == {np.dtype(np.float32)}
    assert data.variants == ["v1"]


def test_the_tables_of_a_study_join_each_folds_own_files(tmp_path):
    tables = small_tables()
    paths = {name: str(tmp_path / f"{name}.parquet") for name in ("genotypes", "participants", "splits")}
    for name, path in paths.items():
        tables[name].to_parquet(path)
    for fold in (0, 1):
        tables["features"].assign(h_0=[3.0 + fold, 1, 9]).to_parquet(tmp_path / f"features{fold}.parquet")
        tables["fill"].assign(fill=0.5 + fold).to_parquet(tmp_path / f"fill{fold}.parquet")
    features, fills = ([str(tmp_path / f"{name}{fold}.parquet") for fold in (0, 1)] for name in ("features", "fill"))
    study = StudyTables.of({"features": features, "fills": fills, **paths, "embeddings": "of others"})
    assert study.folds() == range(2)
    for fold in study.folds():
        data = study.fold_data(fold)
        np.testing.assert_array_equal(data.views[IMAGING], [[1], [3 + fold]])
        np.testing.assert_array_equal(data.views[GENETICS], [[1], [0.5 + fold]])
    assert study.fold_data(1).part.tolist() == ["fit", "holdout"]


def test_numbered_tables_hold_a_fold_a_person_and_single_precision(tmp_path):
    table = pd.DataFrame({"fold": [0, 1], "participant_id": ["a", "b"], "x_0": [1.0, 2.0]})
    write_table(table, tmp_path / "t.parquet", numbered_schema(["x_0"]), {})
    assert pq.read_schema(tmp_path / "t.parquet").types == [pa.int8(), pa.string(), pa.float32()]


def test_the_same_person_under_two_ids_across_the_split_is_refused():
    study = MadeUpStudy()
    first, second = np.flatnonzero(study.fold == 0)[0], np.flatnonzero(study.fold == 1)[0]
    study.genotypes.iloc[second, 1:] = study.genotypes.iloc[first, 1:]
    for number in range(FOLDS):
        study.fold_data(number)  # the same alleles alone: twins, whom the kinship file keeps together
        study.h[number][second] = study.h[number][first] * (1 + 1e-6)
        with pytest.raises(InputError, match="1 people are copies") as error:
            study.fold_data(number)
        assert "p0" not in str(error.value)  # no ids


def test_a_repeated_id_is_refused():
    study = MadeUpStudy()
    study.genotypes = pd.concat([study.genotypes, study.genotypes.iloc[[5]]], ignore_index=True)
    with pytest.raises(InputError, match="genotypes table: 1 rows repeat"):
        study.fold_data(0)


def test_confounds_are_removed_from_both_views_by_the_fit_people() -> None:
    study = MadeUpStudy()
    study.h[0] += 0.1 * study.participants["age"].to_numpy()[:, None]
    study.participants["pc1"] = np.random.default_rng(3).normal(size=len(study.participants))
    study.confounds = ConfoundSettings(remove="all", components=10)
    data = study.fold_data(0)
    age = study.participants.set_index("participant_id").loc[data.ids, "age"].to_numpy()
    fit = data.part == "fit"
    for view in VIEWS:
        left = [abs(np.corrcoef(age[fit], column[fit])[0, 1]) for column in data.views[view].T]
        assert max(left) < 1e-4, view
    raw = [abs(np.corrcoef(age[fit], column[fit])[0, 1]) for column in data.raw[IMAGING].T]
    assert min(raw) > 0.5
    unseen = np.isin(data.part, ["validation", "holdout"])
    assert max(abs(np.corrcoef(age[unseen], column[unseen])[0, 1]) for column in data.views[IMAGING].T) < 0.3


def test_nobody_unseen_moves_what_is_removed() -> None:
    study = MadeUpStudy()
    study.confounds = ConfoundSettings(remove="all", components=10)
    first = study.fold_data(0)
    unseen = study.unseen(0)
    study.participants.loc[unseen, "age"] = 200.0
    study.h[0][unseen] = 1e3
    second = study.fold_data(0)
    rows = np.isin(first.part, ["fit", "monitor"])
    for view in VIEWS:
        np.testing.assert_array_equal(first.views[view][rows], second.views[view][rows])


@pytest.mark.parametrize(("encoders_on", "labelled"), [("labelled", True), ("everybody", False)])
def test_encoders_learn_from_everybody_unless_told_otherwise(encoders_on: str, labelled: bool) -> None:
    data = made_up_people()
    fit, watched = encoder_rows(data, PeopleSettings(fit_on="fit", encoders_on=encoders_on), needs_labels=False)
    assert watched is not None
    assert (data.labels[fit] >= 0).all() == labelled == (data.labels[watched] >= 0).all()
    assert set(data.part[fit]) == {"fit"} and set(data.part[watched]) == {"monitor"}
    own, _ = encoder_rows(data, PeopleSettings(fit_on="fit", encoders_on=encoders_on), needs_labels=True)
    assert (data.labels[own] >= 0).all()


def test_values_are_those_of_a_continuous_outcome_alone():
    tables = small_tables()
    assert assemble_fold(**tables, fold=0).values is None
    of_groups = tables["participants"].assign(target=np.nan)
    assert assemble_fold(**{**tables, "participants": of_groups}, fold=0).values is None
    continuous = tables["participants"].assign(target=[6.5, 2.0, np.nan])
    np.testing.assert_array_equal(assemble_fold(**{**tables, "participants": continuous}, fold=0).values, [6.5, np.nan])


def test_a_residual_change_is_that_of_the_folds_fit_people():
    """20 people of two folds; in each the line is that of its own fit people, whoever else is there."""
    rng = np.random.default_rng(5)
    ids = [f"p{n:02d}" for n in range(40)]
    baseline = rng.normal(7, 1, 40)
    people = pd.DataFrame({"participant_id": ids, "outcome_group": 1, "baseline": baseline})
    people = people.assign(target=3 - 0.5 * baseline + rng.normal(0, 0.2, 40))
    tables = {
        "features": pd.DataFrame({"participant_id": ids, "h_0": rng.normal(size=40)}),
        "genotypes": pd.DataFrame({"participant_id": ids, "v1": pd.array([1] * 40, "Int8")}),
        "fill": pd.DataFrame({"variant_id": ["v1"], "fill": [0.75]}),
        "participants": people,
        "splits": pd.DataFrame(
            {
                "participant_id": ids,
                "role": "development",
                "fold": np.arange(40) % 2,
                "monitor_0": False,
                "monitor_1": False,
            }
        ),
    }
    for fold in (0, 1):
        data = assemble_fold(**tables, fold=fold)
        fit = data.part == "fit"
        line = np.polyfit(baseline[fit], people["target"][fit], 1)
        np.testing.assert_allclose(data.values, people["target"] - np.polyval(line, baseline), atol=1e-9)
