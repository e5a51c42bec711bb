"""The guard sees NaN in either modality; L1 on all layers; undefined resamples lend no significance."""

import numpy as np
import pandas as pd
import pytest
import torch

from cgni.base.errors import InputError
from cgni.contrastive.losses import LossOptions, contrastive_loss
from cgni.networks.mlp import Mlp
from cgni.classification.evaluation import compare_models


@pytest.mark.parametrize("broken", [0, 1])
def test_undefined_embeddings_are_an_error_in_either_modality(broken):
    pair = [torch.ones(4, 3), torch.ones(4, 3)]
    pair[broken][2, 1] = torch.nan
    with pytest.raises(InputError, match="diverged"):
        contrastive_loss(*pair, torch.tensor([0, 0, 1, 1]), {1: 1.0}, LossOptions(0.1, False, "mean", False))


def test_l1_with_the_output_layer():
    network = Mlp(3, [4, 2])
    expected = sum(linear.weight.abs().sum() for linear in network.linears)
    torch.testing.assert_close(network.l1(output=True), expected)


def test_resamples_without_a_class_lend_no_significance():
    """Nobody of the high group: no resample has a score, so the comparison says nothing (p = 1)."""
    ids = [f"p{i}" for i in range(6)]
    own = pd.DataFrame(
        {
            "fold": 0,
            "participant_id": ids,
            "part": "validation",
            "label": 0,
            "probability": np.linspace(0.1, 0.9, 6),
        }
    )
    holdout = pd.concat([own.assign(model=model) for model in "ab"])
    people = pd.DataFrame({"participant_id": ids, "family": ids})
    table = compare_models("a", {"a": own, "b": own}, holdout, people, 200, 1)
    assert (table["bootstrap_p"] == 1).all()
