"""The last hidden layer of the genetic network, written out from its weights."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch

from cgni.base.views import GENETICS
from cgni.classification.features import FeatureTables
from cgni.classification.hidden import extract_hidden, hidden_layers
from cgni.networks.checkpoint import load_checkpoint
from tests.unit.classification.made_up import SmallModels
from tests.unit.fold_data.made_up import FOLDS, MadeUpStudy

torch.set_num_threads(1)


def test_the_hidden_layer_is_that_of_each_folds_network_for_everybody(tmp_path: Path) -> None:
    study = MadeUpStudy()
    tables = FeatureTables(study)
    fits = SmallModels().fit("genetic_nn", tables)
    fits.write({"model": str(tmp_path / "model.ckpt")}, {})
    checkpoint = load_checkpoint(tmp_path / "model.ckpt")
    hidden = extract_hidden(checkpoint, tables)
    assert list(hidden) == ["fold", "participant_id", *(f"hidden_{n}" for n in range(4))]
    for fold in range(FOLDS):
        data = study.fold_data(fold)
        state, counts = checkpoint[f"fold{fold}"]["model"]["state"], data.views[GENETICS]
        fit = counts[data.rows("fit")].astype(np.float64)
        sd = fit.std(axis=0)
        values = (counts - fit.mean(axis=0)) / np.where(sd > 0, sd, 1)
        for layer in ("linears.0", "linears.1"):
            weight, bias = state[f"{layer}.weight"].numpy(), state[f"{layer}.bias"].numpy()
            values = np.maximum(values @ weight.T + bias, 0)
        own = hidden[hidden["fold"] == fold]
        assert own["participant_id"].tolist() == data.ids.tolist()  # holdout people too
        np.testing.assert_allclose(own.iloc[:, 2:], values, rtol=1e-4, atol=1e-5)
        assert (own.iloc[:, 2:].dtypes == np.float32).all()
    pd.testing.assert_frame_equal(hidden, hidden_layers(fits.models, ("genetics",), tables))
