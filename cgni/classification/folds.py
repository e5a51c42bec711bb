"""Fit a classifier in every fold, going on after the last finished fold of an interrupted job."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.processes import named_in_logs
from cgni.base.seeds import derive_seed
from cgni.base.tables import write_table
from cgni.classification.features import FeatureTables
from cgni.classification.fitters.base import Examples, FittedModel, Fitter
from cgni.classification.schemas import LABEL, PREDICTED, PROBABILITY, TARGET, predictions_schema
from cgni.classification.spec import ModelSpec
from cgni.fold_data.people import FoldData, head_rows
from cgni.networks.checkpoint import save_checkpoint
from cgni.networks.resume import FinishedFolds, ResumeFile
from cgni.networks.schemas import FOLD_CURVE, FOLD_LINEAGE


@dataclass(frozen=True)
class ClassifierFits:
    """A model fitted in every fold.

    Attributes
    ----------
    models : of each fold, in order.
    checkpoint : {"fold0": ...} of plain types and tensors: kind, model, features, site_levels.
    predictions : for development people, in the columns of `schemas.predictions_schema`.
    curve, lineage : in the columns of FOLD_CURVE and FOLD_LINEAGE.
    """

    models: list[FittedModel]
    checkpoint: dict[str, Any]
    predictions: pd.DataFrame
    curve: pd.DataFrame
    lineage: pd.DataFrame

    def write(
        self, outputs: Mapping[str, str], provenance: Mapping[str, Any], resumes: Sequence[ResumeFile] = ()
    ) -> None:
        """Write the outputs that are asked for (model, predictions, curve, lineage); then resume files can go."""
        tables = {
            "predictions": (self.predictions, predictions_schema(PREDICTED in self.predictions)),
            "curve": (self.curve, FOLD_CURVE),
            "lineage": (self.lineage, FOLD_LINEAGE),
        }
        for name, path in outputs.items():
            if name == "model":
                save_checkpoint(self.checkpoint, path)
            else:
                table, schema = tables[name]
                write_table(table, path, schema, dict(provenance))
        for resume in resumes:
            resume.remove()


def classifier_seed(seed: int, spec: ModelSpec) -> int:
    """Seed of a classifier: the same for all that share the proposed head and differ by their inputs alone."""
    return derive_seed(seed, "classification", spec.seed)


def fit_classifier_folds(
    spec: ModelSpec,
    fitter: Fitter,
    tables: FeatureTables,
    heads_on: str,
    seed: int,
    resume: ResumeFile | None = None,
) -> ClassifierFits:
    """One model of Table 1 in every fold, and its predictions for development people.

    Parameters
    ----------
    tables
        With the embeddings and the hidden layer that the model's features need.
    heads_on
        On whom it is fitted (`fold_data.people.head_rows`).
    seed
        `classifier_seed`; each fold derives its own.
    """
    finished = FinishedFolds(resume)
    models, checkpoint, predictions, curves, used = [], {}, [], [], []
    for fold in tables.study.folds():
        data = tables.study.fold_data(fold)
        rows, watched = head_rows(data, heads_on, derive_seed(seed, fold, "watching"))
        sites = tables.fit_sites(data, rows)
        x = tables.inputs(spec.features, data, fold, sites)
        fit = finished.get(fold)
        if fit is None:
            seen = None if watched is None else _examples(x, data, watched)
            with named_in_logs(f"fold {fold}"):
                logging.info("%s on %d people, %d inputs", spec.name, len(rows), x.shape[1])
                model, curve = fitter.fit(_examples(x, data, rows), seen, fold, derive_seed(seed, fold))
            fit = {"model": model.state(), "curve": curve}
            finished.add(fold, fit)
        else:
            model = fitter.MODEL.restore(fit["model"])
        models.append(model)
        facts = {"site_levels": sites, "features": list(spec.features)}
        checkpoint[f"fold{fold}"] = {"kind": model.KIND, "model": fit["model"], **facts}
        predictions.append(_predictions(fold, data, model, x))
        curves += [{"fold": fold, **row} for row in fit["curve"]]
        used += _used(spec, fold, data, rows, watched)
    return ClassifierFits(
        models,
        checkpoint,
        pd.concat(predictions, ignore_index=True),
        pd.DataFrame(curves, columns=FOLD_CURVE.names),
        pd.DataFrame(used, columns=FOLD_LINEAGE.names),
    )


def _predictions(fold: int, data: FoldData, model: FittedModel, x: np.ndarray) -> pd.DataFrame:
    rows = data.rows("fit", "monitor", "validation")
    people = {"fold": fold, "participant_id": data.ids[rows], "part": data.part[rows]}
    return pd.DataFrame({**people, **answers(data, rows, model.predict(x[rows]))})


def answers(data: FoldData, rows: np.ndarray, predicted: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of what was observed and predicted of some people (`schemas.predictions_schema`)."""
    label = {LABEL: data.labels[rows]}
    if data.values is None:
        return {**label, PROBABILITY: predicted}
    return {**label, TARGET: data.values[rows], PREDICTED: predicted}


def _examples(x: np.ndarray, data: FoldData, rows: np.ndarray) -> Examples:
    return Examples(x[rows], data.labels[rows], None if data.values is None else data.values[rows])


def _used(
    spec: ModelSpec, fold: int, data: FoldData, fit: np.ndarray, watched: np.ndarray | None
) -> list[tuple[int, str, str]]:
    people = {"fit": fit, "monitor": np.empty(0, int) if watched is None else watched}
    return [(fold, data.ids[row], use) for use in spec.uses for row in people[use]]
