"""Contributions of regions and SNPs on a small made-up cohort, and their table by hand."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import torch

from cgni.base.tables import write_table
from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.occlusion.measure import (
    FoldMeasurement,
    Occlusions,
    contribution_table,
    fold_contributions,
    measure_study,
)
from cgni.occlusion.schemas import OCCLUSION as SCHEMA
from cgni.scca.study import fit_study
from cgni.scca.tables import weight_table
from tests.unit.occlusion.made_cohort import OCCLUSION, PEOPLE, SCCA, Cohort

_BEST = {IMAGING: "r0", GENETICS: "s0"}


@pytest.fixture(scope="module")
def measured(cohort: Cohort) -> list[FoldMeasurement]:
    """Both folds with their encoders and sparse CCA."""
    pairs = cohort.encoders()
    study = fit_study(cohort.embeddings(pairs), SCCA, 0)
    return [FoldMeasurement(*parts) for parts in zip(pairs, cohort.data, study.folds, cohort.regions, strict=True)]


@pytest.mark.parametrize("view", VIEWS)
def test_the_shared_snp_and_region_stand_out(measured: list[FoldMeasurement], view: str) -> None:
    tables = [fold_contributions(own, fold, view, OCCLUSION) for fold, own in enumerate(measured)]
    first = pd.concat(tables).query("component == 1").groupby("feature")["absolute"].mean()
    assert first.idxmax() == _BEST[view] and first.max() > 3 * first.drop(_BEST[view]).max()


def test_a_snps_contribution_is_what_the_variate_loses_at_its_mean_count(measured: list[FoldMeasurement]) -> None:
    own = measured[0]
    people = own.data.part == "validation"
    rows = np.flatnonzero(people)[np.isin(own.data.ids[people], own.regions.ids)]
    counts = own.data.views[GENETICS].copy()
    training = np.isin(own.data.part, ["fit", "monitor"])
    without = counts.copy()
    without[:, 3] = counts[training, 3].mean()
    scores = []
    for values in (counts, without):
        with torch.inference_mode():
            latent = own.pair.encode(GENETICS, torch.from_numpy(values)).double().numpy()
        scaling = own.scca.scalings[GENETICS]
        scores.append((latent - scaling.mean) / scaling.sd @ own.scca.fit.weights[GENETICS])
    lost = (scores[0] - scores[1])[rows, 0]
    row = fold_contributions(own, 0, GENETICS, OCCLUSION).query("component == 1 and feature == 's3'").iloc[0]
    assert row["contribution"] == pytest.approx(lost.mean(), abs=1e-5)
    assert row["absolute"] == pytest.approx(np.abs(lost).mean(), abs=1e-5)
    assert row["correlation"] == pytest.approx(np.corrcoef(counts[rows, 3], scores[0][rows, 0])[0, 1], abs=1e-5)
    assert row["people"] == len(rows) == 100


def test_without_the_counted_allele_people_who_have_none_lose_nothing(measured: list[FoldMeasurement]) -> None:
    none = dataclasses.replace(OCCLUSION, baseline="zero")
    views = {**measured[0].data.views, GENETICS: np.zeros_like(measured[0].data.views[GENETICS])}
    own = dataclasses.replace(measured[0], data=dataclasses.replace(measured[0].data, views=views))
    assert (fold_contributions(own, 0, GENETICS, none)["absolute"] == 0).all()


def test_a_study_is_measured_from_its_files(cohort: Cohort, measured: list[FoldMeasurement], tmp_path) -> None:
    study = fit_study([own.scca.people for own in measured], SCCA, 0)
    encoders = {f"fold{fold}": own.pair.checkpoint() for fold, own in enumerate(measured)}
    found = measure_study(cohort, encoders, weight_table(study, SCCA, 0), iter(cohort.regions), OCCLUSION, PEOPLE)
    assert list(found) == list(VIEWS)
    for view, table in found.items():
        expected = [fold_contributions(own, fold, view, OCCLUSION) for fold, own in enumerate(measured)]
        pd.testing.assert_frame_equal(table, pd.concat(expected, ignore_index=True))
        write_table(table, tmp_path / "table.parquet", SCHEMA, {})


def test_contribution_table_by_hand() -> None:
    losses = np.array([[[1.0], [0.0]], [[-3.0], [2.0]]])
    values = np.array([[0.0, 1.0], [1.0, 1.0]])
    table = contribution_table(
        Occlusions(losses, ["a", "b"], values, np.array([7, 9])), np.array([[5.0], [1.0]]), np.array([3])
    )
    assert table["contribution"].tolist() == [-1.0, 1.0] and table["absolute"].tolist() == [2.0, 1.0]
    assert table["correlation"].iloc[0] == pytest.approx(-1) and np.isnan(table["correlation"].iloc[1])
    assert table["component"].tolist() == [3, 3] and table["size"].tolist() == [7, 9] and (table["people"] == 2).all()
