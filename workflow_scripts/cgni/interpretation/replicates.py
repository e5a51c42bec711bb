"""Null replicates: encoders, sparse CCA and contributions of a cohort whose genotypes are shuffled."""

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from workflow_scripts.cgni.interpretation.measure import FoldMeasurement, fold_contributions
from workflow_scripts.cgni.interpretation.null import shares, shuffled_genotypes
from workflow_scripts.cgni.interpretation.region_features import RegionFeatures
from workflow_scripts.cgni.interpretation.scca import variate_correlations
from workflow_scripts.cgni.interpretation.scca_tables import fold_scca
from workflow_scripts.cgni.interpretation.study_scca import align, fit_chosen
from workflow_scripts.cgni.seeds import derive_seed
from workflow_scripts.cgni.training.contrastive import embed, fit_encoders
from workflow_scripts.cgni.training.multimodal import FoldData


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
    shares : replicate, modality, component, fold, feature, share (`schemas.NULL_SHARES`).
    correlations : replicate, component, fold, r, n of the fold's validation people
        (`schemas.NULL_CORRELATIONS`).
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
    occlusion = cfg["occlusion"]
    numbers = np.flatnonzero(alive)
    tables = [
        fold_contributions(own, int(fold), occlusion["baseline"], occlusion["node"])
        for own, fold in zip(measured, numbers, strict=True)
    ]
    found = [
        shares(pd.concat([table[modality] for table in tables], ignore_index=True)).assign(modality=modality)
        for modality in ("region", "snp")
    ] if tables else []  # fmt: skip
    rows = [_unseen(own, int(fold)) for own, fold in zip(measured, numbers, strict=True)]
    names = ["fold", "component", "r", "n"]
    correlations = pd.concat([pd.DataFrame(part, columns=names) for part in rows]) if rows else pd.DataFrame(
        columns=names
    )  # fmt: skip
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame(
        columns=["component", "fold", "feature", "share", "modality"]
    )  # fmt: skip
    return table.assign(replicate=replicate), correlations.assign(replicate=replicate)


def _unseen(own: FoldMeasurement, fold: int) -> list[tuple[int, int, float, int]]:
    rows = own.scca.part == "validation"
    r = variate_correlations(*own.scca.variates()[:, rows])
    return [
        (fold, int(number), float(value), int(rows.sum()))
        for number, value in zip(own.scca.fit.numbers, r, strict=True)
    ]
