"""Stages 2 and 3 on shuffled labels: chance, and told when it is not."""

import numpy as np
import pandas as pd
import pytest
import torch

from cgni.audit.schemas import SHUFFLE_SUMMARY, SHUFFLES
from cgni.audit.shuffled import ShuffledStudy, score_shuffles, shuffled_labels, summarise_shuffles
from cgni.base.seeds import derive_seed
from cgni.base.tables import write_table
from cgni.classification.features import FeatureTables
from cgni.classification.folds import classifier_seed, fit_classifier_folds
from cgni.classification.hidden import hidden_layers
from cgni.classification.metrics import balanced_accuracy
from cgni.classification.pooling import pooled_validation
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.folds import fit_contrastive_folds
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import encoder_spec
from tests.unit.classification.made_up import MODELS, PROPOSED, SmallModels
from tests.unit.fold_data.made_up import MadeUpStudy

torch.set_num_threads(1)
PEOPLE = PeopleSettings(
    fit_on="fit", encoders_on="labelled", heads_on="fit", pretrain_on="training", reference="development"
)


def shuffled_study(models: SmallModels, *names: str, contrastive: ContrastiveSettings | None = None) -> ShuffledStudy:
    specs = {models.specs[name]: models.parts(name) for name in names}
    settings = contrastive or models.job.section(ContrastiveSettings)
    return ShuffledStudy(specs, encoder_spec((1, 2, 4)), settings, PEOPLE, 4)


def test_labels_of_development_people_are_dealt_out_anew():
    study = MadeUpStudy(signal=1.0)
    own = shuffled_labels(study.participants, study.splits, 1)
    development = study.splits["role"] == "development"
    changed = own["outcome_group"] != study.participants["outcome_group"]
    assert changed[development].mean() > 0.3 and not changed[~development].any()
    assert sorted(own["outcome_group"]) == sorted(study.participants["outcome_group"])


def test_shuffled_labels_leave_every_model_at_chance(tmp_path):
    """Features of the true labels say nothing of shuffled ones. 140 people x 12 shuffles: SE 1.2 points."""
    study, models = MadeUpStudy(signal=1.0), SmallModels()
    names = [name for name in MODELS if name != "confounds"]
    scores = score_shuffles(shuffled_study(models, *names), study, 12)
    summary = summarise_shuffles(scores)
    write_table(scores, tmp_path / "scores.parquet", SHUFFLES, {})
    write_table(summary, tmp_path / "summary.parquet", SHUFFLE_SUMMARY, {})
    table = summary.set_index("model")
    assert set(table.index) == set(names) and (table["shuffles"] == 12).all()
    assert ((table["mean"] - 0.5).abs() < 0.06).all(), table


def test_a_shuffle_is_the_chain_of_fits_on_its_labels():
    """The network whose hidden layer another model reads comes first; an encoder that is trained along starts anew."""
    study, models = MadeUpStudy(signal=1.0), SmallModels(finetune_encoder=True)
    own = shuffled_study(models, PROPOSED, "imaging_genetic_svm", "genetic_nn")
    scores = score_shuffles(own, study, 1)
    seed = derive_seed(4, "shuffle", 0)
    study.participants = shuffled_labels(study.participants, study.splits, seed)
    tables, expected = FeatureTables(study), {}
    encoders = fit_contrastive_folds(study, own.encoders, own.contrastive, PEOPLE, derive_seed(seed, "encoders"))
    for name in ("genetic_nn", "imaging_genetic_svm", PROPOSED):
        spec, fitter = models.specs[name], models.fitter(name, encoders.checkpoint)
        fits = fit_classifier_folds(spec, fitter, tables, "fit", classifier_seed(seed, spec))
        if name == "genetic_nn":
            tables = FeatureTables(study, hidden=hidden_layers(fits.models, ("genetics",), tables))
        people = pooled_validation(fits.predictions)
        expected[name] = balanced_accuracy(people["label"].to_numpy(), people["probability"].to_numpy())
    assert scores["model"].iloc[0] == "genetic_nn"
    assert dict(zip(scores["model"], scores["score"], strict=True)) == expected


def test_a_score_away_from_chance_is_not_compatible():
    scores = pd.DataFrame({"model": "a", "shuffle": range(20), "score": np.linspace(0.55, 0.6, 20), "chance": 0.5})
    assert not summarise_shuffles(scores)["compatible"].item()
    chance = scores.assign(score=np.linspace(0.4, 0.6, 20))
    assert summarise_shuffles(chance)["compatible"].item()


def test_the_cheap_study_differs_by_its_epochs_alone():
    """A rule declares part of the settings only; what it does not declare stays undeclared."""
    models = SmallModels()
    own = models.job.section(ContrastiveSettings).plain()
    partial = ContrastiveSettings.of({key: value for key, value in own.items() if key != "subsets"})
    study = shuffled_study(models, PROPOSED, "genetic_linear", contrastive=partial)
    cheap = study.cheap(2)
    assert cheap.contrastive.plain() == {**partial.plain(), "epochs": 2, "patience": 2}
    for spec, parts in study.models.items():
        assert cheap.models[spec].own is parts.own
        assert cheap.models[spec].training.plain() == {**parts.training.plain(), "epochs": 2, "patience": 2}
    assert (cheap.encoders, cheap.people, cheap.seed) == (study.encoders, study.people, study.seed)
    with pytest.raises(AttributeError, match=r"contrastive\.subsets"):
        _ = cheap.contrastive.subsets


def test_values_are_dealt_out_with_their_groups_and_held_against_r_of_zero():
    study, models = MadeUpStudy(signal=1.0), SmallModels()
    values = study.labels + np.random.default_rng(1).normal(0, 0.2, len(study.labels))
    study.participants = study.participants.assign(target=values)
    own = shuffled_labels(study.participants, study.splits, 1)
    pairs = own[["outcome_group", "target"]]
    assert ((pairs["target"] > 0.5) == (pairs["outcome_group"] == 1)).mean() > 0.95
    scores = score_shuffles(shuffled_study(models, "genetic_linear", PROPOSED), study, 4)
    assert (scores["chance"] == 0).all() and scores["score"].abs().max() < 0.5
