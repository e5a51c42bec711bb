"""The chain of stages 2 and 3 over all folds: what can only be predicted through a leak is not, or is refused."""

import numpy as np
import pandas as pd
import pytest
import torch

from cgni.base.errors import InputError
from cgni.classification import fold_fits
from cgni.classification.fold_fits import fit_classifier_folds, fit_contrastive_folds
from cgni.classification.metrics import balanced_accuracy
from cgni.classification.inputs import StudyTables
from cgni.fold_data.people import assemble_fold
from cgni.networks.resume import ResumeFile
from cgni.classification.shuffled import score_shuffles, shuffled_labels, summarise_shuffles

torch.set_num_threads(1)
FOLDS, PEOPLE, FEATURES, SNPS = 2, 160, 6, 30
CONTRASTIVE = {
    "weights": {"vg": 0.7, "gv": 0.3, "gg": 0.4}, "include_positive": True, "reduction": "mean", "normalise": True,
    "temperature": 0.1, "imaging_layers": [8], "genetic_layers": [8], "activation": "relu", "dropout": 0.0, "l1": 0.0,
    "optimiser": "adam", "batch_size": 20, "epochs": 3, "learning_rate": 1e-2, "weight_decay": 0.0, "patience": 3,
}  # fmt: skip
CLASSIFICATION = {
    "class_weights": True, "proposed": {"features": ["zg", "h"], "layers": [8], "l1": 0.0, "batch_size": 20},
    "finetune_encoder": False, "genetic_nn": {"layers": [8, 4], "l1": 0.0, "batch_size": 20},
    "genetic_linear": {"c": 0.01}, "imaging_genetic_svm": {"c": 0.01}, "activation": "relu", "dropout": 0.0,
    "epochs": 5, "learning_rate": 1e-2, "weight_decay": 0.0, "patience": 5,
}  # fmt: skip
MODELS = ["cgni_terms124", "head_h", "genetic_nn", "genetic_linear", "imaging_genetic_svm", "confounds"]


class Tables(StudyTables):
    """The tables of a study that are nowhere on disk."""

    def folds(self):
        return range(FOLDS)

    def fold_data(self, fold):
        h = pd.DataFrame(self.h[fold], columns=[f"h_{n}" for n in range(FEATURES)])
        h.insert(0, "participant_id", self.participants["participant_id"])
        return assemble_fold(h, self.genotypes, self.fill_tables[fold], self.participants, self.splits, fold)


def tables(signal=0.0, seed=0):
    """A study in memory: labels independent of everything unless there is a signal in the features."""
    rng = np.random.default_rng(seed)
    ids = [f"p{n:03d}" for n in range(PEOPLE)]
    labels = rng.permutation(np.arange(PEOPLE) % 2)
    fold = np.where(np.arange(PEOPLE) < 20, -1, np.arange(PEOPLE) % FOLDS)
    splits = pd.DataFrame({"participant_id": ids, "role": np.where(fold < 0, "holdout", "development"), "fold": fold})
    for number in range(FOLDS):
        splits[f"monitor_{number}"] = (fold >= 0) & (fold != number) & (rng.random(PEOPLE) < 0.3)
    people = pd.DataFrame({"participant_id": ids, "wm_group": labels, "age": rng.uniform(45, 80, PEOPLE), "sex": 0,
                           "site": "a", "head_size": 1.0, "family": ids})  # fmt: skip
    study = Tables.__new__(Tables)
    study.participants, study.splits = people, splits
    counts = rng.binomial(2, 0.4, (PEOPLE, SNPS))
    names = [f"1:{n}:A:G" for n in range(SNPS)]
    study.genotypes = pd.concat([people["participant_id"], pd.DataFrame(counts, columns=names, dtype="Int8")], axis=1)
    study.h = [rng.normal(size=(PEOPLE, FEATURES)) + signal * labels[:, None] for _ in range(FOLDS)]
    study.fill_tables = [pd.DataFrame({"variant_id": names, "fill": 0.8}) for _ in range(FOLDS)]
    return study, labels, fold


def chain(study, models=tuple(MODELS), **changes):
    """Every model's predictions after stages 2 and 3 in all folds."""
    embeddings = fit_contrastive_folds(study, "terms124", CONTRASTIVE, "fit", 1).rows
    extra = {"embeddings": embeddings}
    extra["hidden"] = fit_classifier_folds("genetic_nn", study, CLASSIFICATION, "fit", 2, extra).hidden
    cfg = {**CLASSIFICATION, **changes}
    return {model: fit_classifier_folds(model, study, cfg, "fit", 2, extra).rows for model in models}


def of_fold(rows, fold):
    return rows[rows["fold"] == fold].reset_index(drop=True)


def test_labels_in_another_folds_features_of_validation_people_change_nothing_in_their_own_fold():
    """A person of fold 0's validation part carries the label in fold 1's features, where the person is fitted on."""
    study, labels, fold = tables()
    before = chain(study)
    study.h[1] = study.h[1].copy()
    study.h[1][fold == 0] = 10.0 * labels[fold == 0, None]
    after = chain(study)
    for model in MODELS:
        pd.testing.assert_frame_equal(of_fold(before[model], 0), of_fold(after[model], 0))
    assert not of_fold(before["head_h"], 1).equals(of_fold(after["head_h"], 1))  # the plant does reach fold 1's fits


def test_labels_in_the_features_of_validation_people_alone_are_not_learned():
    """Only who is scored carries the label: a fit that saw them would be perfect; ours is at chance.

    120 validation people a model, over folds: a standard error of 4.2 points.
    """
    study, labels, fold = tables(seed=3)
    for number in range(FOLDS):
        study.h[number] = study.h[number].copy()
        study.h[number][fold == number, 0] = 3.0 * labels[fold == number]
    for model, rows in chain(study, ("head_h", "imaging_genetic_svm")).items():
        rows = rows[rows["part"] == "validation"]
        assert balanced_accuracy(rows["label"].to_numpy(), rows["probability"].to_numpy()) < 0.72, model


def test_scalers_do_not_see_validation_or_holdout_people():
    """Everybody unseen is a million times larger: a scaler fitted on everybody would flatten all fit people."""
    study, _, fold = tables(signal=1.0)
    before = chain(study)
    for number in range(FOLDS):
        study.h[number] = study.h[number].copy()
        study.h[number][(fold == number) | (fold < 0)] *= 1e6
    after = chain(study)
    for model in MODELS:
        for number in range(FOLDS):
            own, other = of_fold(before[model], number), of_fold(after[model], number)
            fitted = own["part"] != "validation"
            pd.testing.assert_frame_equal(own[fitted], other[fitted])


def test_holdout_people_are_never_predicted_by_the_development_rules():
    study, _, _ = tables()
    holdout = set(study.splits.loc[study.splits["role"] == "holdout", "participant_id"])
    for rows in chain(study).values():
        assert not holdout & set(rows["participant_id"])


def test_the_same_person_under_two_ids_across_the_split_is_refused():
    study, _, fold = tables()
    first, second = np.flatnonzero(fold == 0)[0], np.flatnonzero(fold == 1)[0]
    study.genotypes.iloc[second, 1:] = study.genotypes.iloc[first, 1:]
    study.fold_data(0)  # the same alleles alone: twins, whom the kinship file keeps together
    for number in range(FOLDS):
        study.h[number] = study.h[number].copy()
        study.h[number][second] = study.h[number][first] * (1 + 1e-6)
    with pytest.raises(InputError, match="1 people are copies") as error:
        chain(study)
    assert "p0" not in str(error.value)  # no ids


def test_a_repeated_id_is_refused():
    study, _, _ = tables()
    study.genotypes = pd.concat([study.genotypes, study.genotypes.iloc[[5]]], ignore_index=True)
    with pytest.raises(InputError, match="genotypes table: 1 rows repeat"):
        study.fold_data(0)


def test_fine_tuned_encoders_see_no_unseen_people_and_come_back():
    study, _, fold = tables(signal=2.0)
    encoders = fit_contrastive_folds(study, "terms124", CONTRASTIVE, "fit", 1)
    cfg = {**CLASSIFICATION, "finetune_encoder": True}
    extra = {"encoders": encoders.checkpoint}
    first = fit_classifier_folds("cgni_terms124", study, cfg, "fit", 2, extra)
    own = encoders.checkpoint["fold0"]["state"]
    tuned = first.checkpoint["fold0"]["encoders"]["state"]
    moved = {name: not torch.equal(value, tuned[name]) for name, value in own.items()}
    assert all(moved[name] == name.startswith("genetic_mlp") for name in moved)  # e_g learns, e_v does not
    rows = first.rows[first.rows["part"] == "validation"]
    assert balanced_accuracy(rows["label"].to_numpy(), rows["probability"].to_numpy()) > 0.75
    for number in range(FOLDS):
        study.h[number] = study.h[number].copy()
        study.h[number][(fold == number) | (fold < 0)] *= 1e3
    second = fit_classifier_folds("cgni_terms124", study, cfg, "fit", 2, extra)
    fitted = first.rows["part"] != "validation"
    pd.testing.assert_frame_equal(first.rows[fitted], second.rows[fitted])


def test_an_interrupted_job_goes_on_after_its_last_fold_with_the_same_numbers(tmp_path, monkeypatch):
    """A kill in fold 1 loses fold 1 alone: fold 0 is not fitted again, and the results are those of a whole run."""
    study, _, _ = tables(signal=1.0)
    whole = fit_contrastive_folds(study, "terms124", CONTRASTIVE, "fit", 1)
    real, fitted = fold_fits.fit_encoders, []

    def killed(data, *rest):
        fitted.append(set(data.ids[data.part == "validation"]))
        if len(fitted) == 2:
            raise KeyboardInterrupt
        return real(data, *rest)

    resume = ResumeFile(tmp_path / "terms124", {"config": 1})
    monkeypatch.setattr(fold_fits, "fit_encoders", killed)
    with pytest.raises(KeyboardInterrupt):
        fit_contrastive_folds(study, "terms124", CONTRASTIVE, "fit", 1, resume)
    resume = ResumeFile(tmp_path / "terms124", {"config": 1})
    again = fit_contrastive_folds(study, "terms124", CONTRASTIVE, "fit", 1, resume)
    assert len(fitted) == 3 and fitted[1] == fitted[2] != fitted[0]
    pd.testing.assert_frame_equal(again.rows, whole.rows)
    pd.testing.assert_frame_equal(again.curve, whole.curve)
    pd.testing.assert_frame_equal(again.lineage, whole.lineage)
    other = ResumeFile(tmp_path / "terms124", {"config": 2})
    assert other.load() is None  # another config never goes on from it


def test_shuffled_labels_leave_every_model_at_chance():
    """Features of the true labels say nothing of shuffled ones. 140 people x 12 shuffles: SE 1.2 points."""
    study, _, _ = tables(signal=1.0)
    cfg = {"seed": 4, "people": {"fit_on": "fit", "heads_on": "fit"}, "contrastive": CONTRASTIVE,
           "classification": CLASSIFICATION}  # fmt: skip
    models = ["cgni_terms124", "head_h", "genetic_linear", "genetic_nn", "imaging_genetic_svm"]
    own = shuffled_labels(study.participants, study.splits, 1)
    development = study.splits["role"] == "development"
    changed = own["wm_group"] != study.participants["wm_group"]
    assert changed[development].mean() > 0.3 and not changed[~development].any()
    assert sorted(own["wm_group"]) == sorted(study.participants["wm_group"])
    scores = score_shuffles(study, models, cfg, [], 12)
    table = summarise_shuffles(scores).set_index("model")
    assert set(table.index) == set(models) and (table["shuffles"] == 12).all()
    assert ((table["mean"] - 0.5).abs() < 0.06).all(), table


def test_a_score_away_from_chance_is_not_compatible():
    scores = pd.DataFrame({"model": "a", "shuffle": range(20), "balanced_accuracy": np.linspace(0.55, 0.6, 20)})
    assert not summarise_shuffles(scores)["compatible"].item()
