"""The split table: what must hold for every cohort."""

import dataclasses
import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgni.base.errors import InputError
from cgni.base.tables import write_table
from cgni.cohort.roles import development_people, fold_people, holdout_people
from cgni.cohort.schemas import splits_schema
from cgni.cohort.settings import SplitSettings
from cgni.cohort.splits import make_splits

SPLITS = SplitSettings(holdout=0.1, folds=5, monitor=0.2, age_bands=4)


def _people(n: int, seed: int, families: float = 0.9) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    group = draw.choice([0, 1, -1], n, p=[0.4, 0.3, 0.3])
    return pd.DataFrame(
        {
            "participant_id": [str(number) for number in draw.permutation(n) + 1000000],
            "age": np.where(draw.random(n) < 0.02, np.nan, draw.uniform(45, 80, n)),
            "sex": draw.integers(0, 2, n),
            "site": draw.choice(["11025", "11026", "11027"], n, p=[0.6, 0.3, 0.1]),
            "outcome_group": pd.array(np.where(group < 0, None, group), dtype="Int8"),
            "has_image": draw.random(n) < 0.9,
            "has_genotypes": draw.random(n) < 0.95,
            "family": [f"F{number}" for number in draw.integers(0, int(n * families), n)],
        }
    )


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), folds=st.integers(2, 6), families=st.sampled_from([0.3, 0.9, 5.0]))
def test_everybody_has_one_role_and_families_stay_whole(seed: int, folds: int, families: float) -> None:
    people = _people(300, seed, families)
    splits = make_splits(people, dataclasses.replace(SPLITS, folds=folds), seed)
    assert splits["participant_id"].tolist() == sorted(people["participant_id"])
    merged = people.merge(splits, on="participant_id")
    roles = ["role", "fold", *[f"monitor_{fold}" for fold in range(folds)]]
    assert (merged.groupby("family")[roles].nunique() == 1).all().all()
    holdout, development = holdout_people(splits), development_people(splits)
    assert len(holdout) + len(development) == len(people)
    assert (splits.loc[splits["role"] == "holdout", "fold"] == -1).all()
    validated: set[str] = set()
    for fold in range(folds):
        parts = fold_people(splits, fold)
        assert set(parts.training) == set(parts.fit) | set(parts.monitor)
        groups = [set(parts.fit), set(parts.monitor), set(parts.validation), set(holdout)]
        assert sum(map(len, groups)) == len(people) and set.union(*groups) == set(people["participant_id"])
        assert not validated & set(parts.validation)
        validated |= set(parts.validation)
    assert validated == set(development)


def test_same_seed_same_split_whatever_the_order_of_rows() -> None:
    people = _people(400, 3)
    first = make_splits(people, SPLITS, 7)
    pd.testing.assert_frame_equal(first, make_splits(people.sample(frac=1, random_state=1), SPLITS, 7))
    assert not first["fold"].equals(make_splits(people, SPLITS, 8)["fold"])


def test_holdout_does_not_depend_on_the_number_of_folds() -> None:
    people = _people(400, 4)
    holdouts = [make_splits(people, dataclasses.replace(SPLITS, folds=folds), 7)["role"] for folds in (2, 5, 9)]
    assert holdouts[0].equals(holdouts[1]) and holdouts[0].equals(holdouts[2])


def test_parts_are_balanced() -> None:
    people = _people(2000, 5)
    merged = people.merge(make_splits(people, SPLITS, 7), on="participant_id")
    complete = merged["outcome_group"].notna() & merged["has_image"] & merged["has_genotypes"]
    merged["label"] = merged["outcome_group"].astype("Float64").fillna(-1)
    merged["band"] = pd.qcut(merged["age"], 4, labels=False)
    held_out = merged["role"] == "holdout"
    assert abs(held_out.mean() - 0.1) < 0.005
    development = merged[~held_out]
    for trait in ("label", "sex", "site", "band"):
        table = pd.crosstab(merged.loc[complete, trait], held_out[complete], normalize="index")[True]
        assert (abs(table - 0.1) < 0.02).all(), trait
        table = pd.crosstab(development[trait], development["fold"], normalize="index")
        assert (abs(table - 0.2) < 0.025).all().all(), trait
        for fold in range(5):
            training = development[development["fold"] != fold]
            assert (abs(training.groupby(trait)[f"monitor_{fold}"].mean() - 0.2) < 0.025).all(), trait


def test_more_folds_than_the_smaller_class() -> None:
    people = _people(60, 6, families=50)
    people["has_image"] = people["has_genotypes"] = True
    people["outcome_group"] = pd.array([1] * 4 + [0] * 56, dtype="Int8")
    with pytest.raises(InputError, match=r"splits\.folds: 5 folds, but .* 4 people"):
        make_splits(people, SPLITS, 1)


def test_a_family_too_large_for_its_part_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    """As 168 of 503 people whom chance had chained: a fold then holds a third of the people instead of its share."""
    people = _people(503, 3)
    people.loc[people.index[:168], "family"] = "chained"
    with pytest.raises(InputError, match=r"fold \d has \d+ people .* would be its share; the largest family has"):
        make_splits(people, SplitSettings(folds=10), 1)
    people.loc[people.index[60:168], "family"] = [f"alone{number}" for number in range(108)]
    with caplog.at_level(logging.WARNING):
        make_splits(people, SplitSettings(folds=10), 1)
    assert any("would be its share" in message for message in caplog.messages)


def test_a_part_without_ages_is_refused() -> None:
    """Learning curves and brain age are impossible where nobody imaged has an age."""
    people = _people(300, 4)
    people.loc[people["has_image"], "age"] = np.nan
    with pytest.raises(InputError, match=r"people with an image in the \w+ part of fold 0 nobody has an age .* 0 of"):
        make_splits(people, SPLITS, 1)


def test_sizes_are_told_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    people = _people(300, 2)
    with caplog.at_level(logging.INFO):
        splits = make_splits(people, SPLITS, 7)
    held_out = len(holdout_people(splits))
    assert caplog.messages == [f"{held_out} people held out, {300 - held_out} in 5 folds"]


def test_table_fits_its_schema(tmp_path) -> None:
    write_table(make_splits(_people(300, 1), SPLITS, 1), tmp_path / "splits.parquet", splits_schema(5), {})
