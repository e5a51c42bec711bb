"""Contributions of all regions and SNPs to a fold's canonical variates, real or under the null."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from cgni.occlusion.occlusion import (
    Readout,
    contribution_table,
    occlude_counts,
    readout,
    region_losses,
)
from cgni.occlusion.region_features import RegionFeatures
from cgni.scca.study import FoldScca
from cgni.contrastive.encoders import EncoderPair
from cgni.fold_data.people import FoldData


@dataclass(frozen=True)
class FoldMeasurement:
    """What one fold's contributions are measured with.

    Attributes
    ----------
    pair : the fold's encoders.
    data : the fold's people with both modalities.
    scca : their embeddings with the fitted sparse CCA.
    regions : features of the people whom contributions average over (the SNPs' people too).
    """

    pair: EncoderPair
    data: FoldData
    scca: FoldScca
    regions: RegionFeatures


def fold_contributions(own: FoldMeasurement, fold: int, modality: str, baseline: str, node: str) -> pd.DataFrame:
    """Contributions of a modality's features in a fold (`schemas.OCCLUSION`).

    Parameters
    ----------
    modality
        `region` or `snp`.
    baseline
        Of SNPs; `zero`: no copy of the counted allele; otherwise the training people's mean count.
        That of regions is in their features.
    node
        `variate` or `largest` (`occlusion.readout`).
    """
    assert own.scca.fit is not None and own.scca.standards is not None
    rows = own.data.ids.get_indexer(pd.Index(own.regions.ids))
    assert (rows >= 0).all()
    view = 0 if modality == "region" else 1
    weights, standard = (own.scca.fit.imaging, own.scca.fit.genetics)[view], own.scca.standards[view]
    read, variates = readout(weights, standard.mean, standard.sd, node), own.scca.variates()[view, rows]
    if modality == "region":
        return _regions(own, fold, read, variates)
    return _snps(own, fold, read, variates, rows, baseline)


def _regions(own: FoldMeasurement, fold: int, read: Readout, variates: np.ndarray) -> pd.DataFrame:
    features = own.regions
    losses = region_losses(own.pair, torch.from_numpy(features.intact), torch.from_numpy(features.occluded), read)
    return contribution_table(
        losses, features.names, features.means, variates, features.sizes, fold, own.scca.fit.numbers
    )


def _snps(
    own: FoldMeasurement, fold: int, read: Readout, variates: np.ndarray, rows: np.ndarray, baseline: str
) -> pd.DataFrame:
    counts = own.data.counts[rows]
    training = np.isin(own.data.part, ["fit", "monitor"])
    # a count cannot be blurred: its mean stands in for it then, too
    stand_in = np.zeros(counts.shape[1]) if baseline == "zero" else own.data.counts[training].mean(axis=0)
    losses = occlude_counts(own.pair, counts, stand_in, read)
    ones = np.ones(counts.shape[1], int)
    return contribution_table(losses, own.data.variants, counts, variates, ones, fold, own.scca.fit.numbers)
