"""Fit encoders or a classifier in every fold, going on after the last finished fold of an interrupted job."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cgni.contrastive.encoders import EncoderPair, load_encoders
from cgni.base.seeds import derive_seed
from cgni.base.tables import number_columns
from cgni.classification.classifier_fits import fit_classifier
from cgni.classification.classifiers import Fitted, hidden_features, probabilities
from cgni.contrastive.fit import embed, fit_encoders
from cgni.classification.inputs import StudyTables, classifier_inputs, fit_site_levels, model_features
from cgni.fold_data.people import FoldData, head_rows
from cgni.classification.schemas import FOLD_CURVE, FOLD_LINEAGE
from cgni.networks.resume import ResumeFile


@dataclass(frozen=True)
class FoldFits:
    """What a job over all folds hands over.

    Attributes
    ----------
    checkpoint : {"fold0": ...} of plain types and tensors.
    rows : embeddings or predictions, all folds.
    curve, lineage : tables in the columns of FOLD_CURVE and FOLD_LINEAGE.
    hidden : h_g of the genetic network; None for other models.
    """

    checkpoint: dict[str, Any]
    rows: pd.DataFrame
    curve: pd.DataFrame
    lineage: pd.DataFrame
    hidden: pd.DataFrame | None = None


class FinishedFolds:
    """Fits of finished folds, kept in a resume file (None: only in memory) until the job is done."""

    def __init__(self, resume: ResumeFile | None) -> None:
        self._resume = resume
        self._folds: dict[str, Any] = (resume.load() or {}) if resume else {}

    def get(self, fold: int) -> dict[str, Any] | None:
        """The fit of a fold that an interrupted run finished."""
        found = self._folds.get(f"fold{fold}")
        if found is not None:
            logging.info("fold %d was finished before the interruption", fold)
        return found

    def add(self, fold: int, fit: dict[str, Any]) -> None:
        """Keep a fit (plain types and tensors)."""
        self._folds[f"fold{fold}"] = fit
        if self._resume:
            self._resume.save(self._folds)


def fit_contrastive_folds(
    tables: StudyTables,
    terms: str,
    cfg: Mapping[str, Any],
    fit_on: str,
    seed: int,
    resume: ResumeFile | None = None,
) -> FoldFits:
    """Encoders of one loss subset in every fold, and embeddings of everybody with both modalities.

    `cfg` is the config section `contrastive`, `seed` that of the stage: each fold derives its own.
    With `terms` such as `linear_terms124` the genetic encoder is a single linear layer.
    """
    if terms.startswith("linear_"):
        cfg = {**cfg, "genetic_layers": cfg["genetic_layers"][-1:]}
    finished = FinishedFolds(resume)
    checkpoint, embeddings, curves, used = {}, [], [], []
    for fold in tables.folds():
        data = tables.fold_data(fold)
        fit = finished.get(fold)
        if fit is None:
            logging.info("fold %d: %d people with both modalities", fold, len(data.ids))
            pair, curve, people = fit_encoders(data, terms, cfg, fit_on, derive_seed(seed, fold))
            fit = {"encoders": pair.checkpoint(), "curve": curve, "used": {use: list(p) for use, p in people.items()}}
            finished.add(fold, fit)
        checkpoint[f"fold{fold}"] = fit["encoders"]
        embeddings.append(embed(load_encoders(checkpoint, fold), data).assign(fold=fold))
        curves += [{"fold": fold, **row} for row in fit["curve"]]
        used += [(fold, person, use) for use, ids in fit["used"].items() for person in ids]
    return FoldFits(checkpoint, pd.concat(embeddings, ignore_index=True), *_records(curves, used))


def fit_classifier_folds(
    model: str,
    tables: StudyTables,
    cfg: Mapping[str, Any],
    heads_on: str,
    seed: int,
    extra: Mapping[str, Any],
    resume: ResumeFile | None = None,
) -> FoldFits:
    """One model of Table 1 in every fold, and its predictions for development people.

    Parameters
    ----------
    cfg
        The config section `classification` as far as the model reads it.
    extra
        What the model needs beside the tables of the folds: `embeddings`, `hidden` (tables or
        paths), `encoders` (a loaded checkpoint, where the encoder is trained along), `networks`
        (one state of the WM network a fold).
    """
    finished = FinishedFolds(resume)
    checkpoint, predictions, curves, used, hidden = {}, [], [], [], []
    for fold in tables.folds():
        data = tables.fold_data(fold)
        rows, watched = head_rows(data, heads_on, derive_seed(seed, fold, "watching"))
        levels = fit_site_levels(tables, data, rows)
        features = model_features(model, cfg)
        x = classifier_inputs(features, data, fold, tables, extra, levels)
        fit = finished.get(fold)
        if fit is None:
            logging.info("fold %d: %s on %d people, %d inputs", fold, model, len(rows), x.shape[1])
            fitted, curve = fit_classifier(
                model, x, data.labels, rows, watched, cfg, derive_seed(seed, fold),
                cnn_state=extra["networks"][fold] if model == "imaging_cnn" else None,
                encoders=_encoders(model, cfg, extra, fold),
            )  # fmt: skip
            fit = {"fitted": fitted, "curve": curve}
            finished.add(fold, fit)
        checkpoint[f"fold{fold}"] = {**fit["fitted"], "site_levels": levels, "features": list(features)}
        predictions.append(_predictions(fold, data, fit["fitted"], x))
        curves += [{"fold": fold, **row} for row in fit["curve"]]
        used += _used(model, fold, data, rows, watched)
        if model == "genetic_nn":
            hidden.append(_hidden(fold, data, fit["fitted"], x))
    together = pd.concat(hidden, ignore_index=True) if hidden else None
    return FoldFits(checkpoint, pd.concat(predictions, ignore_index=True), *_records(curves, used), together)


def _encoders(model: str, cfg: Mapping[str, Any], extra: Mapping[str, Any], fold: int) -> EncoderPair | None:
    """The encoders that the classifier trains along, if it does."""
    along = model.startswith("cgni_") and cfg["finetune_encoder"]
    return load_encoders(extra["encoders"], fold) if along else None


def _predictions(fold: int, data: FoldData, fitted: Fitted, x: np.ndarray) -> pd.DataFrame:
    rows = data.rows("fit", "monitor", "validation")
    return pd.DataFrame(
        {
            "fold": fold,
            "participant_id": data.ids[rows],
            "part": data.part[rows],
            "label": data.labels[rows],
            "probability": probabilities(fitted, x[rows]),
        }
    )


def _used(
    model: str, fold: int, data: FoldData, fit: np.ndarray, watched: np.ndarray | None
) -> list[tuple[int, str, str]]:
    if model == "imaging_cnn":  # its head is the network's own
        return []
    uses = [("fit", fit)]
    if watched is not None and model not in ("confounds", "genetic_linear"):  # those are not stopped by anybody
        uses.append(("monitor", watched))
    return [(fold, data.ids[row], use) for use, rows in uses for row in rows]


def _hidden(fold: int, data: FoldData, fitted: Fitted, x: np.ndarray) -> pd.DataFrame:
    values = hidden_features(fitted, x)
    people = pd.DataFrame({"fold": np.full(len(x), fold), "participant_id": data.ids})
    return pd.concat([people, pd.DataFrame(values, columns=number_columns("hg", values.shape[1]))], axis=1)


def _records(curves: list[dict[str, Any]], used: list[tuple[int, str, str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    curve = pd.DataFrame(curves, columns=FOLD_CURVE.names)
    return curve, pd.DataFrame(used, columns=FOLD_LINEAGE.names)
