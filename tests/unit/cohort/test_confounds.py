"""Confound columns, the model that fills and reduces them, and their removal; strata of like ancestry."""

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.cohort.confounds import ConfoundModel, ConfoundRemoval, confound_columns, residualise, site_levels
from cgni.cohort.settings import ConfoundSettings
from cgni.cohort.strata import pc_strata

ALL = ConfoundSettings(remove="all", components=3)


def people(count: int = 400, seed: int = 0, extra: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "participant_id": [f"p{n:03d}" for n in range(count)],
            "age": rng.uniform(45, 80, count),
            "sex": rng.integers(0, 2, count),
            "site": rng.choice(["a", "b", "c"], count),
            "head_size": rng.normal(1.3, 0.1, count),
            "pc1": rng.normal(size=count) * 10,
            "pc2": rng.normal(size=count),
            "largest_ancestry": rng.random(count) < 0.9,
        }
    )
    for number in range(extra):
        table[f"confound_{number}"] = rng.normal(size=count)
    return table


def test_age_enters_with_its_square_and_its_product_with_sex() -> None:
    table = people()
    columns = confound_columns(table, table["participant_id"], ["a", "b", "c"])
    assert list(columns) == ["age", "age_squared", "sex", "age_sex", "head_size", "pc1", "pc2", "site_b", "site_c"]
    np.testing.assert_allclose(columns["age_squared"], ((table["age"] - 60) / 10) ** 2)
    np.testing.assert_allclose(columns["age_sex"], (table["age"] - 60) / 10 * (table["sex"] - 0.5))


def test_a_category_enters_with_the_levels_that_enough_people_of_the_fit_have() -> None:
    table = people(60)
    table["category_22000"] = ["1"] * 30 + ["2"] * 25 + ["3"] * 4 + [None]
    columns = confound_columns(table, table["participant_id"], ["a"])
    assert [name for name in columns if name.startswith("category")] == ["category_22000_2", "category_22000_3"]
    assert columns["category_22000_2"].sum() == 25 and np.isnan(columns["category_22000_2"].iloc[-1])
    everybody = ConfoundModel.fit(table, table["participant_id"], ALL)
    assert [name for name in everybody.names if name.startswith("category")] == ["category_22000_2"]  # 3 is rare
    # of the first 38 people eight are of level 2, whatever the others are
    some = ConfoundModel.fit(table, table["participant_id"][:38], ALL)
    assert not [name for name in some.names if name.startswith("category")]


def test_values_and_confounds_are_uncorrelated_after_removal_in_the_people_of_the_fit() -> None:
    table = people()
    ids, fit = table["participant_id"], np.arange(400) < 300
    model = ConfoundModel.fit(table, ids[fit], ALL)
    design = model.design(table, ids)
    values = design @ np.random.default_rng(1).normal(size=(design.shape[1], 4)) + 5
    removal = ConfoundRemoval.fit(values[fit], design[fit])
    left = values - removal.explained(design)
    np.testing.assert_allclose(left, np.broadcast_to(left[:1], left.shape), atol=1e-8)  # nothing but the mean is left
    # what scipy-style least squares leaves, plus the mean of the fit people
    expected = residualise(values[fit] + design[fit] ** 2 @ np.ones((design.shape[1], 4)), design[fit])
    other = values[fit] + design[fit] ** 2 @ np.ones((design.shape[1], 4))
    own = other - ConfoundRemoval.fit(other, design[fit]).explained(design[fit])
    np.testing.assert_allclose(own - own.mean(axis=0), expected, atol=1e-8)


def test_the_model_knows_the_people_of_the_fit_alone() -> None:
    table = people()
    ids = table["participant_id"]
    first = ConfoundModel.fit(table, ids[:300], ALL)
    changed = table.copy()
    changed.loc[300:, ["age", "head_size", "pc1"]] = 1e3
    changed.loc[300:, "site"] = "z"
    second = ConfoundModel.fit(changed, ids[:300], ALL)
    np.testing.assert_array_equal(first.design(table, ids[:300]), second.design(changed, ids[:300]))


def test_missing_confounds_count_as_the_mean_and_constant_ones_leave() -> None:
    table = people()
    table.loc[:10, "head_size"] = np.nan
    table["pc2"] = np.nan
    model = ConfoundModel.fit(table, table["participant_id"], ALL)
    design = model.design(table, table["participant_id"])
    assert "pc2" not in model.names
    np.testing.assert_array_equal(design[:11, model.names.index("head_size")], 0)
    assert not np.isnan(design).any()


def test_many_confounds_of_the_user_become_their_components() -> None:
    table = people(extra=12)
    shared = np.random.default_rng(5).normal(size=400)
    for number in range(12):
        table[f"confound_{number}"] += 3 * shared
    ids = table["participant_id"]
    few, many = ConfoundModel.fit(people(extra=2), ids, ALL), ConfoundModel.fit(table, ids, ALL)
    assert few.design(people(extra=2), ids).shape[1] == 9 + 2
    design = many.design(table, ids)
    assert design.shape[1] == 9 + 3
    assert abs(np.corrcoef(design[:, 9], shared)[0, 1]) > 0.95  # the first component is what they share


def test_components_alone_are_removed_when_asked_for() -> None:
    table = people()
    assert ConfoundModel.fit(table, table["participant_id"], ConfoundSettings(remove="pcs")).names == ["pc1", "pc2"]
    with pytest.raises(InputError, match="nobody"):
        ConfoundModel.fit(table, [], ALL)


def test_site_levels_are_those_of_the_people_given() -> None:
    table = people()
    assert site_levels(table, table.loc[table["site"] != "c", "participant_id"]) == ["a", "b"]


def test_strata_cut_the_widest_component_and_never_mix_ancestries() -> None:
    table = people()
    strata = pc_strata(table, table["participant_id"], 40)
    counts = pd.Series(strata).value_counts()
    largest = table["largest_ancestry"].to_numpy()
    assert (pd.Series(largest).groupby(strata).nunique() == 1).all()
    assert (counts[[name for name in counts.index if name.startswith("largest")]] >= 40).all()
    within = pd.Series(table["pc1"].to_numpy()[largest]).groupby(strata[largest]).std().mean()
    assert within < 0.35 * table["pc1"].std()  # eight slices of a normal variable: mean SD within about a quarter
    np.testing.assert_array_equal(strata, pc_strata(table, table["participant_id"], 40))


def test_strata_without_components_are_the_ancestries() -> None:
    table = people().drop(columns=["pc1", "pc2"])
    assert set(pc_strata(table, table["participant_id"])) == {"largest 0", "other 0"}
