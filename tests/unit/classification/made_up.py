"""The models of a small config, made as jobs make them, and the chain of stages 2 and 3 on a made-up study."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from cgni.base.views import GENETICS, IMAGING
from cgni.classification.features import FeatureTables
from cgni.classification.fitters.base import Fitter, FitterParts
from cgni.classification.fitters.registry import FITTERS, fitter_parts
from cgni.classification.folds import ClassifierFits, fit_classifier_folds
from cgni.classification.hidden import hidden_layers
from cgni.classification.spec import ModelSpec
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.folds import EncoderFits, fit_contrastive_folds
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import encoder_spec
from cgni.workflow.config import effective_config
from cgni.workflow.job import Job
from cgni.workflow.roster import roster
from cgni.workflow.settings import StudySettings
from tests.unit.fold_data.made_up import MadeUpStudy

PROPOSED = "cgni_terms124"
# one of each kind that a study has
MODELS = (PROPOSED, "head_imaging", "genetic_nn", "genetic_linear", "imaging_genetic_svm", "confounds")
CONTRASTIVE = {
    "subsets": [[1, 2, 4]],
    "temperature": 0.1,
    "layers": {IMAGING: [8], GENETICS: [8]},
    "dropout": 0.0,
    "batch_size": 20,
    "epochs": 3,
    "learning_rate": 1e-2,
    "weight_decay": 0.0,
    "patience": 3,
}
CLASSIFICATION = {
    "models": ["imaging_cnn", "genetic_nn", "genetic_linear", "imaging_genetic_svm", "imaging_genetic_nn"],
    "proposed": {"layers": [8], "l1": 0.0, "batch_size": 20},
    "genetic_nn": {"layers": [8, 4], "l1": 0.0, "batch_size": 20},
    "genetic_linear": {"c": 0.01},
    "imaging_genetic_svm": {"c": 0.01},
    "dropout": 0.0,
    "epochs": 5,
    "learning_rate": 1e-2,
    "weight_decay": 0.0,
    "patience": 5,
}


class SmallModels:
    """The models of a config.

    Parameters
    ----------
    changes
        Keys of the section `classification` in the place of those of CLASSIFICATION.
    """

    def __init__(self, **changes: Any) -> None:
        own = {**CLASSIFICATION, **changes}
        effective = effective_config({"contrastive": CONTRASTIVE, "classification": own})
        self.job = Job("fit", "all", effective, "", {})
        self.specs = roster(StudySettings.of(effective))

    def parts(self, name: str, encoders: Mapping[str, Any] | None = None) -> FitterParts:
        """What the model's fitter is made from."""
        return dataclasses.replace(fitter_parts(self.specs[name], self.job.section, []), encoders=encoders)

    def fitter(self, name: str, encoders: Mapping[str, Any] | None = None) -> Fitter:
        """The model's fitter."""
        return FITTERS[self.specs[name].fitter].fitter.of(self.parts(name, encoders))

    def fit(self, name: str, tables: FeatureTables, encoders: Mapping[str, Any] | None = None) -> ClassifierFits:
        """The model in every fold."""
        return fit_classifier_folds(self.specs[name], self.fitter(name, encoders), tables, "fit", 2)

    def encoders(self, study: MadeUpStudy) -> EncoderFits:
        """The encoders of the proposed model."""
        people, settings = PeopleSettings(fit_on="fit", encoders_on="labelled"), self.job.section(ContrastiveSettings)
        return fit_contrastive_folds(study, encoder_spec((1, 2, 4)), settings, people, 1)

    def feature_tables(self, study: MadeUpStudy) -> FeatureTables:
        """All that any model reads, as far as it is made by other fits."""
        tables = FeatureTables(study, self.encoders(study).embeddings)
        source: ModelSpec = self.specs["genetic_nn"]
        networks = self.fit(source.name, tables).models
        return dataclasses.replace(tables, hidden=hidden_layers(networks, source.features, tables))

    def chain(self, study: MadeUpStudy, models: Sequence[str] = MODELS) -> dict[str, ClassifierFits]:
        """Every model after stages 2 and 3 in all folds."""
        tables = self.feature_tables(study)
        return {name: self.fit(name, tables) for name in models}
