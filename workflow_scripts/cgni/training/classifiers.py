"""Classifiers of WM group: small networks, a linear SVM, logistic regression.

A fitted classifier is a dict of plain types and tensors; `probabilities` applies it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from workflow_scripts.cgni.models.encoders import Scaling
from workflow_scripts.cgni.models.mlp import Mlp
from workflow_scripts.cgni.training.metrics import balanced_accuracy
from workflow_scripts.cgni.training.small import SmallSettings, fit_small

Fitted = dict[str, Any]


def fit_network(
    x: np.ndarray,
    labels: np.ndarray,
    watched: tuple[np.ndarray, np.ndarray] | None,
    cfg: Mapping[str, Any],
    seed: int,
) -> tuple[Fitted, list[dict[str, Any]]]:
    """Fit a network with two outputs; return it and its learning curve.

    Parameters
    ----------
    x
        float32 [fit people, inputs]; standardised with their own means and SDs.
    labels
        0 or 1.
    watched
        Inputs and labels of the monitor people, or None.
    cfg
        layers, activation, dropout, l1 and l1_output (optional), class_weights and the keys of SmallSettings.
    """
    torch.manual_seed(seed)
    scaling = Scaling.fit(x)
    sizes = {
        "inputs": x.shape[1],
        "layers": [*cfg["layers"], 2],
        "activation": cfg["activation"],
        "dropout": cfg["dropout"],
    }
    network = Mlp(**sizes)
    inputs, targets = scaling.apply(torch.from_numpy(x)), torch.from_numpy(labels)
    weights = _class_weights(labels) if cfg["class_weights"] else None

    def loss(rows: np.ndarray) -> torch.Tensor:
        value = functional.cross_entropy(network(inputs[rows]), targets[rows], weight=weights)
        return value + cfg.get("l1", 0.0) * network.l1(cfg.get("l1_output", False))

    def watch() -> dict[str, float]:
        assert watched is not None
        logits = network(scaling.apply(torch.from_numpy(watched[0])))
        value = float(functional.cross_entropy(logits, torch.from_numpy(watched[1]), weight=weights))
        score = balanced_accuracy(watched[1], torch.softmax(logits, dim=1)[:, 1].numpy())
        return {"score": score - 1e-3 * value, "balanced_accuracy": score, "loss": value}

    settings = SmallSettings(**{name: cfg[name] for name in SmallSettings.__dataclass_fields__})
    curve = fit_small(network, labels, loss, watch if watched else None, settings, seed)
    state = {name: value.detach().clone() for name, value in network.state_dict().items()}
    fitted = {"kind": "network", "sizes": sizes, "state": state, "scaling": scaling.state()}
    return fitted, [row for row in curve if row["metric"] != "score"]


def fit_svm(
    x: np.ndarray,
    labels: np.ndarray,
    watched: tuple[np.ndarray, np.ndarray] | None,
    c: float,
    balanced: bool,
    seed: int,
) -> Fitted:
    """Fit a linear SVM on standardised inputs; Platt's probabilities from the monitor people when there are some."""
    from sklearn.linear_model import LogisticRegression  # here, because importing it costs networks seconds
    from sklearn.svm import LinearSVC

    scaling = Scaling.fit(x)
    svm = LinearSVC(C=c, class_weight="balanced" if balanced else None, random_state=seed % 2**32)
    svm.fit(_scaled(scaling, x), labels)
    platt_x, platt_y = watched if watched else (x, labels)
    decision = svm.decision_function(_scaled(scaling, platt_x))[:, None]
    platt = LogisticRegression(class_weight="balanced" if balanced else None).fit(decision, platt_y)
    slope, offset = platt.coef_[0, 0], platt.intercept_[0]
    return _linear(scaling, slope * svm.coef_[0], slope * svm.intercept_[0] + offset)


def fit_logistic(x: np.ndarray, labels: np.ndarray, balanced: bool) -> Fitted:
    """Fit a logistic regression on standardised inputs; missing values become the fit people's means."""
    from sklearn.linear_model import LogisticRegression  # here, because importing it costs networks seconds

    mean = np.nan_to_num(np.nanmean(x, axis=0))
    filled = np.where(np.isnan(x), mean, x)
    scaling = Scaling.fit(filled)
    model = LogisticRegression(class_weight="balanced" if balanced else None, max_iter=1000)
    model.fit(_scaled(scaling, filled), labels)
    return _linear(scaling, model.coef_[0], model.intercept_[0])


def linear_head(weight: torch.Tensor, bias: torch.Tensor) -> Fitted:
    """The CNN's own head as a classifier of h_v: logits of low and high are linear."""
    inputs = weight.shape[1]
    scaling = Scaling(torch.zeros(inputs), torch.ones(inputs))
    return _linear(scaling, (weight[1] - weight[0]).numpy(), float(bias[1] - bias[0]))


def probabilities(fitted: Fitted, x: np.ndarray) -> np.ndarray:
    """Probability of the high group, float64 [people]; missing inputs become the fit people's means."""
    scaling = Scaling(**fitted["scaling"])
    filled = np.where(np.isnan(x), scaling.mean.numpy(), x).astype(np.float32)
    inputs = scaling.apply(torch.from_numpy(filled))
    with torch.inference_mode():
        if fitted["kind"] == "network":
            return torch.softmax(_network(fitted)(inputs), dim=1)[:, 1].double().numpy()
        return torch.sigmoid(inputs.double() @ fitted["coefficients"].double() + fitted["intercept"]).numpy()


def hidden_features(fitted: Fitted, x: np.ndarray) -> np.ndarray:
    """h_g: the last hidden layer of a fitted network, float32 [people, units]."""
    with torch.inference_mode():
        inputs = Scaling(**fitted["scaling"]).apply(torch.from_numpy(x))
        return _network(fitted).hidden(inputs).numpy()


def _network(fitted: Fitted) -> Mlp:
    network = Mlp(**fitted["sizes"])
    network.load_state_dict(fitted["state"])
    return network.eval()


def _linear(scaling: Scaling, coefficients: np.ndarray, intercept: float) -> Fitted:
    return {
        "kind": "linear",
        "coefficients": torch.as_tensor(coefficients, dtype=torch.float64),
        "intercept": float(intercept),
        "scaling": scaling.state(),
    }


def _scaled(scaling: Scaling, x: np.ndarray) -> np.ndarray:
    return scaling.apply(torch.from_numpy(np.asarray(x, np.float32))).numpy()


def _class_weights(labels: np.ndarray) -> torch.Tensor:
    counts = np.bincount(labels, minlength=2)
    return torch.tensor(len(labels) / (2 * np.maximum(counts, 1)), dtype=torch.float32)
