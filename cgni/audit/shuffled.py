"""Stages 2 and 3 on shuffled labels: whatever scores away from 50 % then leaks."""

import copy
import dataclasses
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.seeds import derive_seed
from cgni.classification.features import FeatureTables
from cgni.classification.fitters.base import FitterParts
from cgni.classification.fitters.network_model import NetworkModel
from cgni.classification.fitters.registry import FITTERS
from cgni.classification.folds import classifier_seed, fit_classifier_folds
from cgni.classification.hidden import hidden_layers
from cgni.classification.metrics import balanced_accuracy
from cgni.classification.pooling import pooled_validation
from cgni.classification.settings import TrainingSettings
from cgni.classification.spec import ModelSpec
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
    """The participants table with the working-memory groups of development people dealt out anew."""
    shuffled = participants.copy()
    development = splits.loc[splits["role"] == "development", "participant_id"]
    rows = np.flatnonzero(participants["participant_id"].isin(development) & participants["outcome_group"].notna())
    dealt = np.random.default_rng(seed).permutation(rows)
    column = shuffled.columns.get_loc("outcome_group")
    shuffled.iloc[rows, column] = participants["outcome_group"].to_numpy()[dealt]
    return shuffled


def score_shuffles(study: ShuffledStudy, tables: StudyTables, shuffles: int) -> pd.DataFrame:
    """Pooled out-of-fold balanced accuracy of every model after each shuffle (model, shuffle, balanced_accuracy)."""
    rows = []
    for number in range(shuffles):
        seed = derive_seed(study.seed, "shuffle", number)
        own = copy.copy(tables)
        own.participants = shuffled_labels(tables.participants, tables.splits, seed)
        for name, predictions in _fit_all(study, own, seed):
            pooled = pooled_validation(predictions)
            score = balanced_accuracy(pooled["label"].to_numpy(), pooled["probability"].to_numpy())
            rows.append((name, number, score))
        logging.info("shuffle %d of %d", number + 1, shuffles)
    return pd.DataFrame(rows, columns=["model", "shuffle", "balanced_accuracy"])


def summarise_shuffles(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean over shuffles with its standard error, and whether 50 % lies within three of them, per model."""
    grouped = scores.groupby("model", sort=False)["balanced_accuracy"]
    table = pd.DataFrame({"shuffles": grouped.size(), "mean": grouped.mean(), "sd": grouped.std(ddof=1)})
    table["se"] = table["sd"] / np.sqrt(table["shuffles"])
    table["compatible"] = (table["mean"] - 0.5).abs() <= 3 * table["se"]
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
