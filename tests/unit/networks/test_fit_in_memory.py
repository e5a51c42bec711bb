"""Fits in memory: the best epoch is kept, patience ends them, and the seed decides."""

import numpy as np
import pytest
import torch

from cgni.base.errors import InputError
from cgni.networks.fit_in_memory import FitSettings, fit_in_memory
from cgni.networks.mlp import Mlp

SETTINGS = FitSettings(batch_size=8, epochs=6, learning_rate=0.05, weight_decay=0.0, patience=2)


def _fit(scores: list[float] | None, seed: int = 1, factor: float = 1.0):
    """The network after a fit that is watched with these scores, its curve, and its weights after each epoch."""
    rng = np.random.default_rng(0)
    values, labels = torch.from_numpy(rng.standard_normal((30, 3)).astype(np.float32)), np.arange(30) % 2
    torch.manual_seed(0)
    network, seen = Mlp(3, [4, 1]), []

    def loss(rows: torch.Tensor) -> torch.Tensor:
        return factor * (network(values[rows])[:, 0] - torch.from_numpy(labels)[rows]).square().mean()

    def watch() -> dict[str, float]:
        assert not network.training
        seen.append({name: value.clone() for name, value in network.state_dict().items()})
        return {"score": scores[len(seen) - 1]}

    return network, fit_in_memory(network, labels, loss, watch if scores else None, SETTINGS, seed), seen


def test_the_best_epoch_is_kept_and_patience_ends_the_fit() -> None:
    network, curve, seen = _fit([0.1, 0.5, 0.4, 0.5, 0.9, 0.9])
    assert [row["epoch"] for row in curve if row["split"] == "monitor"] == [1, 2, 3, 4]
    assert all(torch.equal(value, seen[1][name]) for name, value in network.state_dict().items())


def test_without_watchers_all_epochs_run_and_the_seed_decides() -> None:
    network, curve, _ = _fit(None)
    same, again, _ = _fit(None)
    other, _, _ = _fit(None, seed=2)
    assert [row["epoch"] for row in curve] == [1, 2, 3, 4, 5, 6] and not network.training
    assert curve == again and curve[-1]["value"] < curve[0]["value"]
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), same.parameters(), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(network.parameters(), other.parameters(), strict=True))


def test_a_loss_that_is_not_finite_ends_the_fit() -> None:
    with pytest.raises(InputError, match="no longer finite"):
        _fit(None, factor=float("nan"))


@pytest.mark.parametrize(("optimiser", "expected"), [("adamw", 2.0 * (1 - 0.1 * 0.5)), ("adam", 2.0 - 0.1)])
def test_decoupled_weight_decay_is_the_published_one(optimiser: str, expected: float) -> None:
    """Without a gradient AdamW multiplies weights by 1 - rate x decay; the L2 penalty of Adam moves by the rate."""
    network = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.constant_(network.weight, 2.0)
    settings = FitSettings(4, 1, 0.1, 0.5, 1, optimiser)
    fit_in_memory(network, np.array([0, 0, 1, 1]), lambda rows: network.weight.sum() * 0, None, settings, 1)
    assert network.weight.item() == pytest.approx(expected, rel=1e-5)
