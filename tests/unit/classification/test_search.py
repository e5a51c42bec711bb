"""Hyperparameter candidates: each is fitted as the model will be, and the winner is chosen by validation people."""

import dataclasses

import pandas as pd
import torch

from cgni.base.seeds import derive_seed
from cgni.base.tables import write_table
from cgni.classification.candidates import candidate_scores, choose_candidate
from cgni.classification.features import FeatureTables
from cgni.classification.fitters.registry import FITTERS
from cgni.classification.folds import classifier_seed, fit_classifier_folds
from cgni.classification.schemas import SEARCH_SCORES
from cgni.classification.search import Candidate, fit_candidate
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.folds import fit_contrastive_folds
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import SEARCHED_TERMS, EncoderSpec, encoder_spec
from cgni.networks.resume import ResumeFile
from tests.unit.classification.made_up import PROPOSED, SmallModels
from tests.unit.fold_data.made_up import MadeUpStudy

torch.set_num_threads(1)


def test_candidates_are_chosen_by_their_validation_people(tmp_path):
    """Good on fit people and bad on validation people loses; of equal ones the first wins."""
    rows = [(f, f"p{f}{n}", part, n % 2) for f in range(2) for part in ("fit", "validation") for n in range(6)]
    table = pd.DataFrame(rows, columns=["fold", "participant_id", "part", "label"])
    right = table["label"] * 0.8 + 0.1
    good = table.assign(probability=right.where(table["part"] == "validation", 1 - right))
    bad = table.assign(probability=(1 - right).where(table["part"] == "validation", right))
    settings = {"b": {"x": 1}, "g": {"x": 2}, "h": {"x": 3}}
    scores = candidate_scores({"b": bad, "g": good, "h": good}, settings)
    assert scores[scores["fold"] == -1]["score"].tolist() == [0, 1, 1]
    assert len(scores) == 9
    write_table(scores, tmp_path / "scores.parquet", SEARCH_SCORES, {})
    chosen = choose_candidate(scores)
    assert chosen == {"candidate": "g", "settings": {"x": 2}, "validation_score": 1.0}


def fitted(
    models: SmallModels,
    name: str,
    study: MadeUpStudy,
    folder,
    contrastive: ContrastiveSettings | None = None,
    pair: EncoderSpec = SEARCHED_TERMS,
):
    people = PeopleSettings(
        fit_on="fit", encoders_on="labelled", heads_on="fit", pretrain_on="training", reference="development"
    )
    spec = models.specs[name]
    encoders = pair if contrastive is not None else None
    candidate = Candidate(spec, FITTERS[spec.fitter].fitter, models.parts(name), encoders, contrastive, people)
    resumes = [ResumeFile(folder / f"{name}.{part}", "digest") for part in ("encoders", "heads")]
    return fit_candidate(candidate, FeatureTables(study), 5, resumes)


def test_a_candidate_of_a_baseline_is_the_fit_that_comes_after_the_search(tmp_path):
    study, models = MadeUpStudy(), SmallModels()
    own = fitted(models, "genetic_linear", study, tmp_path)
    spec, fitter = models.specs["genetic_linear"], models.fitter("genetic_linear")
    seed = derive_seed(5, "classification", "genetic_linear")
    plain = fit_classifier_folds(spec, fitter, FeatureTables(study), "fit", seed)
    pd.testing.assert_frame_equal(own.predictions, plain.predictions)
    pd.testing.assert_frame_equal(own.lineage, plain.lineage)


def test_a_candidate_of_the_proposed_model_has_encoders_of_its_own_on_its_terms(tmp_path):
    for number, (along, pair) in enumerate(
        [(False, SEARCHED_TERMS), (False, encoder_spec([1, 3])), (True, SEARCHED_TERMS)]
    ):
        study, models = MadeUpStudy(), SmallModels(finetune_encoder=along)
        settings = models.job.section(ContrastiveSettings)
        own = fitted(models, PROPOSED, study, tmp_path / str(number), settings, pair)
        encoders = fit_contrastive_folds(
            study,
            pair,
            settings,
            PeopleSettings(fit_on="fit", encoders_on="labelled"),
            derive_seed(5, "contrastive"),
        )
        spec, parts = models.specs[PROPOSED], dataclasses.replace(models.parts(PROPOSED), encoders=encoders.checkpoint)
        fitter, tables = FITTERS[spec.fitter].fitter.of(parts), FeatureTables(study, encoders.embeddings)
        plain = fit_classifier_folds(spec, fitter, tables, "fit", classifier_seed(5, spec))
        pd.testing.assert_frame_equal(own.predictions, plain.predictions)
        pd.testing.assert_frame_equal(own.curve, encoders.curve)
        everybody = {tuple(row) for row in [*encoders.lineage.to_numpy(), *plain.lineage.to_numpy()]}
        assert {tuple(row) for row in own.lineage.to_numpy()} == everybody and len(own.lineage) == len(everybody)
        assert len(list((tmp_path / str(number)).iterdir())) == 2  # both fits can be gone on with
