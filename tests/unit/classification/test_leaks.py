"""The chain of stages 2 and 3 over all folds: what can only be predicted through a leak is not."""

import numpy as np
import pandas as pd
import torch

from cgni.classification.metrics import balanced_accuracy
from tests.unit.classification.made_up import MODELS, PROPOSED, SmallModels
from tests.unit.fold_data.made_up import FOLDS, MadeUpStudy

torch.set_num_threads(1)


def chain(study: MadeUpStudy, models: tuple[str, ...] = MODELS) -> dict[str, pd.DataFrame]:
    """Every model's predictions after stages 2 and 3 in all folds."""
    return {name: fits.predictions for name, fits in SmallModels().chain(study, models).items()}


def of_fold(rows: pd.DataFrame, fold: int) -> pd.DataFrame:
    return rows[rows["fold"] == fold].reset_index(drop=True)


def validation_accuracy(rows: pd.DataFrame) -> float:
    own = rows[rows["part"] == "validation"]
    return balanced_accuracy(own["label"].to_numpy(), own["probability"].to_numpy())


def test_labels_in_another_folds_features_of_validation_people_change_nothing_in_their_own_fold():
    """A person of fold 0's validation part carries the label in fold 1's features, where the person is fitted on."""
    study = MadeUpStudy()
    before = chain(study)
    study.h[1][study.fold == 0] = 10.0 * study.labels[study.fold == 0, None]
    after = chain(study)
    for model in MODELS:
        pd.testing.assert_frame_equal(of_fold(before[model], 0), of_fold(after[model], 0))
    # the plant does reach fold 1's fits
    assert not of_fold(before["head_imaging"], 1).equals(of_fold(after["head_imaging"], 1))


def test_labels_in_the_features_of_validation_people_alone_are_not_learned():
    """Only who is scored carries the label: a fit that saw them would be perfect; ours is at chance.

    120 validation people a model, over folds: a standard error of 4.2 points.
    """
    study = MadeUpStudy(seed=3)
    for number in range(FOLDS):
        own = study.fold == number
        study.h[number][own, 0] = 3.0 * study.labels[own]
    for model, rows in chain(study, ("head_imaging", "imaging_genetic_svm")).items():
        assert validation_accuracy(rows) < 0.72, model


def test_scalers_do_not_see_validation_or_holdout_people():
    """Everybody unseen is a million times larger: a scaler fitted on everybody would flatten all fit people."""
    study = MadeUpStudy(signal=1.0)
    before = chain(study)
    for number in range(FOLDS):
        study.h[number][study.unseen(number)] *= 1e6
    after = chain(study)
    for model in MODELS:
        for number in range(FOLDS):
            own, other = of_fold(before[model], number), of_fold(after[model], number)
            fitted = own["part"] != "validation"
            pd.testing.assert_frame_equal(own[fitted], other[fitted])


def test_holdout_people_are_never_predicted_by_the_development_rules():
    study = MadeUpStudy()
    holdout = set(study.splits.loc[study.splits["role"] == "holdout", "participant_id"])
    for rows in chain(study).values():
        assert not holdout & set(rows["participant_id"])


def test_fine_tuned_encoders_see_no_unseen_people_and_come_back():
    study, models = MadeUpStudy(signal=2.0), SmallModels(finetune_encoder=True)
    assert models.specs[PROPOSED].fitter == "encoder_head"
    encoders = models.encoders(study)
    tables = models.feature_tables(study)
    first = models.fit(PROPOSED, tables, encoders.checkpoint)
    own = encoders.checkpoint["fold0"]["state"]
    tuned = first.checkpoint["fold0"]["model"]["encoders"]["state"]
    moved = {name: not torch.equal(value, tuned[name]) for name, value in own.items()}
    # e_g learns, e_v does not
    assert any(moved.values()) and all(moved[name] == name.startswith("mlps.genetics.") for name in moved)
    assert validation_accuracy(first.predictions) > 0.75
    for number in range(FOLDS):
        study.h[number][study.unseen(number)] *= 1e3
    second = models.fit(PROPOSED, tables, encoders.checkpoint)
    fitted = first.predictions["part"] != "validation"
    pd.testing.assert_frame_equal(first.predictions[fitted], second.predictions[fitted])
    assert not np.array_equal(first.predictions[~fitted]["probability"], second.predictions[~fitted]["probability"])
