"""Stages 2 and 3 on shuffled labels: whatever scores away from chance then leaks."""

import copy
import dataclasses
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.processes import named_in_logs
from cgni.base.seeds import derive_seed
from cgni.classification.features import FeatureTables
from cgni.classification.fitters.base import FitterParts
from cgni.classification.fitters.network_model import NetworkModel
from cgni.classification.fitters.registry import FITTERS
from cgni.classification.folds import classifier_seed, fit_classifier_folds
from cgni.classification.hidden import hidden_layers
from cgni.classification.pooling import pooled_validation
from cgni.classification.scores import Answers
from cgni.classification.settings import TrainingSettings
from cgni.classification.spec import ModelSpec
from cgni.cohort.schemas import TARGET
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.folds import fit_contrastive_folds
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import EncoderSpec
from cgni.fold_data.tables import StudyTables


@dataclass(frozen=True)
class ShuffledStudy:
    """What is repeated on shuffled labels.

    Attributes
    ----------
    models : with the parts of their fitters; encoders : of the one proposed model among them.
    contrastive : settings of those encoders.
    people : on whom encoders and classifiers are fitted.
    seed : the study's.
    """

    models: Mapping[ModelSpec, FitterParts]
    encoders: EncoderSpec
    contrastive: ContrastiveSettings
    people: PeopleSettings
    seed: int

    def cheap(self, epochs: int) -> "ShuffledStudy":
        """The same with so few epochs that all shuffles cost little."""
        models = {}
        for spec, parts in self.models.items():
            training = _short(parts.training, epochs)
            models[spec] = dataclasses.replace(parts, training=training)
        contrastive = self.contrastive.changed(epochs=epochs, patience=epochs)
        return dataclasses.replace(self, models=models, contrastive=contrastive)


def shuffled_labels(participants: pd.DataFrame, splits: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The participants table with the outcomes of development people dealt out anew."""
    shuffled = participants.copy()
    development = splits.loc[splits["role"] == "development", "participant_id"]
    rows = np.flatnonzero(participants["participant_id"].isin(development) & participants["outcome_group"].notna())
    dealt = np.random.default_rng(seed).permutation(rows)
    for name in (name for name in ("outcome_group", TARGET) if name in shuffled):
        shuffled.iloc[rows, shuffled.columns.get_loc(name)] = participants[name].to_numpy()[dealt]
    return shuffled


def score_shuffles(study: ShuffledStudy, tables: StudyTables, shuffles: int) -> pd.DataFrame:
    """Pooled out-of-fold main score of every model after each shuffle (`audit.schemas.SHUFFLED`)."""
    rows = []
    for number in range(shuffles):
        seed = derive_seed(study.seed, "shuffle", number)
        own = copy.copy(tables)
        own.participants = shuffled_labels(tables.participants, tables.splits, seed)
        with named_in_logs(f"shuffle {number + 1}"):
            for name, predictions in _fit_all(study, own, seed):
                answers = Answers.of(pooled_validation(predictions))
                rows.append((name, number, answers.above_chance(), answers.kind.chance))
        logging.info("shuffle %d of %d", number + 1, shuffles)
    return pd.DataFrame(rows, columns=["model", "shuffle", "score", "chance"])


def summarise_shuffles(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean over shuffles with its standard error, and whether chance lies within three of them, per model."""
    grouped = scores.groupby("model", sort=False)["score"]
    table = pd.DataFrame({"shuffles": grouped.size(), "mean": grouped.mean(), "sd": grouped.std(ddof=1)})
    table["se"] = table["sd"] / np.sqrt(table["shuffles"])
    chance = scores.groupby("model", sort=False)["chance"].first()
    table["compatible"] = (table["mean"] - chance).abs() <= 3 * table["se"]
    return table.reset_index()


def _fit_all(study: ShuffledStudy, own: StudyTables, seed: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and predictions of every model, the network whose hidden layer others read first."""
    tables = FeatureTables(own)
    sources = {spec.hidden_of for spec in study.models}
    for spec in sorted(study.models, key=lambda model: model.name not in sources):
        parts = study.models[spec]
        if spec.encoders:
            stage_seed = derive_seed(seed, "encoders")
            encoders = fit_contrastive_folds(own, study.encoders, study.contrastive, study.people, stage_seed)
            tables = dataclasses.replace(tables, embeddings=encoders.embeddings)
            parts = dataclasses.replace(parts, encoders=encoders.checkpoint)
        fitter = FITTERS[spec.fitter].fitter.of(parts)
        fits = fit_classifier_folds(spec, fitter, tables, study.people.heads_on, classifier_seed(seed, spec))
        if spec.name in sources:
            networks = [model for model in fits.models if isinstance(model, NetworkModel)]
            tables = dataclasses.replace(tables, hidden=hidden_layers(networks, spec.features, tables))
        yield spec.name, fits.predictions


def _short(training: TrainingSettings | None, epochs: int) -> TrainingSettings | None:
    return None if training is None else training.changed(epochs=epochs, patience=epochs)
