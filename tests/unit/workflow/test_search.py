"""Hyperparameter candidates: from the grids of the config to settings, or to a refusal with its place."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from cgni.base.errors import InputError
from cgni.contrastive.terms import SEARCHED_TERMS, TERMS, all_subsets, encoder_spec
from cgni.workflow.config import effective_config
from cgni.workflow.roster import searched_model
from cgni.workflow.search import candidates, searches, with_candidate
from cgni.workflow.settings import StudySettings

ROOT = Path(__file__).resolve().parents[3]
NETS = ("proposed", "genetic_nn", "imaging_genetic_nn")
GENETIC = "genetics_imaging"  # the key of term (2)
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


WEIGHTS = {f"contrastive.weights.{key}": [0.3, 0.7] for key in ("imaging_genetics", "genetics_genetics")}


def searched(*grids: dict[str, Any], **sections: dict[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    return searches(effective_config({**config(*grids), **sections}))


def weights_of(own: dict[str, dict[str, Any]]) -> list[dict[str, float]]:
    return [settings["contrastive"].get("weights", {}) for settings in own.values()]


def test_each_subset_is_searched_over_the_weights_of_its_own_terms() -> None:
    """A grid of `subsets`: (1) stands alone and has no weight; of (1)+(2) one is varied, of (1)+(2)+(4) both are."""
    grid = {"model": "subsets", "contrastive.learning_rate": [1e-3, 3e-4], **WEIGHTS}
    found = searched(grid, contrastive={"subsets": [[1], [1, 2], [1, 2, 4]], "linear_subset": [1, 2]})
    assert {name: len(own) for name, own in found.items()} == {
        "cgni_terms1": 2,
        "cgni_terms12": 4,
        "cgni_terms124": 8,
    }
    assert weights_of(found["cgni_terms1"]) == [{}, {}]
    assert weights_of(found["cgni_terms12"]) == [{"imaging_genetics": weight} for weight in (0.3, 0.7)] * 2
    assert all(len(weights) == 2 for weights in weights_of(found["cgni_terms124"]))
    # candidates are named by their settings alone, so the same ones have the same name everywhere
    rates = {"model": "proposed", "contrastive.learning_rate": [1e-3, 3e-4]}
    assert list(found["cgni_terms1"]) == list(searched(rates)["proposed"])


def test_a_subset_without_a_weight_to_vary_is_not_searched() -> None:
    found = searched({"model": "subsets", **WEIGHTS}, contrastive={"subsets": [[1], [2, 3], [1, 2]]})
    assert list(found) == ["cgni_terms12"]


def test_one_subset_or_one_head_may_be_searched_by_its_name() -> None:
    grids = (
        {"model": "cgni_terms12", "contrastive.weights.imaging_genetics": [0.5]},
        {"model": "cgni_linear_terms12", "contrastive.learning_rate": [0.1]},
        {"model": "head_imaging", "classification.proposed.layers": [[8]]},
        {"model": "subsets", "contrastive.dropout": [0.1]},
    )
    found = searched(*grids, contrastive={"subsets": [[1], [1, 2]], "linear_subset": [1, 2]})
    counts = {"cgni_linear_terms12": 1, "cgni_terms1": 1, "cgni_terms12": 2, "head_imaging": 1}
    assert {name: len(own) for name, own in found.items()} == counts
    chosen = {"learning_rate": 0.1}  # and no grid of the subsets: its genetic encoder is another one
    assert list(found["cgni_linear_terms12"].values()) == [{"contrastive": chosen}]


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({"model": "cgni_terms13", "contrastive.dropout": [0.1]}, "cgni_terms13 is not among"),
        ({"model": "head_genetics", "contrastive.dropout": [0.1]}, "head_genetics is not among"),
        ({"model": "nothing", "contrastive.dropout": [0.1]}, "search"),
        # of a subset without the term, and of one that stands alone
        ({"model": "cgni_terms12", "contrastive.weights.genetics_genetics": [0.1]}, r"not a weight that cgni_terms12"),
        ({"model": "cgni_terms4", "contrastive.weights.genetics_genetics": [0.1]}, r"not a weight that cgni_terms4"),
        ({"model": "subsets", "contrastive.weights.imaging_genetics": [0.1, 1.1]}, r"weights\.imaging_genetics: 1\.1"),
        (
            {"model": "subsets", **{f"contrastive.weights.{key}": [0, 1] for key in ("imaging_genetics", GENETIC)}},
            "all weights of a candidate of cgni_terms12 are zero",
        ),
    ],
)
def test_a_grid_of_a_subset_that_cannot_be_used_is_refused(grid: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        searched(grid, contrastive={"subsets": [[4], [1, 2]]})


def test_the_published_search_is_that_of_the_study_on_uk_biobank() -> None:
    """Published: number and size of hidden layers, and the learning rate, of every network; weights per loss subset."""
    overlay = yaml.safe_load((ROOT / "config.ukb.yaml").read_text())
    effective = effective_config(overlay)
    found = searches(effective)
    # fifteen of the published terms
    assert {f"cgni_{encoder_spec(terms).name}" for terms in all_subsets()} == {n for n in found if "terms" in n}
    for term in (term for term in TERMS if term.number in SEARCHED_TERMS.terms):
        assert len({own["contrastive"]["weights"][term.key] for own in found["cgni_terms1234"].values()}) > 1
    for name, own in found.items():
        changed = [with_candidate(effective, settings) for settings in own.values()]
        rates = {(c["contrastive"]["learning_rate"], c["classification"]["learning_rate"]) for c in changed}
        sizes = {
            (str(c["contrastive"]["layers"]), *(str(c["classification"][m]["layers"]) for m in NETS)) for c in changed
        }
        if name.startswith("cgni") or name in NETS:
            assert len(rates) > 1 and len(sizes) > 1, name
    assert len({own["learning_rate"] for own in effective["transfer"]["candidates"]}) > 1


def test_a_subsets_search_is_that_of_its_own_encoders() -> None:
    grid = {"model": "subsets", "contrastive.learning_rate": [0.1]}
    settings = StudySettings.of(effective_config({**config(grid), "contrastive": {"subsets": [[1, 2], [4]]}}))
    for name in ("cgni_terms12", "cgni_terms4"):
        spec = searched_model(name, settings)
        assert (spec.name, f"cgni_{spec.encoders}", spec.searched) == (name, name, "proposed")
