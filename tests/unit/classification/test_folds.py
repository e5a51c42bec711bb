"""Classifiers of all folds: seeds, an interruption, what they say of whom they used, and what is written."""

import numpy as np
import pandas as pd
import pytest
import torch

from cgni.base.seeds import derive_seed
from cgni.base.tables import read_provenance, read_table
from cgni.base.views import IMAGING
from cgni.classification.features import FeatureTables
from cgni.classification.fitters.base import Examples
from cgni.classification.fitters.restore import restore
from cgni.classification.folds import classifier_seed, fit_classifier_folds
from cgni.contrastive.encoders import load_encoders
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.resume import ResumeFile
from tests.unit.classification.made_up import PROPOSED, SmallModels
from tests.unit.fold_data.made_up import FOLDS, MadeUpStudy, same

torch.set_num_threads(1)


def test_models_with_the_proposed_head_share_their_random_numbers():
    seeds = {name: classifier_seed(7, spec) for name, spec in SmallModels().specs.items()}
    sharing = [name for name, spec in SmallModels().specs.items() if spec.settings == "proposed"]
    assert {PROPOSED, f"{PROPOSED}_cleaned", "head_imaging", "head_imaging_cleaned"} <= set(sharing)
    assert {seeds[name] for name in sharing} == {derive_seed(7, "classification", "cgni")}
    others = [name for name in seeds if name not in sharing]
    assert {name: seeds[name] for name in others} == {name: derive_seed(7, "classification", name) for name in others}


@pytest.mark.parametrize("model", ["genetic_linear", "head_imaging", PROPOSED])
def test_an_interrupted_job_goes_on_after_its_last_fold_with_the_same_numbers(model, tmp_path):
    """Fold 0 is not fitted again but restored, and the results are those of a whole run."""
    study, models = MadeUpStudy(signal=1.0), SmallModels(finetune_encoder=True)
    tables, encoders = FeatureTables(study), models.encoders(study).checkpoint
    spec, whole = models.specs[model], models.fit(model, tables, encoders)

    class Killed:
        """Stops at the second fit."""

        def __init__(self) -> None:
            self.real = models.fitter(model, encoders)
            self.MODEL, self.folds = self.real.MODEL, []

        def fit(self, fit, watched, fold, seed):
            self.folds.append(fold)
            if len(self.folds) == 2:
                raise KeyboardInterrupt
            return self.real.fit(fit, watched, fold, seed)

    fitter = Killed()
    with pytest.raises(KeyboardInterrupt):
        fit_classifier_folds(spec, fitter, tables, "fit", 2, ResumeFile(tmp_path / model, "digest"))
    again = fit_classifier_folds(spec, fitter, tables, "fit", 2, ResumeFile(tmp_path / model, "digest"))
    assert fitter.folds == [0, 1, 1]
    assert same(again.checkpoint, whole.checkpoint)
    for name in ("predictions", "curve", "lineage"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(whole, name))
    x = tables.inputs(spec.features, study.fold_data(0), 0, [])
    np.testing.assert_array_equal(again.models[0].predict(x), whole.models[0].predict(x))


def test_a_model_tells_whom_it_used_and_predicts_all_development_people():
    study, models = MadeUpStudy(), SmallModels()
    for model, uses in (("head_imaging", {"fit", "monitor"}), ("genetic_linear", {"fit"})):
        fits = models.fit(model, FeatureTables(study))
        for fold in range(FOLDS):
            data = study.fold_data(fold)
            used = fits.lineage[fits.lineage["fold"] == fold]
            people = {use: sorted(own["participant_id"]) for use, own in used.groupby("use")}
            assert people == {use: sorted(data.ids[data.rows(use)]) for use in uses}
            own = fits.predictions[fits.predictions["fold"] == fold]
            assert own["participant_id"].tolist() == data.ids[data.part != "holdout"].tolist()
            assert own["part"].tolist() == data.part[data.part != "holdout"].tolist()
            assert own["label"].tolist() == data.labels[data.part != "holdout"].tolist()


def test_each_fold_is_fitted_on_its_own_people_with_its_own_seed():
    study, models = MadeUpStudy(), SmallModels()
    fits = models.fit("head_imaging", FeatureTables(study))
    for fold in range(FOLDS):
        data = study.fold_data(fold)
        fit, monitor = (
            Examples(data.views[IMAGING][data.rows(p)], data.labels[data.rows(p)]) for p in ("fit", "monitor")
        )
        expected, _ = models.fitter("head_imaging").fit(fit, monitor, fold, derive_seed(2, fold))
        own = fits.predictions[fits.predictions["fold"] == fold]
        people = data.views[IMAGING][data.rows("fit", "monitor", "validation")]
        np.testing.assert_array_equal(own["probability"], expected.predict(people))


def test_what_is_written_is_what_was_fitted(tmp_path):
    study, models = MadeUpStudy(), SmallModels()
    fits = models.fit("confounds", FeatureTables(study))
    outputs = {name: str(tmp_path / f"{name}.parquet") for name in ("predictions", "curve", "lineage")}
    outputs["model"] = str(tmp_path / "model.ckpt")
    resume = ResumeFile(tmp_path / "resume", "digest")
    resume.save({})
    fits.write(outputs, {"rule": "train_logistic"}, [resume])
    assert not resume.path.exists()  # the outputs are there, so nothing is left to go on with
    pd.testing.assert_frame_equal(read_table(outputs["predictions"]), fits.predictions, check_dtype=False)
    assert read_table(outputs["curve"]).empty and len(read_table(outputs["lineage"])) == len(fits.lineage)
    assert read_provenance(outputs["lineage"]) == {"rule": "train_logistic"}
    checkpoint = load_checkpoint(outputs["model"])
    for fold in range(FOLDS):
        own = checkpoint[f"fold{fold}"]
        assert (own["kind"], own["features"], own["site_levels"]) == ("linear", ["confounds"], ["a"])
        assert same(restore(own).state(), fits.models[fold].state())


def test_outputs_that_a_rule_does_not_have_are_not_written(tmp_path):
    fits = SmallModels().fit("genetic_linear", FeatureTables(MadeUpStudy()))
    fits.write({"predictions": str(tmp_path / "predictions.parquet")}, {})
    assert [path.name for path in tmp_path.iterdir()] == ["predictions.parquet"]


def test_a_head_that_trains_its_encoder_starts_from_the_folds_own():
    """Without a step the head's encoder is the fold's."""
    study, models = MadeUpStudy(), SmallModels(finetune_encoder=True, learning_rate=1e-12, epochs=1)
    encoders = models.encoders(study).checkpoint
    fits = models.fit(PROPOSED, FeatureTables(study), encoders)
    for fold in range(FOLDS):
        own, tuned = load_encoders(encoders, fold), fits.models[fold].network.pair
        for name, value in own.state_dict().items():
            torch.testing.assert_close(tuned.state_dict()[name], value, rtol=0, atol=1e-6)
