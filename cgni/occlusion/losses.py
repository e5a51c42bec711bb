"""Occlusion sensitivity, equation (6): what a person's scores lose without a region or a SNP."""

import numpy as np
import torch
from torch import nn

from cgni.base.views import GENETICS, IMAGING
from cgni.contrastive.encoders import EncoderPair
from cgni.occlusion.readout import Readout

# Rows of the genetic encoder evaluated at once: large enough for fast products, small enough for the cache.
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


def snp_losses(
    pair: EncoderPair, counts: np.ndarray, stand_in: np.ndarray, read: Readout, rows: int = _ROWS
) -> np.ndarray:
    """score - score without each SNP, float64 [people, SNPs, components].

    Occluding a SNP adds one column of the first layer, times the change in its count, to that
    layer's output; where the count already is what stands in nothing changes and nothing is computed.

    Parameters
    ----------
    counts : float [people, SNPs], in the encoder's precision.
    stand_in : float [people, SNPs], what stands in for an occluded count.
    rows : evaluated at once.
    """
    values, instead = torch.from_numpy(counts), torch.from_numpy(stand_in.astype(counts.dtype))
    first, scaling = pair.mlp(GENETICS).linears[0], pair.scalings[GENETICS]
    assert isinstance(first, nn.Linear)
    with torch.inference_mode():
        scaled = scaling.apply(values)
        change = scaling.apply(instead) - scaled
        hidden, columns = first(scaled), first.weight.T.contiguous()
        full = read(pair.from_first(GENETICS, hidden))
        losses = torch.zeros((*counts.shape, full.shape[1]), dtype=torch.float64)
        person, snp = torch.nonzero(values != instead, as_tuple=True)
        for start in range(0, len(person), rows):
            who, what = person[start : start + rows], snp[start : start + rows]
            moved = torch.addcmul(hidden[who], change[who, what, None], columns[what])
            losses[who, what] = full[who] - read(pair.from_first(GENETICS, moved))
    found: np.ndarray = losses.numpy()
    return found
