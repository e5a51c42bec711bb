"""The models of a study as published and as their names in results have always been."""

import json
from pathlib import Path
from typing import Any

import pytest

from cgni.classification.fitters.logistic_settings import LogisticSettings
from cgni.classification.spec import ModelSpec
from cgni.contrastive.terms import SEARCHED_TERMS, encoder_spec
from cgni.workflow.baselines import BASELINES, IN_PLACE_OF_CNN, Baseline, searchable
from cgni.workflow.config import effective_config
from cgni.workflow.roster import encoders, roster, searched_model, subsets
from cgni.workflow.settings import StudySettings

HEAD = ("genetics_embedding", "imaging")
CLEANED = ("genetics_embedding", "imaging_cleaned")
WATCHED = ("fit", "monitor")
TRAINING = ("class_weights", "activation", "dropout", "epochs", "learning_rate", "weight_decay", "patience")
PUBLISHED = ["imaging_cnn", "genetic_nn", "genetic_linear", "imaging_genetic_svm", "imaging_genetic_nn"]
NETWORK = ("layers", "l1", "l1_layers", "batch_size")
# name: label, features, stream of random numbers, who is used, fitter, network whose hidden layer is read
TABLE_1 = {
    "cgni_terms1": ("CGNI (1)", HEAD, "cgni", WATCHED, "network", ""),
    "cgni_terms4": ("CGNI (4)", HEAD, "cgni", WATCHED, "network", ""),
    "cgni_terms124": ("CGNI (1)+(2)+(4)", HEAD, "cgni", WATCHED, "network", ""),
    "cgni_linear_terms124": ("CGNI (1)+(2)+(4), linear genetic encoder", HEAD, "cgni", WATCHED, "network", ""),
    "cgni_terms1_cleaned": ("CGNI (1), without confounds", CLEANED, "cgni", WATCHED, "network", ""),
    "cgni_terms4_cleaned": ("CGNI (4), without confounds", CLEANED, "cgni", WATCHED, "network", ""),
    "cgni_terms124_cleaned": ("CGNI (1)+(2)+(4), without confounds", CLEANED, "cgni", WATCHED, "network", ""),
    "imaging_cnn": ("Imaging CNN", ("imaging",), "imaging_cnn", (), "cnn_head", ""),
    "genetic_nn": ("Sparse genetic NN", ("genetics",), "genetic_nn", WATCHED, "network", ""),
    "genetic_linear": ("Linear genetic model", ("genetics",), "genetic_linear", ("fit",), "logistic", ""),
    "imaging_genetic_svm": (
        "Imaging-genetic SVM",
        ("imaging", "genetics_hidden"),
        "imaging_genetic_svm",
        WATCHED,
        "svm",
        "genetic_nn",
    ),
    "imaging_genetic_nn": (
        "Imaging-genetic NN",
        ("imaging", "genetics_hidden"),
        "imaging_genetic_nn",
        WATCHED,
        "network",
        "genetic_nn",
    ),
    "head_imaging": ("CGNI head on h_v", ("imaging",), "cgni", WATCHED, "network", ""),
    "head_imaging_cleaned": (
        "CGNI head on h_v without confounds",
        ("imaging_cleaned",),
        "cgni",
        WATCHED,
        "network",
        "",
    ),
    "head_imaging_genetics_hidden": (
        "CGNI head on h_v + h_g",
        ("imaging", "genetics_hidden"),
        "cgni",
        WATCHED,
        "network",
        "genetic_nn",
    ),
    "head_genetics": ("CGNI head on SNPs", ("genetics",), "cgni", WATCHED, "network", ""),
    "confounds": ("Confounds only", ("confounds",), "confounds", ("fit",), "logistic", ""),
}


def settings(**sections: dict[str, Any]) -> StudySettings:
    return StudySettings.of(effective_config(sections))


@pytest.fixture
def full() -> StudySettings:
    """Every kind of model, with the published baselines."""
    heads = [["imaging"], ["imaging_cleaned"], ["imaging", "genetics_hidden"], ["genetics"]]
    own = {"models": PUBLISHED, "shared_head": heads}
    return settings(contrastive={"linear_subset": [1, 2, 4]}, classification=own)


def test_all_models_of_table_1_are_there_in_their_order(full: StudySettings) -> None:
    found = {
        name: (spec.label, spec.features, spec.seed, spec.uses, spec.fitter, spec.hidden_of)
        for name, spec in roster(full).items()
    }
    assert found == TABLE_1 and list(found) == list(TABLE_1)
    assert all(spec.name == name for name, spec in roster(full).items())


def test_models_of_the_default_study() -> None:
    left_out = ("cgni_linear_terms124", "head_imaging_genetics_hidden", "head_genetics")
    found = list(roster(settings()))
    assert [name for name in found if name in TABLE_1] == [name for name in TABLE_1 if name not in left_out]
    assert set(found) - set(TABLE_1) == set(BASELINES) - {*PUBLISHED, IN_PLACE_OF_CNN}


def test_a_table_of_features_has_no_imaging_network_but_a_model_on_the_features() -> None:
    found = roster(settings(imaging={"source": "table"}, simulation={"images": {"kind": "table"}}))
    expected = [IN_PLACE_OF_CNN if name == "imaging_cnn" else name for name in roster(settings())]
    assert list(found) == expected and not any("networks" in spec.needs for spec in found.values())
    spec = found[IN_PLACE_OF_CNN]
    assert (spec.label, spec.fitter, spec.features) == ("Logistic imaging model", "logistic", ("imaging",))


def test_encoders_of_a_model_and_the_search_that_it_follows(full: StudySettings) -> None:
    for name, spec in roster(full).items():
        proposed = name.startswith("cgni_")
        assert spec.encoders == (name.removeprefix("cgni_").removesuffix("_cleaned") if proposed else "")
        heads = proposed or name.startswith("head_")
        own = name if name not in ("imaging_cnn", "confounds") else ""
        assert spec.searched == ("proposed" if heads else own)
        assert spec.settings == ("proposed" if heads else "" if name == "imaging_cnn" else name)


def test_each_model_declares_the_keys_that_its_fit_reads(full: StudySettings) -> None:
    def keys(*names: str) -> tuple[str, ...]:
        return ("people.heads_on", *(f"classification.{name}" for name in names))

    found = {name: spec.keys for name, spec in roster(full).items()}
    head = keys(*(f"proposed.{name}" for name in NETWORK), *TRAINING)
    for name in TABLE_1:
        if name.startswith(("cgni_", "head_")):
            cleaned = ("confounds.remove", "confounds.components") if name.endswith("_cleaned") else ()
            assert found.pop(name) == (head[0], *cleaned, *head[1:])
    assert found == {
        "imaging_cnn": keys(),
        "genetic_nn": keys(*(f"genetic_nn.{name}" for name in NETWORK), *TRAINING),
        "genetic_linear": keys("genetic_linear.c", "class_weights"),
        "imaging_genetic_svm": keys("imaging_genetic_svm.c", "class_weights"),
        "imaging_genetic_nn": keys(*(f"imaging_genetic_nn.{name}" for name in NETWORK), *TRAINING),
        "confounds": keys("confounds.c", "class_weights"),
    }


@pytest.mark.parametrize(
    ("features", "columns", "fitter"),
    [
        (["imaging", "genetics_embedding"], ("genetics_cleaned", "imaging"), "encoder_head"),
        (["imaging_embedding", "genetics_embedding"], ("genetics_cleaned", "imaging_embedding"), "encoder_head"),
        (["imaging_embedding", "imaging"], ("imaging_embedding", "imaging"), "network"),
    ],
)
def test_an_encoder_that_is_trained_along_takes_allele_counts_first(
    features: list[str], columns: tuple[str, ...], fitter: str
) -> None:
    own = {"proposed": {"features": features}, "finetune_encoder": True}
    spec = roster(settings(classification=own))["cgni_terms124"]
    assert (spec.features, spec.fitter, spec.seed, spec.encoders) == (columns, fitter, "cgni", "terms124")
    plain = roster(settings(classification={**own, "finetune_encoder": False}))["cgni_terms124"]
    assert (plain.features, plain.fitter) == (tuple(features), "network")
    heads = roster(settings(classification=own))["head_imaging"]
    assert (heads.features, heads.fitter) == (("imaging",), "network")


def test_all_means_every_subset() -> None:
    """Fifteen of the four published terms, in this order."""
    own = settings(contrastive={"subsets": "all", "linear_subset": [3]})
    names = list(subsets(own))
    assert len(set(names)) == len(names) >= 15
    assert names[0] == "terms1" and names[2] == "terms12" and names[14] == "terms1234"
    assert list(encoders(own)) == [*names, "linear_terms3"]
    assert encoders(own)["linear_terms3"] == encoder_spec([3], linear=True)
    proposed = [name for name in roster(own) if name.startswith("cgni_")]
    cleaned = [f"cgni_{name}_cleaned" for name in names]
    assert proposed == [*(f"cgni_{name}" for name in names), "cgni_linear_terms3", *cleaned]
    raw = roster(settings(confounds={"remove": "none"}))
    assert not [name for name in raw if name.startswith("cgni_") and name.endswith("_cleaned")]


def test_the_proposed_model_is_searched_with_all_terms(full: StudySettings) -> None:
    spec = searched_model("proposed", full)
    assert (spec.name, spec.encoders, spec.features) == (f"cgni_{SEARCHED_TERMS.name}", SEARCHED_TERMS.name, HEAD)
    assert searched_model("genetic_linear", full) == roster(full)["genetic_linear"]
    assert set(searchable()) == {"proposed", *BASELINES} - {"imaging_cnn"}


def test_params_tell_a_job_what_it_needs_to_know(full: StudySettings) -> None:
    for spec in roster(full).values():
        again = ModelSpec.of(spec.params())
        assert again.params() == spec.params()
        assert (again.label, again.keys, again.searched) == ("", (), "")
        for name in ("name", "fitter", "features", "settings", "uses", "seed", "encoders", "hidden_of"):
            assert getattr(again, name) == getattr(spec, name)
        assert all(isinstance(value, str | list) for value in spec.params().values())  # as Snakemake compares them


def test_the_winner_of_a_search_may_bring_other_features_for_the_proposed_model(
    full: StudySettings, tmp_path: Path
) -> None:
    winner = tmp_path / "settings.json"
    winner.write_text(json.dumps({"classification": {"proposed": {"features": ["imaging"], "layers": [8]}}}))
    specs = roster(full)
    assert ModelSpec.of(specs["cgni_terms124"].params(), winner).features == ("imaging",)
    assert ModelSpec.of(specs["head_imaging_genetics_hidden"].params(), winner).features == (
        "imaging",
        "genetics_hidden",
    )
    assert ModelSpec.of(specs["cgni_terms124_cleaned"].params(), winner).features == ("imaging_cleaned",)
    winner.write_text(json.dumps({"contrastive": {"dropout": 0.1}}))
    assert ModelSpec.of(specs["cgni_terms124"].params(), winner).features == HEAD


def test_another_baseline_changes_no_other_model(full: StudySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = roster(full)
    row = Baseline("Linear imaging model", "logistic", ("imaging",), LogisticSettings(c=0.1))
    monkeypatch.setitem(BASELINES, "imaging_linear", row)
    values = full.plain()
    values["classification"]["models"].insert(1, "imaging_linear")
    after = roster(StudySettings.of(values))
    assert set(after) - set(before) == {"imaging_linear"}
    for name, spec in before.items():
        assert after[name] == spec and after[name].params() == spec.params()
    new = after["imaging_linear"]
    assert (new.label, new.fitter, new.seed, new.settings) == (
        row.label,
        "logistic",
        "imaging_linear",
        "imaging_linear",
    )
    assert new.keys == ("people.heads_on", "classification.imaging_linear.c", "classification.class_weights")
    assert (new.searched, new.uses) == ("imaging_linear", ("fit",))
