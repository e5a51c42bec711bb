"""Stages 2 and 3 on shuffled labels: whatever scores away from 50 % then leaks."""

import copy
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.seeds import derive_seed
from cgni.classification.candidates import classifier_seed
from cgni.classification.evaluation import pooled_validation
from cgni.classification.fold_fits import fit_classifier_folds, fit_contrastive_folds
from cgni.classification.metrics import balanced_accuracy
from cgni.classification.inputs import StudyTables


def shuffled_labels(participants: pd.DataFrame, splits: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The participants table with the working-memory groups of development people dealt out anew."""
    shuffled = participants.copy()
    development = splits.loc[splits["role"] == "development", "participant_id"]
    rows = np.flatnonzero(participants["participant_id"].isin(development) & participants["wm_group"].notna())
    dealt = np.random.default_rng(seed).permutation(rows)
    column = shuffled.columns.get_loc("wm_group")
    shuffled.iloc[rows, column] = participants["wm_group"].to_numpy()[dealt]
    return shuffled


def score_shuffles(
    tables: StudyTables,
    models: Sequence[str],
    cfg: Mapping[str, Any],
    networks: Sequence[Mapping[str, Any]],
    shuffles: int,
) -> pd.DataFrame:
    """Pooled out-of-fold balanced accuracy of every model after each shuffle (model, shuffle, balanced_accuracy).

    Parameters
    ----------
    models
        One proposed model (`cgni_terms124`), and any others.
    cfg
        Sections seed, people, contrastive and classification; their epochs make it cheap.
    networks
        Weights of the folds' WM networks, which have seen the true labels alone.
    """
    rows = []
    for number in range(shuffles):
        seed = derive_seed(cfg["seed"], "shuffle", number)
        own = copy.copy(tables)
        own.participants = shuffled_labels(tables.participants, tables.splits, seed)
        for model, predictions in _fit_all(own, models, cfg, networks, seed):
            pooled = pooled_validation(predictions)
            score = balanced_accuracy(pooled["label"].to_numpy(), pooled["probability"].to_numpy())
            rows.append((model, number, score))
        logging.info("shuffle %d of %d", number + 1, shuffles)
    return pd.DataFrame(rows, columns=["model", "shuffle", "balanced_accuracy"])


def summarise_shuffles(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean over shuffles with its standard error, and whether 50 % lies within three of them, per model."""
    grouped = scores.groupby("model", sort=False)["balanced_accuracy"]
    table = pd.DataFrame({"shuffles": grouped.size(), "mean": grouped.mean(), "sd": grouped.std(ddof=1)})
    table["se"] = table["sd"] / np.sqrt(table["shuffles"])
    table["compatible"] = (table["mean"] - 0.5).abs() <= 3 * table["se"]
    return table.reset_index()


def _fit_all(
    tables: StudyTables,
    models: Sequence[str],
    cfg: Mapping[str, Any],
    networks: Sequence[Mapping[str, Any]],
    seed: int,
) -> Iterator[tuple[str, pd.DataFrame]]:
    extra: dict[str, Any] = {"networks": networks}
    # h_g comes from the genetic network, so it is fitted before those that read it
    for model in sorted(models, key=lambda name: name != "genetic_nn"):
        if model.startswith("cgni_"):
            terms = model.removeprefix("cgni_")
            people = cfg["people"]["fit_on"]
            encoders = fit_contrastive_folds(tables, terms, cfg["contrastive"], people, derive_seed(seed, "encoders"))
            extra |= {"embeddings": encoders.rows, "encoders": encoders.checkpoint}
        heads_on = cfg["people"]["heads_on"]
        fits = fit_classifier_folds(model, tables, cfg["classification"], heads_on, classifier_seed(seed, model), extra)
        if model == "genetic_nn":
            extra["hidden"] = fits.hidden
        yield model, fits.rows
