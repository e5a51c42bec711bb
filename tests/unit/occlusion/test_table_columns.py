"""Features of a table, occluded one by one: against captum, against a plain loop, and from their file."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from captum.attr import FeatureAblation

from cgni.base.views import IMAGING
from cgni.occlusion.losses import column_losses
from cgni.occlusion.measure import FoldMeasurement, fold_contributions
from cgni.occlusion.occluded import COLUMNS, TableColumns, load_occluded
from cgni.occlusion.readout import readout
from cgni.scca.study import fit_study
from tests.unit.occlusion.made_cohort import OCCLUSION, SCCA, Cohort

_NAMES = [f"volume {number} (ml)" for number in range(6)]


@pytest.fixture(scope="module")
def own(cohort: Cohort) -> FoldMeasurement:
    """The first fold, whose features are a table's; confounds explain a part of them."""
    pairs = cohort.encoders()
    scca = fit_study(cohort.embeddings(pairs), SCCA, 0).folds[0]
    data, rng = cohort.data[0], np.random.default_rng(1)
    raw = {view: values + rng.standard_normal(values.shape).astype(np.float32) for view, values in data.views.items()}
    data = dataclasses.replace(data, raw_views=raw)
    return FoldMeasurement(pairs[0], data, scca, TableColumns(cohort.regions[0].ids, np.array(_NAMES)))


@pytest.mark.parametrize("baseline", ["zero", "mean"])
def test_features_equal_captum(own: FoldMeasurement, baseline: str) -> None:
    values = own.data.views[IMAGING][own.rows()]
    base = np.zeros(values.shape[1]) if baseline == "zero" else values.mean(axis=0)
    read = readout(own.scca.fit.weights[IMAGING], own.scca.scalings[IMAGING], "variate")
    ours = column_losses(own.pair, IMAGING, values, base, read)
    with torch.inference_mode():
        for component in range(ours.shape[2]):
            ablation = FeatureAblation(lambda x, c=component: read(own.pair.encode(IMAGING, x))[:, c])
            given = ablation.attribute(torch.from_numpy(values), baselines=torch.from_numpy(base).float()[None])
            assert np.abs(ours[:, :, component] - given.numpy()).max() <= 1e-4


@pytest.mark.parametrize("baseline", ["zero", "mean", "blur"])
def test_contributions_equal_a_plain_loop(own: FoldMeasurement, baseline: str) -> None:
    """Zero is a raw value of 0, less what confounds explain; mean and blur the training people's cleaned mean."""
    cleaned, rows = own.data.views[IMAGING], own.rows()
    training = np.isin(own.data.part, ["fit", "monitor"])
    scaling, weights = own.scca.scalings[IMAGING], own.scca.fit.weights[IMAGING]

    def variates(values: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            latent = own.pair.encode(IMAGING, torch.from_numpy(values)).double().numpy()
        scores: np.ndarray = (latent - scaling.mean) / scaling.sd @ weights
        return scores

    full = variates(cleaned)[rows]
    table = fold_contributions(own, 0, IMAGING, dataclasses.replace(OCCLUSION, baseline=baseline))
    assert set(table["feature"]) == set(_NAMES) and (table["size"] == 1).all()
    for number, name in enumerate(_NAMES):
        without = cleaned.copy()
        explained = own.data.raw[IMAGING][:, number] - cleaned[:, number]
        without[:, number] = -explained if baseline == "zero" else cleaned[training, number].mean()
        lost = full - variates(without)[rows]
        found = table[table["feature"] == name].sort_values("component")
        assert found["contribution"].to_numpy() == pytest.approx(lost.mean(axis=0), abs=1e-4)
        assert found["absolute"].to_numpy() == pytest.approx(np.abs(lost).mean(axis=0), abs=1e-4)


def test_the_shared_feature_stands_out(own: FoldMeasurement) -> None:
    table = fold_contributions(own, 0, IMAGING, OCCLUSION).query("component == 1").set_index("feature")["absolute"]
    assert table.idxmax() == _NAMES[0] and table.max() > 3 * table.drop(_NAMES[0]).max()


def test_the_file_comes_back(tmp_path: Path) -> None:
    TableColumns(np.array(["a", "b"]), np.array(["x", "y", "z"])).save(tmp_path / COLUMNS)
    again = load_occluded(tmp_path / COLUMNS)
    assert isinstance(again, TableColumns)
    assert again.ids.tolist() == ["a", "b"] and again.columns.tolist() == ["x", "y", "z"]
    assert pd.Index(again.ids).is_unique
