"""Scores of embeddings against their definitions, pair by pair."""

import itertools

import numpy as np
import pytest
import torch

from cgni.base.views import GENETICS, IMAGING
from cgni.contrastive.collapse import collapse_diagnostics


def test_scores_are_those_of_their_definitions() -> None:
    rng = np.random.default_rng(0)
    v, g = rng.normal(size=(9, 4)), rng.normal(size=(9, 4))
    labels = np.arange(9) % 2
    own = {IMAGING: torch.from_numpy(3 * v), GENETICS: torch.from_numpy(g / 5)}  # the scale does not count
    scores = collapse_diagnostics(own, torch.from_numpy(labels))
    v, g = (values / np.linalg.norm(values, axis=1, keepdims=True) for values in (v, g))
    pairs = [np.exp(-2 * np.sum((g[i] - g[j]) ** 2)) for i, j in itertools.combinations(range(9), 2)]
    shares = np.linalg.svd(g - g.mean(axis=0), compute_uv=False)
    shares /= shares.sum()
    spread = [np.linalg.norm(g[labels == c] - g[labels == c].mean(axis=0), axis=1).mean() for c in (0, 1)]
    assert scores == pytest.approx(
        {
            "alignment": np.mean(np.sum((v - g) ** 2, axis=1)),
            "uniformity": np.log(np.mean(pairs)),
            "effective_rank": np.exp(-np.sum(shares * np.log(shares))),
            "class_spread": np.mean(spread),
        }
    )


def test_embeddings_that_fell_together_are_told() -> None:
    same = torch.ones(6, 3)
    scores = collapse_diagnostics({IMAGING: same, GENETICS: same}, torch.tensor([0, 0, 0, 1, 1, 1]))
    assert scores["alignment"] == scores["class_spread"] == scores["uniformity"] == 0
