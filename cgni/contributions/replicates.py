"""Null replicates: encoders, sparse CCA and contributions of a cohort whose genotypes are shuffled."""

import dataclasses
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.seeds import derive_seed
from cgni.base.views import GENETICS, VIEWS
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.embeddings import embed
from cgni.contrastive.fit import fit_encoders
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import EncoderSpec
from cgni.contributions.calls import summarise
from cgni.contributions.null import shuffled_genotypes
from cgni.contributions.settings import ContributionSettings
from cgni.fold_data.people import FoldData
from cgni.fold_data.tables import StudyTables
from cgni.occlusion.measure import FoldMeasurement, fold_contributions
from cgni.occlusion.occluded import RegionFeatures
from cgni.occlusion.settings import OcclusionSettings
from cgni.scca.correlations import variate_correlations
from cgni.scca.fold import FoldEmbeddings
from cgni.scca.settings import SccaSettings
from cgni.scca.study import align, fit_chosen


@dataclass(frozen=True, eq=False)
class NullStudy:
    """What all replicates start from: the real study.

    Attributes
    ----------
    folds : the people of each fold; everywhere the same people in the same order.
    regions : features of the occluded people of each fold.
    participants, splits : tables of the cohort.
    chosen : the real study's rows of `scca.schemas.GRID` with `chosen`.
    spec : the encoders.
    """

    folds: Sequence[FoldData]
    regions: Sequence[RegionFeatures]
    participants: pd.DataFrame
    splits: pd.DataFrame
    chosen: pd.DataFrame
    spec: EncoderSpec

    @classmethod
    def of(
        cls, tables: StudyTables, regions: Sequence[RegionFeatures], grid: pd.DataFrame, spec: EncoderSpec
    ) -> "NullStudy":
        """From the study's tables and the whole grid."""
        folds = [tables.fold_data(fold) for fold in tables.folds()]
        return cls(folds, regions, tables.participants, tables.splits, grid[grid["chosen"]], spec)


@dataclass(frozen=True)
class NullSettings:
    """What the encoders, the sparse CCA and the occlusion of a replicate are made with: the real study's settings."""

    contrastive: ContrastiveSettings
    people: PeopleSettings
    scca: SccaSettings
    occlusion: OcclusionSettings

    @classmethod
    def read(cls, section: Callable[[Any], Any]) -> "NullSettings":
        """From what gives a section of the config, `Job.section`."""
        return cls(
            contrastive=section(ContrastiveSettings),
            people=section(PeopleSettings),
            scca=section(SccaSettings),
            occlusion=section(OcclusionSettings),
        )


@dataclass(frozen=True, eq=False)
class NullTables:
    """What is written of replicates.

    Attributes
    ----------
    shares : `schemas.NULL_SHARES`.
    correlations : of each fold's validation people (`schemas.NULL_CORRELATIONS`).
    """

    shares: pd.DataFrame
    correlations: pd.DataFrame


def batch_replicates(batch: int, settings: ContributionSettings) -> range:
    """Numbers of the replicates of a batch."""
    first = batch * settings.null_batch
    return range(first, min(first + settings.null_batch, settings.null_encoders))


def null_replicates(replicates: Iterable[int], study: NullStudy, settings: NullSettings, seed: int) -> NullTables:
    """Replicates one after the other; each depends on its number and the seed alone."""
    found = [null_replicate(number, study, settings, seed) for number in replicates]
    return NullTables(
        shares=pd.concat([own.shares for own in found], ignore_index=True),
        correlations=pd.concat([own.correlations for own in found], ignore_index=True),
    )


def null_replicate(replicate: int, study: NullStudy, settings: NullSettings, seed: int) -> NullTables:
    """One replicate in all folds, fitted as the real study is, with its penalties and components."""
    order = shuffled_genotypes(study.folds[0].ids, study.participants, study.splits, seed, replicate)
    shuffled = [_with_genotypes_of(real, order) for real in study.folds]
    pairs, people = [], []
    for fold, data in enumerate(shuffled):
        assert data.ids.equals(study.folds[0].ids)
        fit_seed = derive_seed(seed, "null encoders", replicate, fold)
        pair = fit_encoders(data, study.spec, settings.contrastive, settings.people.fit_on, fit_seed).pair
        pairs.append(pair)
        people.append(FoldEmbeddings.of(embed(pair, data), study.participants, study.splits, fold))
    models = fit_chosen(people, study.chosen, settings.scca)
    alive = [fold for fold, model in enumerate(models) if model.fit.components]
    logging.info("replicate %d: sparse CCA has weights in %d of %d folds", replicate, len(alive), len(models))
    measured = {
        fold: FoldMeasurement(pairs[fold], shuffled[fold], model, study.regions[fold])
        for fold, model in zip(alive, align([models[fold] for fold in alive]), strict=True)
    }
    shares = [_shares(measured, view, settings.occlusion).assign(view=view) for view in VIEWS]
    unseen = [row for fold, own in measured.items() for row in _unseen(own, fold)]
    correlations = pd.DataFrame(unseen, columns=["fold", "component", "r", "n"])
    return NullTables(
        shares=pd.concat(shares, ignore_index=True).assign(replicate=replicate),
        correlations=correlations.assign(replicate=replicate),
    )


def _with_genotypes_of(data: FoldData, order: np.ndarray) -> FoldData:
    """Everybody with the genotypes of the person at their place in `order`."""
    return dataclasses.replace(data, views={**data.views, GENETICS: data.views[GENETICS][order]})


def _shares(measured: Mapping[int, FoldMeasurement], view: str, settings: OcclusionSettings) -> pd.DataFrame:
    names = ["component", "fold", "feature", "share", "z"]
    tables = [fold_contributions(own, fold, view, settings) for fold, own in measured.items()]
    return summarise(pd.concat(tables, ignore_index=True), np.inf)[names] if tables else pd.DataFrame(columns=names)


def _unseen(own: FoldMeasurement, fold: int) -> list[tuple[int, int, float, int]]:
    rows = own.scca.people.part == "validation"
    first, second = (values[rows] for values in own.scca.variates().values())
    r = variate_correlations(first, second)
    return [
        (fold, int(number), float(value), int(rows.sum()))
        for number, value in zip(own.scca.fit.numbers, r, strict=True)
    ]
