"""Encoders of a fold: whom they see, and their checkpoint."""

from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.contrastive.encoders import load_encoders
from cgni.contrastive.fit import embed, fit_encoders
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import encoder_spec
from tests.unit.contrastive.made_up import made_up_fold

SETTINGS = ContrastiveSettings(
    include_positive=True,
    reduction="mean",
    temperature=0.2,
    layers={IMAGING: (6, 4), GENETICS: (6, 4)},
    dropout=0.1,
    batch_size=16,
    epochs=3,
    weight_decay=0.0,
    patience=3,
)


def test_encoders_see_fit_and_monitor_people_only() -> None:
    data, spec = made_up_fold(), encoder_spec((1, 2, 4))
    first = fit_encoders(data, spec, SETTINGS, "fit", 1)
    assert set(first.used["fit"]) == set(data.ids[:70]) and set(first.used["monitor"]) == set(data.ids[70:90])
    views = {view: values.copy() for view, values in data.views.items()}
    views[IMAGING][90:] += 100
    views[GENETICS][90:] = 2
    changed = replace(data, views=views, labels=np.where(np.arange(120) < 90, data.labels, 1 - data.labels))
    again = fit_encoders(changed, spec, SETTINGS, "fit", 1)
    for name, value in first.pair.state_dict().items():
        assert torch.equal(value, again.pair.state_dict()[name]), name
    for view in VIEWS:
        np.testing.assert_array_equal(first.pair.scalings[view].mean, again.pair.scalings[view].mean)


def test_encoders_survive_their_checkpoint() -> None:
    data = made_up_fold()
    pair = fit_encoders(data, encoder_spec((1,)), SETTINGS, "training", 1).pair
    loaded = load_encoders({"fold3": pair.checkpoint()}, 3)
    pd.testing.assert_frame_equal(embed(pair, data), embed(loaded, data))
