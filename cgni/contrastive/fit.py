"""Fit a fold's pair of encoders on the contrastive loss (study stage 2)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch

from cgni.contrastive.encoders import EncoderPair, Scaling
from cgni.contrastive.losses import LossOptions, contrastive_loss, term_weights
from cgni.base.tables import number_columns
from cgni.contrastive.collapse import collapse_diagnostics
from cgni.fold_data.people import FoldData, fit_rows, watch_rows
from cgni.networks.fit_in_memory import SmallSettings, fit_small

_SIZES = ("imaging_layers", "genetic_layers", "activation", "dropout", "normalise")
_OPTIONS = ("temperature", "include_positive", "reduction", "normalise")


def fit_encoders(
    data: FoldData, terms: str, cfg: Mapping[str, Any], fit_on: str, seed: int
) -> tuple[EncoderPair, list[dict[str, Any]], dict[str, pd.Index]]:
    """Encoders of one fold, their learning curve, and who was used (fit, monitor).

    Scaling and weights see the labelled people of `fit_on` only; the monitor people's loss
    stops the fit when they are not fitted on. `cfg` is the config section `contrastive`.
    """
    fit, watched = fit_rows(data, fit_on), watch_rows(data, fit_on)
    torch.manual_seed(seed)
    sizes = {name: cfg[name] for name in _SIZES}
    pair = EncoderPair(sizes, Scaling.fit(data.h[fit]), Scaling.fit(data.counts[fit]))
    options = LossOptions(**{name: cfg[name] for name in _OPTIONS})
    weights = term_weights(terms, cfg["weights"])
    h, counts, labels = (torch.from_numpy(values) for values in (data.h, data.counts, data.labels))

    chosen_rows = torch.from_numpy(fit)

    def loss(rows: torch.Tensor) -> torch.Tensor:
        chosen = chosen_rows[rows]
        value = contrastive_loss(
            pair.imaging_raw(h[chosen]), pair.genetic_raw(counts[chosen]), labels[chosen], weights, options
        )
        return value + cfg["l1"] * (pair.imaging_mlp.l1() + pair.genetic_mlp.l1()) if cfg["l1"] else value

    def watch() -> dict[str, float]:
        v, g, y = pair.imaging_raw(h[watched]), pair.genetic_raw(counts[watched]), labels[watched]
        value = float(contrastive_loss(v, g, y, weights, options))
        return {"score": -value, "loss": value, **collapse_diagnostics(v, g, y)}

    settings = SmallSettings(**{name: cfg[name] for name in SmallSettings.__dataclass_fields__})
    curve = fit_small(pair, data.labels[fit], loss, None if watched is None else watch, settings, seed)
    used = {"fit": data.ids[fit], "monitor": data.ids[:0] if watched is None else data.ids[watched]}
    return pair, [row for row in curve if row["metric"] != "score"], used


def embed(pair: EncoderPair, data: FoldData) -> pd.DataFrame:
    """Embeddings of everybody with both modalities: participant_id, zv_0 ..., zg_0 ... (float32)."""
    with torch.inference_mode():
        imaging = pair.imaging(torch.from_numpy(data.h)).numpy()
        genetic = pair.genetic(torch.from_numpy(data.counts)).numpy()
    names = number_columns("zv", imaging.shape[1]) + number_columns("zg", genetic.shape[1])
    table = pd.DataFrame(np.hstack([imaging, genetic]), columns=names)
    table.insert(0, "participant_id", data.ids.to_numpy())
    return table
