"""Encoders of a continuous outcome: they learn from values, and from their fit people alone."""

import dataclasses

import numpy as np
import torch

from cgni.base.views import GENETICS, IMAGING
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.fit import fit_encoders
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import encoder_spec
from cgni.fold_data.people import FoldData
from tests.unit.fold_data.made_up import made_up_people, same

torch.set_num_threads(1)
_PEOPLE = PeopleSettings(
    fit_on="fit", encoders_on="everybody", heads_on="fit", pretrain_on="training", reference="development"
)
_SETTINGS = ContrastiveSettings(
    layers={IMAGING: (8,), GENETICS: (8,)}, epochs=12, patience=12, include_positive=True, reduction="mean"
)


def _people() -> FoldData:
    """Imaging features whose first column is the value; a tenth of the people have none."""
    data = made_up_people(signal=0.0)
    values = np.random.default_rng(4).normal(6, 2, len(data.ids))
    views = {**data.views, IMAGING: data.views[IMAGING].copy()}
    views[IMAGING][:, 0] = 3 * (values - 6)
    labels = np.where(data.labels < 0, -1, (values > 6).astype(int))
    return dataclasses.replace(data, views=views, labels=labels, values=np.where(data.labels < 0, np.nan, values))


def _likeness_by_value(data: FoldData, pair) -> float:
    """Correlation of the cosine of two unseen people's embeddings with the nearness of their values."""
    rows = data.rows("validation")
    with torch.inference_mode():
        z = pair.encode(IMAGING, torch.from_numpy(data.views[IMAGING][rows])).numpy()
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    upper = np.triu_indices(len(rows), 1)
    distance = np.abs(data.values[rows][:, None] - data.values[rows][None, :])
    return float(np.corrcoef((z @ z.T)[upper], -distance[upper])[0, 1])


def test_people_of_near_values_come_together() -> None:
    data = _people()
    trained = fit_encoders(data, encoder_spec((3,)), _SETTINGS, _PEOPLE, 1)
    untrained = fit_encoders(data, encoder_spec((3,)), _SETTINGS.changed(epochs=1, learning_rate=1e-12), _PEOPLE, 1)
    assert _likeness_by_value(data, trained.pair) > _likeness_by_value(data, untrained.pair) + 0.1


def test_values_of_unseen_people_do_not_count() -> None:
    data = _people()
    spoiled = data.values.copy()
    spoiled[np.isin(data.part, ["validation", "holdout"])] = 99.0
    first = fit_encoders(data, encoder_spec((1, 2, 3)), _SETTINGS, _PEOPLE, 1)
    second = fit_encoders(dataclasses.replace(data, values=spoiled), encoder_spec((1, 2, 3)), _SETTINGS, _PEOPLE, 1)
    assert same(first.pair.checkpoint(), second.pair.checkpoint())
