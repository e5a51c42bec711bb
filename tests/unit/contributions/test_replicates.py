"""A null replicate on a small made-up cohort, through all its steps."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from cgni.base.tables import write_table
from cgni.base.views import GENETICS, IMAGING
from cgni.cohort.settings import PeopleSettings
from cgni.contributions.replicates import (
    NullSettings,
    NullStudy,
    NullTables,
    batch_replicates,
    null_replicate,
    null_replicates,
)
from cgni.contributions.schemas import NULL_CORRELATIONS, NULL_SHARES
from cgni.contributions.settings import ContributionSettings
from cgni.scca.study import fit_study
from tests.unit.occlusion.made_cohort import CONTRASTIVE, OCCLUSION, SCCA, SPEC, Cohort

_SETTINGS = NullSettings(CONTRASTIVE, PeopleSettings(fit_on="fit"), SCCA, OCCLUSION)


@pytest.fixture(scope="module")
def study(cohort: Cohort) -> NullStudy:
    """The cohort with the grid of its own sparse CCA."""
    grid = fit_study(cohort.embeddings(cohort.encoders()), SCCA, 0).grid
    return NullStudy.of(cohort, cohort.regions, grid, SPEC)


@pytest.fixture(scope="module")
def replicate(study: NullStudy) -> NullTables:
    """The first one."""
    return null_replicate(0, study, _SETTINGS, 5)


def test_a_study_is_read_from_its_tables(cohort: Cohort, study: NullStudy) -> None:
    assert list(study.folds) == cohort.data and study.chosen["chosen"].all() and len(study.chosen) == 2


def test_shuffled_pairings_leave_no_correlation(replicate: NullTables) -> None:
    correlations = replicate.correlations
    assert correlations["r"].abs().max() < 0.35 and set(correlations["fold"]) == {0, 1}


def test_shares_average_one_and_regions_come_first(replicate: NullTables, tmp_path) -> None:
    shares = replicate.shares
    assert shares["view"].unique().tolist() == [IMAGING, GENETICS] and set(shares["fold"]) == {-1, 0, 1}
    assert np.allclose(shares.groupby(["view", "fold", "component"])["share"].mean(), 1.0)
    write_table(shares, tmp_path / "shares.parquet", NULL_SHARES, {})
    write_table(replicate.correlations, tmp_path / "correlations.parquet", NULL_CORRELATIONS, {})


def test_a_replicate_depends_on_its_number_and_the_seed_alone(study: NullStudy, replicate: NullTables) -> None:
    both = null_replicates([1, 0], study, _SETTINGS, 5)
    assert both.shares["replicate"].unique().tolist() == [1, 0]
    again = both.shares[both.shares["replicate"] == 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, replicate.shares)


def test_folds_without_weights_are_left_out(study: NullStudy) -> None:
    chosen = study.chosen.copy()
    chosen.loc[chosen["fold"] == 0, ["penalty_imaging", "penalty_genetics"]] = 1.5
    found = null_replicate(0, dataclasses.replace(study, chosen=chosen), _SETTINGS, 5)
    assert set(found.shares["fold"]) == {-1, 1} and set(found.correlations["fold"]) == {1}
    nothing = null_replicate(0, dataclasses.replace(study, chosen=chosen.assign(penalty_imaging=1.5)), _SETTINGS, 5)
    assert nothing.shares.empty and nothing.correlations.empty


@pytest.mark.parametrize(("batch", "expected"), [(0, [0, 1, 2]), (2, [6, 7])])
def test_batches_cover_all_replicates(batch: int, expected: list[int]) -> None:
    settings = ContributionSettings(rule="permutation", null_encoders=8, null_batch=3)
    assert list(batch_replicates(batch, settings)) == expected
