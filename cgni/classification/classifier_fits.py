"""Fit one model of Table 1 in one fold."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from cgni.contrastive.encoders import EncoderPair
from cgni.classification.classifiers import (
    Fitted,
    fit_logistic,
    fit_network,
    fit_svm,
    fit_with_encoder,
    linear_head,
)

_TRAINING = ("class_weights", "activation", "dropout", "epochs", "learning_rate", "weight_decay", "patience")


def fit_classifier(
    model: str,
    x: np.ndarray,
    labels: np.ndarray,
    fit: np.ndarray,
    watched: np.ndarray | None,
    cfg: Mapping[str, Any],
    seed: int,
    cnn_state: Mapping[str, torch.Tensor] | None = None,
    encoders: EncoderPair | None = None,
) -> tuple[Fitted, list[dict[str, Any]]]:
    """Fit `model` on the rows `fit` of its inputs; return it and its learning curve (empty if it has none).

    Parameters
    ----------
    x, labels
        Inputs float32 [people, columns] and labels of all people with both modalities; only rows
        `fit` are fitted on and only rows `watched` watched.
    cfg
        The section `classification` as far as the model needs it.
    cnn_state
        Weights of the fold's WM network, for `imaging_cnn`, whose head is taken as it is.
    encoders
        The fold's encoders where the genetic one is trained along; `x` begins with allele counts then.
    """
    monitor = None if watched is None else (x[watched], labels[watched])
    if model == "imaging_cnn":
        assert cnn_state is not None
        return linear_head(cnn_state["head.weight"], cnn_state["head.bias"]), []
    if model == "confounds":
        return fit_logistic(x[fit], labels[fit], cfg["class_weights"]), []
    if model == "genetic_linear":
        return fit_logistic(x[fit], labels[fit], cfg["class_weights"], cfg["genetic_linear"]["c"]), []
    if model == "imaging_genetic_svm":
        return fit_svm(x[fit], labels[fit], monitor, cfg["imaging_genetic_svm"]["c"], cfg["class_weights"], seed), []
    own = cfg["proposed"] if model.startswith(("cgni_", "head_")) else cfg[model]
    settings = {**{name: cfg[name] for name in _TRAINING}, **{k: v for k, v in own.items() if k != "features"}}
    settings["l1_output"] = model == "imaging_genetic_nn"  # study A6: its penalty is on all layers
    if encoders is not None:
        return fit_with_encoder(x[fit], labels[fit], monitor, encoders, settings, seed)
    return fit_network(x[fit], labels[fit], monitor, settings, seed)
