"""Hyperparameter candidates: from the grids of the config to settings, or to a refusal with its place."""

import copy
from typing import Any

import pytest

from cgni.base.errors import InputError
from cgni.workflow.config import effective_config
from cgni.workflow.search import candidates, with_candidate

GRID = {"model": "proposed", "contrastive.learning_rate": [1e-3, 3e-4], "classification.proposed.layers": [[8], [8, 4]]}


def config(*grids: dict[str, Any], **classification: Any) -> dict[str, Any]:
    return {"classification": {**classification, "search": list(grids)}}


def found(*grids: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The candidates of the proposed model."""
    return candidates(effective_config(config(*grids))["classification"]["search"], "proposed")


def test_a_grid_is_the_product_of_its_lists() -> None:
    own = found(GRID)
    assert len(own) == 4
    chosen = {
        (s["contrastive"]["learning_rate"], tuple(s["classification"]["proposed"]["layers"])) for s in own.values()
    }
    assert chosen == {(rate, layers) for rate in (1e-3, 3e-4) for layers in ((8,), (8, 4))}


def test_another_value_leaves_the_candidates_that_are_there_alone() -> None:
    wider = {**GRID, "contrastive.learning_rate": [3e-3, 1e-3, 3e-4]}
    before = found(GRID)
    after = found(wider, {"model": "genetic_linear", "classification.genetic_linear.c": [1]})
    assert before.items() <= after.items() and len(after) == 6


def test_a_candidate_bears_the_name_that_it_has_always_had() -> None:
    """First 8 digits of the SHA-256 of {"contrastive": {"dropout": 0.2}}."""
    assert list(found({"model": "proposed", "contrastive.dropout": [0.2]})) == ["6fa7ee48"]


def test_a_candidate_changes_its_own_keys_only() -> None:
    effective = effective_config(config(GRID))
    untouched = copy.deepcopy(effective)
    changed = with_candidate(effective, {"contrastive": {"learning_rate": 0.5}})
    assert effective == untouched and changed["contrastive"]["learning_rate"] == 0.5
    changed["contrastive"]["learning_rate"] = effective["contrastive"]["learning_rate"]
    assert changed == effective


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({"model": "proposed", "contrastive.tau": [1]}, r"search\.0: contrastive\.tau is not a key"),
        ({"model": "proposed", "contrastive.subsets": ["all"]}, "contrastive.subsets is not a key"),
        ({"model": "proposed", "contrastive.weights": [{}]}, "contrastive.weights is not a key"),
        ({"model": "proposed", "classification.bootstrap": [200]}, "classification.bootstrap is not a key"),
        # what fits a model is known before any candidate is fitted
        ({"model": "proposed", "classification.finetune_encoder": [True]}, "finetune_encoder is not a key"),
        ({"model": "proposed", "contrastive.dropout": [0.1, 2]}, r"search\.0: contrastive\.dropout: 2"),
        ({"model": "proposed", "contrastive.dropout": []}, "search"),
        ({"model": "proposed"}, "search"),
        ({"model": "imaging_cnn", "contrastive.dropout": [0.1]}, "search"),
    ],
)
def test_a_grid_that_cannot_be_used_is_refused_with_its_place(grid: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        effective_config(config(grid))


def test_a_search_for_a_model_that_is_not_fitted_is_refused() -> None:
    grid = {"model": "genetic_linear", "classification.genetic_linear.c": [1.0]}
    with pytest.raises(InputError, match="genetic_linear is not among"):
        effective_config(config(grid, models=["genetic_nn"]))


def test_features_of_the_head_may_be_searched_unless_the_encoder_is_trained_along() -> None:
    grid = {"model": "proposed", "classification.proposed.features": [["imaging"], ["genetics_embedding", "imaging"]]}
    assert len(candidates(effective_config(config(grid))["classification"]["search"], "proposed")) == 2
    along = config(grid)
    along["classification"]["finetune_encoder"] = True
    with pytest.raises(InputError, match=r"not with classification\.finetune_encoder"):
        effective_config(along)
