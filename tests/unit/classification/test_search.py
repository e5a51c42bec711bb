"""Hyperparameter candidates: from the grids of the config to the winner, by validation scores alone."""

import copy
import json

import numpy as np
import pandas as pd
import pytest
import yaml

from cgni.workflow.config import candidates, effective_config, model_names, with_candidate
from cgni.base.errors import InputError
from cgni.classification.candidates import with_settings
from cgni.classification.selection import candidate_scores, choose_candidate


def config(*grids, **sections):
    with open("config.yaml", encoding="utf-8") as stream:
        loaded = yaml.safe_load(stream)
    loaded["classification"]["search"] = list(grids)
    for name, changes in sections.items():
        loaded[name] |= changes
    return loaded


GRID = {"model": "proposed", "contrastive.learning_rate": [1e-3, 3e-4], "classification.proposed.layers": [[8], [8, 4]]}


def test_a_grid_is_the_product_of_its_lists():
    found = candidates(effective_config(config(GRID)), "proposed")
    assert len(found) == 4
    chosen = {
        (s["contrastive"]["learning_rate"], tuple(s["classification"]["proposed"]["layers"])) for s in found.values()
    }
    assert chosen == {(rate, layers) for rate in (1e-3, 3e-4) for layers in ((8,), (8, 4))}


def test_another_value_leaves_the_candidates_that_are_there_alone():
    wider = {**GRID, "contrastive.learning_rate": [3e-3, 1e-3, 3e-4]}
    before = candidates(effective_config(config(GRID)), "proposed")
    after = candidates(
        effective_config(config(wider, {"model": "genetic_linear", "classification.genetic_linear.c": [1]})), "proposed"
    )
    assert before.items() <= after.items() and len(after) == 6


def test_a_candidate_changes_its_own_keys_only():
    effective = effective_config(config(GRID))
    untouched = copy.deepcopy(effective)
    settings = {"contrastive": {"learning_rate": 0.5}}
    changed = with_candidate(effective, settings)
    assert effective == untouched and changed["contrastive"]["learning_rate"] == 0.5
    changed["contrastive"]["learning_rate"] = effective["contrastive"]["learning_rate"]
    assert changed == effective


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({"model": "proposed", "contrastive.tau": [1]}, "contrastive.tau is not a key"),
        ({"model": "proposed", "contrastive.subsets": ["all"]}, "contrastive.subsets is not a key"),
        ({"model": "proposed", "contrastive.dropout": [0.1, 2]}, r"contrastive\.dropout: 2"),
        ({"model": "proposed", "contrastive.dropout": []}, "search"),
        ({"model": "proposed"}, "search"),
    ],
)
def test_a_grid_that_cannot_be_used_is_refused_with_its_place(grid, message):
    with pytest.raises(InputError, match=message):
        effective_config(config(grid))


def test_a_search_for_a_model_that_is_not_fitted_is_refused():
    with pytest.raises(InputError, match="genetic_linear is not among"):
        grid = {"model": "genetic_linear", "classification.genetic_linear.c": [1.0]}
        effective_config(config(grid, classification={"models": ["genetic_nn"], "search": [grid]}))


def test_heads_on_unseen_people_need_unseen_people():
    with pytest.raises(InputError, match=r"people\.heads_on"):
        effective_config(config(people={"fit_on": "training", "heads_on": "monitor"}))


def test_all_models_of_table_1_are_there():
    names = model_names(effective_config(config(contrastive={"linear_subset": [1, 2, 4]})))
    assert {"imaging_cnn", "genetic_nn", "genetic_linear", "imaging_genetic_svm", "imaging_genetic_nn", "head_h",
            "cgni_linear_terms124", "confounds"} <= set(names)  # fmt: skip


def test_the_winner_is_taken_over_where_the_job_reads_it(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"contrastive": {"dropout": 0.5}, "classification": {"proposed": {"layers": [9]}}}))
    cfg = {"seed": 1, "contrastive": {"dropout": 0.0, "epochs": 3}}
    assert with_settings(cfg, path) == {"seed": 1, "contrastive": {"dropout": 0.5, "epochs": 3}}
    assert cfg["contrastive"]["dropout"] == 0.0 and with_settings(cfg, None) == cfg


def test_candidates_are_chosen_by_their_validation_people():
    """Good on fit people and bad on validation people loses; of equal ones the first wins."""
    rows = [(f, f"p{f}{n}", part, n % 2) for f in range(2) for part in ("fit", "validation") for n in range(6)]
    table = pd.DataFrame(rows, columns=["fold", "participant_id", "part", "label"])
    right = table["label"] * 0.8 + 0.1
    good = table.assign(probability=np.where(table["part"] == "validation", right, 1 - right))
    bad = table.assign(probability=np.where(table["part"] == "validation", 1 - right, right))
    settings = {"b": {"x": 1}, "g": {"x": 2}, "h": {"x": 3}}
    scores = candidate_scores({"b": bad, "g": good, "h": good}, settings)
    assert scores[scores["fold"] == -1]["balanced_accuracy"].tolist() == [0, 1, 1]
    assert len(scores) == 9
    chosen = choose_candidate(scores)
    assert chosen == {"candidate": "g", "settings": {"x": 2}, "validation_balanced_accuracy": 1.0}
