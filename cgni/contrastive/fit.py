"""Fit a fold's pair of encoders on the contrastive loss (study stage 2)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from cgni.base.views import VIEWS
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.collapse import collapse_diagnostics
from cgni.contrastive.encoders import EncoderPair, EncoderShape
from cgni.contrastive.losses import LossOptions, Outcome, contrastive_loss, term_weights
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import EncoderSpec
from cgni.fold_data.people import UNLABELLED, FoldData, encoder_rows
from cgni.networks.fit_in_memory import FitSettings, fit_in_memory
from cgni.networks.scaling import Scaling


@dataclass(frozen=True)
class EncoderFit:
    """A fold's encoders, their learning curve, and who was used (fit, monitor)."""

    pair: EncoderPair
    curve: list[dict[str, Any]]
    used: dict[str, pd.Index]


def fit_encoders(
    data: FoldData, spec: EncoderSpec, settings: ContrastiveSettings, people: PeopleSettings, seed: int
) -> EncoderFit:
    """Encoders of one fold, trained on the loss terms of `spec`.

    Scaling and weights see the people of `fold_data.people.encoder_rows` only; the monitor people's
    loss stops the fit when they are not fitted on. Terms (3) and (4) look at those of them with an outcome.
    """
    fit, watched = encoder_rows(data, people, spec.needs_labels)
    torch.manual_seed(seed)
    scalings = {view: Scaling.fit(data.views[view][fit]) for view in VIEWS}
    pair = EncoderPair(EncoderShape.of(settings, spec.linear), scalings)
    options, weights = LossOptions.of(settings), term_weights(spec, settings.weights)
    views = {view: torch.from_numpy(data.views[view]) for view in VIEWS}
    outcome, l1 = _outcome(data, fit), settings.l1
    chosen_rows = torch.from_numpy(fit)

    def embeddings(rows: torch.Tensor | np.ndarray) -> dict[str, torch.Tensor]:
        return {view: pair.raw(view, values[rows]) for view, values in views.items()}

    def loss(rows: torch.Tensor) -> torch.Tensor:
        chosen = chosen_rows[rows]
        value = contrastive_loss(embeddings(chosen), outcome[chosen], weights, options)
        return value + l1 * pair.l1() if l1 else value

    def watch() -> dict[str, float]:
        assert watched is not None
        own = embeddings(watched)
        value = float(contrastive_loss(own, outcome[watched], weights, options))
        return {"score": -value, "loss": value, **collapse_diagnostics(own, outcome.labels[watched])}

    classes = data.labels[fit] if spec.looks_at_labels else np.full(len(fit), UNLABELLED)

    training = FitSettings(
        settings.batch_size,
        settings.epochs,
        settings.learning_rate,
        settings.weight_decay,
        settings.patience,
        settings.optimiser,
    )
    curve = fit_in_memory(pair, classes, loss, None if watched is None else watch, training, seed)
    used = {"fit": data.ids[fit], "monitor": data.ids[:0] if watched is None else data.ids[watched]}
    return EncoderFit(pair, [row for row in curve if row["metric"] != "score"], used)


def _outcome(data: FoldData, fit: np.ndarray) -> Outcome:
    """What supervised terms look at: classes, or values that are standardised by the fit people's."""
    labels = torch.from_numpy(data.labels)
    if data.values is None:
        return Outcome(labels)
    known = data.values[fit][~np.isnan(data.values[fit])]
    scaled = (data.values - known.mean()) / (known.std() or 1.0)
    return Outcome(labels, torch.from_numpy(scaled.astype(np.float32)))
