"""Null replicates: encoders, sparse CCA and contributions of a cohort whose genotypes are shuffled."""

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cgni.contributions.calls import summarise
from cgni.occlusion.measure import FoldMeasurement, fold_contributions
from cgni.contributions.null import shuffled_genotypes
from cgni.occlusion.region_features import RegionFeatures
from cgni.scca.sparse import variate_correlations
from cgni.scca.tables import fold_scca
from cgni.scca.study import align, fit_chosen
from cgni.base.seeds import derive_seed
from cgni.contrastive.fit import embed, fit_encoders
from cgni.fold_data.people import FoldData


def null_replicate(
    replicate: int,
    folds: Sequence[FoldData],
    regions: Sequence[RegionFeatures],
    participants: pd.DataFrame,
    splits: pd.DataFrame,
    chosen: pd.DataFrame,
    terms: str,
    cfg: Mapping[str, Any],
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One replicate in all folds, fitted as the real study is, with its penalties and components.

    Parameters
    ----------
    chosen
        The real study's rows of `schemas.GRID` with `chosen`.
    cfg
        The slice with `contrastive`, `people`, `scca` and `occlusion`.

    Returns
    -------
    shares : `schemas.NULL_SHARES`.
    correlations : of each fold's validation people (`schemas.NULL_CORRELATIONS`).
    """
    order = shuffled_genotypes(folds[0].ids, participants, splits, seed, replicate)
    measured = []
    for fold, (real, own_regions) in enumerate(zip(folds, regions, strict=True)):
        assert real.ids.equals(folds[0].ids)
        data = dataclasses.replace(real, counts=real.counts[order])
        fit_seed = derive_seed(seed, "null encoders", replicate, fold)
        pair, _, _ = fit_encoders(data, terms, cfg["contrastive"], cfg["people"]["fit_on"], fit_seed)
        scca = fold_scca(embed(pair, data), participants, splits, fold)
        measured.append(FoldMeasurement(pair, data, scca, own_regions))
    alive = fit_chosen([own.scca for own in measured], chosen, cfg["scca"])
    measured = [own for own, has_weights in zip(measured, alive, strict=True) if has_weights]
    logging.info("replicate %d: sparse CCA has weights in %d of %d folds", replicate, len(measured), len(folds))
    align([own.scca for own in measured])
    numbers = [int(fold) for fold in np.flatnonzero(alive)]
    parts = [_shares(measured, numbers, modality, cfg["occlusion"]) for modality in ("region", "snp")]
    rows = [row for own, fold in zip(measured, numbers, strict=True) for row in _unseen(own, fold)]
    correlations = pd.DataFrame(rows, columns=["fold", "component", "r", "n"])
    return pd.concat(parts, ignore_index=True).assign(replicate=replicate), correlations.assign(replicate=replicate)


def _shares(
    measured: Sequence[FoldMeasurement], numbers: Sequence[int], modality: str, cfg: Mapping[str, Any]
) -> pd.DataFrame:
    names = ["component", "fold", "feature", "share", "z"]
    tables = [
        fold_contributions(own, fold, modality, cfg["baseline"], cfg["node"])
        for own, fold in zip(measured, numbers, strict=True)
    ]
    table = summarise(pd.concat(tables, ignore_index=True), np.inf)[names] if tables else pd.DataFrame(columns=names)
    return table.assign(modality=modality)


def _unseen(own: FoldMeasurement, fold: int) -> list[tuple[int, int, float, int]]:
    rows = own.scca.part == "validation"
    r = variate_correlations(*own.scca.variates()[:, rows])
    return [
        (fold, int(number), float(value), int(rows.sum()))
        for number, value in zip(own.scca.fit.numbers, r, strict=True)
    ]
