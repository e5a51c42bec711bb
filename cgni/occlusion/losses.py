"""Occlusion sensitivity, equation (6): what a person's scores lose without a region, or a column of a view."""

import numpy as np
import torch
from torch import nn

from cgni.base.views import IMAGING
from cgni.contrastive.encoders import EncoderPair
from cgni.occlusion.readout import Readout

# Rows of an encoder evaluated at once: large enough for fast products, small enough for the cache.
_ROWS = 8192


def region_losses(pair: EncoderPair, intact: torch.Tensor, occluded: torch.Tensor, read: Readout) -> np.ndarray:
    """score - score without each region, float64 [people, regions, components].

    Parameters
    ----------
    intact : h_v [people, features].
    occluded : h_v without each region, [people, regions, features] (`incremental.occluded_features`).
    """
    people, regions, _ = occluded.shape
    with torch.inference_mode():
        full = read(pair.encode(IMAGING, intact))
        without = read(pair.encode(IMAGING, occluded.flatten(0, 1)))
        losses: np.ndarray = (full[:, None] - without.view(people, regions, -1)).numpy()
    return losses


def column_losses(
    pair: EncoderPair, view: str, own: np.ndarray, stand_in: np.ndarray, read: Readout, rows: int = _ROWS
) -> np.ndarray:
    """score - score without each column of a view (SNP, feature of a table), float64 [people, columns, components].

    Occluding a column adds one column of the first layer, times the change in its value, to that
    layer's output; where the value already is what stands in nothing changes and nothing is computed.

    Parameters
    ----------
    own : float [people, columns], the view in the encoder's precision.
    stand_in : float [people, columns], what stands in for an occluded value.
    rows : evaluated at once.
    """
    values, instead = torch.from_numpy(own), torch.from_numpy(stand_in.astype(own.dtype))
    first, scaling = pair.mlp(view).linears[0], pair.scalings[view]
    assert isinstance(first, nn.Linear)
    with torch.inference_mode():
        scaled = scaling.apply(values)
        change = scaling.apply(instead) - scaled
        hidden, columns = first(scaled), first.weight.T.contiguous()
        full = read(pair.from_first(view, hidden))
        losses = torch.zeros((*own.shape, full.shape[1]), dtype=torch.float64)
        person, column = torch.nonzero(values != instead, as_tuple=True)
        for start in range(0, len(person), rows):
            who, what = person[start : start + rows], column[start : start + rows]
            moved = torch.addcmul(hidden[who], change[who, what, None], columns[what])
            losses[who, what] = full[who] - read(pair.from_first(view, moved))
    found: np.ndarray = losses.numpy()
    return found
