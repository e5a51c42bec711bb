"""Classifiers of WM group: small networks, a linear SVM, logistic regression.

A fitted classifier is a dict of plain types and tensors; `probabilities` applies it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cgni.classification.encoder_head import EncoderHead
from cgni.contrastive.encoders import EncoderPair, Scaling, load_encoders
from cgni.networks.mlp import Mlp
from cgni.classification.metrics import balanced_accuracy
from cgni.networks.fit_in_memory import SmallSettings, fit_small

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
        Inputs and labels of the people who stop the fit, or None.
    cfg
        layers, activation, dropout, l1 and l1_output (optional), class_weights and the keys of SmallSettings.
    """
    torch.manual_seed(seed)
    scaling = Scaling.fit(x)
    sizes = _sizes(x.shape[1], cfg)
    network = Mlp(**sizes)
    inputs = scaling.apply(torch.from_numpy(x))
    seen = None if watched is None else (scaling.apply(torch.from_numpy(watched[0])), watched[1])
    curve = _train(network, network, inputs, labels, seen, cfg, seed)
    return {"kind": "network", "sizes": sizes, "state": _state(network), "scaling": scaling.state()}, curve


def fit_with_encoder(
    x: np.ndarray,
    labels: np.ndarray,
    watched: tuple[np.ndarray, np.ndarray] | None,
    pair: EncoderPair,
    cfg: Mapping[str, Any],
    seed: int,
) -> tuple[Fitted, list[dict[str, Any]]]:
    """`fit_network` on z_g and other features, with the genetic encoder of `pair` trained along.

    The first columns of `x` are allele counts as the encoder takes them. `pair` is changed.
    """
    torch.manual_seed(seed)
    inputs = torch.from_numpy(x)
    snps = len(pair.scaling_counts.mean)
    with torch.inference_mode():
        start = np.hstack([pair.eval().genetic(inputs[:, :snps]).numpy(), x[:, snps:]])
    sizes = _sizes(start.shape[1], cfg)
    network = EncoderHead(pair, Mlp(**sizes), Scaling.fit(start))
    seen = None if watched is None else (torch.from_numpy(watched[0]), watched[1])
    curve = _train(network, network.head, inputs, labels, seen, cfg, seed)
    fitted = {"kind": "encoder_head", "sizes": sizes, "state": _state(network.head)}
    return {**fitted, "scaling": network.scaling.state(), "encoders": pair.checkpoint()}, curve


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
    svm = LinearSVC(C=c, max_iter=5000, class_weight="balanced" if balanced else None, random_state=seed % 2**32)
    svm.fit(_scaled(scaling, x), labels)
    platt_x, platt_y = watched if watched else (x, labels)
    decision = svm.decision_function(_scaled(scaling, platt_x))[:, None]
    platt = LogisticRegression(class_weight="balanced" if balanced else None).fit(decision, platt_y)
    slope, offset = platt.coef_[0, 0], platt.intercept_[0]
    return _linear(scaling, slope * svm.coef_[0], slope * svm.intercept_[0] + offset)


def fit_logistic(x: np.ndarray, labels: np.ndarray, balanced: bool, c: float = 1.0) -> Fitted:
    """Fit a logistic regression on standardised inputs; missing values become the fit people's means.

    `c` is scikit-learn's inverse strength of the L2 penalty.
    """
    from sklearn.linear_model import LogisticRegression  # here, because importing it costs networks seconds

    mean = np.nan_to_num(np.nanmean(x, axis=0))
    filled = np.where(np.isnan(x), mean, x)
    scaling = Scaling.fit(filled)
    model = LogisticRegression(C=c, class_weight="balanced" if balanced else None, max_iter=1000)
    model.fit(_scaled(scaling, filled), labels)
    return _linear(scaling, model.coef_[0], model.intercept_[0])


def linear_head(weight: torch.Tensor, bias: torch.Tensor) -> Fitted:
    """The CNN's own head as a classifier of h_v: logits of low and high are linear."""
    inputs = weight.shape[1]
    scaling = Scaling(torch.zeros(inputs), torch.ones(inputs))
    return _linear(scaling, (weight[1] - weight[0]).numpy(), float(bias[1] - bias[0]))


def probabilities(fitted: Fitted, x: np.ndarray) -> np.ndarray:
    """Probability of the high group, float64 [people]; linear models take missing inputs as the fit means."""
    scaling = Scaling(**fitted["scaling"])
    with torch.inference_mode():
        if fitted["kind"] == "linear":
            filled = np.where(np.isnan(x), scaling.mean.numpy(), x).astype(np.float32)
            inputs = scaling.apply(torch.from_numpy(filled)).double()
            return torch.sigmoid(inputs @ fitted["coefficients"].double() + fitted["intercept"]).numpy()
        if fitted["kind"] == "encoder_head":
            network = EncoderHead(load_encoders({"fold0": fitted["encoders"]}, 0), _network(fitted), scaling).eval()
            return torch.softmax(network(torch.from_numpy(x)), dim=1)[:, 1].double().numpy()
        return torch.softmax(_network(fitted)(scaling.apply(torch.from_numpy(x))), dim=1)[:, 1].double().numpy()


def hidden_features(fitted: Fitted, x: np.ndarray) -> np.ndarray:
    """h_g: the last hidden layer of a fitted network, float32 [people, units]."""
    with torch.inference_mode():
        inputs = Scaling(**fitted["scaling"]).apply(torch.from_numpy(x))
        return _network(fitted).hidden(inputs).numpy()


def _train(
    network: nn.Module,
    penalised: Mlp,
    inputs: torch.Tensor,
    labels: np.ndarray,
    watched: tuple[torch.Tensor, np.ndarray] | None,
    cfg: Mapping[str, Any],
    seed: int,
) -> list[dict[str, Any]]:
    """Train on the cross entropy; L1 is that of `penalised`. The learning curve comes back."""
    targets = torch.from_numpy(labels)
    weights = _class_weights(labels) if cfg["class_weights"] else None
    l1, output = cfg.get("l1", 0.0), cfg.get("l1_output", False)

    def loss(rows: torch.Tensor) -> torch.Tensor:
        value = functional.cross_entropy(network(inputs[rows]), targets[rows], weight=weights)
        return value + l1 * penalised.l1(output) if l1 else value

    def watch() -> dict[str, float]:
        assert watched is not None
        logits = network(watched[0])
        value = float(functional.cross_entropy(logits, torch.from_numpy(watched[1]), weight=weights))
        score = balanced_accuracy(watched[1], torch.softmax(logits, dim=1)[:, 1].numpy())
        return {"score": score - 1e-3 * value, "balanced_accuracy": score, "loss": value}

    settings = SmallSettings(**{name: cfg[name] for name in SmallSettings.__dataclass_fields__ if name in cfg})
    curve = fit_small(network, labels, loss, watch if watched else None, settings, seed)
    return [row for row in curve if row["metric"] != "score"]


def _sizes(inputs: int, cfg: Mapping[str, Any]) -> dict[str, Any]:
    layers = [*cfg["layers"], 2]
    return {"inputs": inputs, "layers": layers, "activation": cfg["activation"], "dropout": cfg["dropout"]}


def _state(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


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
