"""A null replicate on a small made-up cohort, through all its steps."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from cgni.base.tables import write_table
from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.cohort.confounds import confound_columns, site_levels
from cgni.cohort.settings import ConfoundSettings
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contributions.null_fits import (
    FitSettings,
    NullStudy,
    component_replicates,
    encoder_replicates,
    fit_replicate,
    null_components,
    with_genotypes_of,
)
from cgni.contributions.null_readers import read_states
from cgni.contributions.replicates import NullTables, OcclusionStudy, atlas_shares, null_replicate, null_replicates
from cgni.contributions.schemas import NULL_CORRELATIONS, NULL_SHARES
from cgni.contributions.settings import ContributionSettings
from cgni.networks.checkpoint import save_checkpoint
from cgni.scca.study import fit_study
from tests.unit.occlusion.made_cohort import CONTRASTIVE, OCCLUSION, PEOPLE, SCCA, SPEC, Cohort

CONFOUNDS = ConfoundSettings(remove="none")


@pytest.fixture(scope="module")
def study(cohort: Cohort) -> NullStudy:
    """The cohort with the grid of its own sparse CCA."""
    grid = fit_study(cohort.embeddings(cohort.encoders()), SCCA, 0).grid
    return NullStudy.of(cohort, grid, SPEC, FitSettings(CONTRASTIVE, PEOPLE, SCCA, CONFOUNDS), 5)


@pytest.fixture(scope="module")
def occlusion(cohort: Cohort) -> OcclusionStudy:
    """Regions of the cohort."""
    return OcclusionStudy(cohort.regions, OCCLUSION)


@pytest.fixture(scope="module")
def replicate(study: NullStudy, occlusion: OcclusionStudy) -> NullTables:
    """The first one."""
    return null_replicate(0, study, occlusion)


def test_a_study_is_read_from_its_tables(cohort: Cohort, study: NullStudy) -> None:
    assert list(study.folds) == cohort.data and study.chosen["chosen"].all() and len(study.chosen) == 2


def test_settings_are_the_studys_but_for_those_that_a_search_found() -> None:
    tuned = dataclasses.replace(CONTRASTIVE, learning_rate=0.5)
    declared = {type(own): own for own in (CONTRASTIVE, PEOPLE, SCCA, CONFOUNDS)}
    found = FitSettings.read(declared.__getitem__, {ContrastiveSettings: tuned}.__getitem__)
    assert found == FitSettings(tuned, PEOPLE, SCCA, CONFOUNDS)


def test_shuffled_pairings_leave_no_correlation(replicate: NullTables) -> None:
    correlations = replicate.correlations
    assert correlations[["r", "partial_r"]].abs().max().max() < 0.35 and set(correlations["fold"]) == {0, 1}


def test_partial_correlations_are_those_of_residuals(study: NullStudy, replicate: NullTables) -> None:
    own = fit_replicate(0, study)[1].scca
    rows = own.people.part == "validation"
    ids = own.people.ids[rows]
    confounds = confound_columns(study.participants, ids, site_levels(study.participants, ids)).to_numpy()
    design = np.column_stack([np.ones(len(ids)), confounds])
    first, second = (
        values[rows] - design @ np.linalg.lstsq(design, values[rows], rcond=None)[0]
        for values in own.variates().values()
    )
    expected = [np.corrcoef(first[:, column], second[:, column])[0, 1] for column in range(first.shape[1])]
    found = replicate.correlations.query("fold == 1")
    assert found["partial_r"].tolist() == pytest.approx(expected) and (found["n"] == len(ids)).all()


def test_shares_average_one_and_regions_come_first(replicate: NullTables, tmp_path) -> None:
    shares = replicate.shares
    assert shares["view"].unique().tolist() == [IMAGING, GENETICS] and set(shares["fold"]) == {-1, 0, 1}
    assert np.allclose(shares.groupby(["view", "fold", "component"])["share"].mean(), 1.0)
    write_table(shares, tmp_path / "shares.parquet", NULL_SHARES, {})
    write_table(replicate.correlations, tmp_path / "correlations.parquet", NULL_CORRELATIONS, {})


def test_a_replicate_depends_on_its_number_and_the_seed_alone(
    study: NullStudy, occlusion: OcclusionStudy, replicate: NullTables
) -> None:
    both = null_replicates([1, 0], study, occlusion)
    assert both.shares["replicate"].unique().tolist() == [1, 0]
    again = both.shares[both.shares["replicate"] == 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, replicate.shares)


def test_a_replicate_without_contributions_has_the_same_correlations(study: NullStudy, replicate: NullTables) -> None:
    pd.testing.assert_frame_equal(null_components([0], study), replicate.correlations)


def test_folds_without_weights_are_left_out(study: NullStudy, occlusion: OcclusionStudy, tmp_path) -> None:
    chosen = study.chosen.copy()
    chosen.loc[chosen["fold"] == 0, ["penalty_imaging", "penalty_genetics"]] = 1.5
    found = null_replicate(0, dataclasses.replace(study, chosen=chosen), occlusion)
    assert set(found.shares["fold"]) == {-1, 1} and set(found.correlations["fold"]) == {1}
    empty = dataclasses.replace(study, chosen=chosen.assign(penalty_imaging=1.5))
    nothing = null_replicates([0, 1], empty, occlusion)
    assert nothing.shares.empty and nothing.correlations.empty
    write_table(nothing.shares, tmp_path / "shares.parquet", NULL_SHARES, {})
    write_table(null_components([2], empty), tmp_path / "correlations.parquet", NULL_CORRELATIONS, {})


def test_a_further_atlas_is_read_by_the_replicates_of_the_first(
    cohort: Cohort, study: NullStudy, occlusion: OcclusionStudy, tmp_path
) -> None:
    """On the first atlas itself what was written down gives the very shares that the replicates gave."""
    batches = [null_replicates(numbers, study, occlusion) for numbers in ([0, 1], [2])]
    paths = [str(tmp_path / f"readers{number}.ckpt") for number in range(2)]
    for path, own in zip(paths, batches, strict=True):
        save_checkpoint(own.readers, path)
    found = atlas_shares(read_states(paths), cohort, occlusion, PEOPLE)
    expected = pd.concat([own.shares[own.shares["view"] == IMAGING] for own in batches], ignore_index=True)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    # of two regions alone the shares are those of all, times one number (float32: a batch of another size)
    halves = [
        dataclasses.replace(own, names=own.names[:2], occluded=own.occluded[:, :2], means=own.means[:, :2])
        for own in cohort.regions
    ]
    halves = [dataclasses.replace(own, sizes=own.sizes[:2]) for own in halves]
    other = atlas_shares(read_states(paths), cohort, OcclusionStudy(halves, OCCLUSION), PEOPLE)
    keys = ["replicate", "component", "fold", "feature"]
    ratio = other.set_index(keys)["share"] / expected.set_index(keys)["share"]
    folds = ratio[ratio.index.get_level_values("fold") >= 0].dropna()
    assert (
        np.allclose(folds.groupby(["replicate", "component", "fold"]).std(), 0, atol=1e-5)
        and other["feature"].nunique() == 2
    )


def test_a_replicate_without_weights_leaves_no_share(cohort: Cohort, occlusion: OcclusionStudy) -> None:
    assert atlas_shares([(0, {})], cohort, occlusion, PEOPLE).empty


def test_cleaned_and_raw_genotypes_move_together(cohort: Cohort) -> None:
    data = cohort.data[0]
    raw = {view: values + 1 for view, values in data.views.items()}
    order = np.random.default_rng(0).permutation(len(data.ids))
    moved = with_genotypes_of(dataclasses.replace(data, raw_views=raw), order)
    for found, before in ((moved.views, data.views), (moved.raw, raw)):
        assert (found[GENETICS] == before[GENETICS][order]).all() and (found[IMAGING] == before[IMAGING]).all()
    assert with_genotypes_of(data, order).raw_views is None and set(moved.views) == set(VIEWS)


@pytest.mark.parametrize(
    ("batch", "with_contributions", "without"), [(0, [0, 1, 2], [8, 9, 10]), (1, [3, 4, 5], [11]), (2, [6, 7], [])]
)
def test_batches_cover_all_replicates(batch: int, with_contributions: list[int], without: list[int]) -> None:
    settings = ContributionSettings(rule="permutation", null_encoders=8, null_components=4, null_batch=3)
    assert list(encoder_replicates(batch, settings)) == with_contributions
    assert list(component_replicates(batch, settings)) == without
