"""Null replicates as far as the sparse CCA: encoders of a cohort with shuffled genotypes, and their correlations."""

import dataclasses
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.processes import named_in_logs
from cgni.base.seeds import derive_seed
from cgni.base.views import GENETICS, IMAGING
from cgni.cohort.settings import ConfoundSettings, PeopleSettings
from cgni.contrastive.embeddings import embed
from cgni.contrastive.encoders import EncoderPair
from cgni.contrastive.fit import fit_encoders
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import EncoderSpec
from cgni.contributions.null import shuffled_genotypes
from cgni.contributions.schemas import NULL_CORRELATIONS
from cgni.contributions.settings import ContributionSettings
from cgni.fold_data.people import FoldData
from cgni.fold_data.tables import StudyTables
from cgni.scca.correlations import variate_correlations
from cgni.scca.fold import FoldEmbeddings, FoldScca
from cgni.scca.inference import PairingTest
from cgni.scca.settings import SccaSettings
from cgni.scca.study import align, fit_chosen


@dataclass(frozen=True)
class FitSettings:
    """What the encoders and the sparse CCA of a replicate are made with: the real study's settings."""

    contrastive: ContrastiveSettings
    people: PeopleSettings
    scca: SccaSettings
    confounds: ConfoundSettings

    @classmethod
    def read(cls, section: Callable[[Any], Any], tuned: Callable[[Any], Any]) -> "FitSettings":
        """From what gives a section of the config, `Job.section`; `tuned` gives it as the encoders' search left it."""
        return cls(
            tuned(ContrastiveSettings), section(PeopleSettings), section(SccaSettings), section(ConfoundSettings)
        )


@dataclass(frozen=True, eq=False)
class NullStudy:
    """What all replicates start from: the real study.

    Attributes
    ----------
    folds : the people of each fold; everywhere the same people in the same order.
    participants, splits : tables of the cohort.
    chosen : the real study's rows of `scca.schemas.GRID` with `chosen`.
    spec : the encoders.
    settings : the real study's.
    seed : of all replicates.
    """

    folds: list[FoldData]
    participants: pd.DataFrame
    splits: pd.DataFrame
    chosen: pd.DataFrame
    spec: EncoderSpec
    settings: FitSettings
    seed: int

    @classmethod
    def of(
        cls, tables: StudyTables, grid: pd.DataFrame, spec: EncoderSpec, settings: FitSettings, seed: int
    ) -> "NullStudy":
        """From the study's tables and the whole grid."""
        folds = [tables.fold_data(fold) for fold in tables.folds()]
        return cls(folds, tables.participants, tables.splits, grid[grid["chosen"]], spec, settings, seed)


@dataclass(frozen=True, eq=False)
class NullFold:
    """A fold of a replicate: its encoders, its people with their new genotypes, its aligned sparse CCA."""

    pair: EncoderPair
    data: FoldData
    scca: FoldScca


def encoder_replicates(batch: int, settings: ContributionSettings) -> range:
    """Numbers of the replicates of a batch that go as far as contributions."""
    return _batch(batch, 0, settings.null_encoders, settings.null_batch)


def component_replicates(batch: int, settings: ContributionSettings) -> range:
    """Numbers of the replicates of a batch that stop at the sparse CCA; they follow those with contributions."""
    return _batch(batch, settings.null_encoders, settings.null_components, settings.null_batch)


def null_components(replicates: Iterable[int], study: NullStudy) -> pd.DataFrame:
    """Correlations of replicates (`schemas.NULL_CORRELATIONS`); each depends on its number and the seed alone."""
    tables = [null_correlations(fit_replicate(number, study), number, study) for number in replicates]
    return stacked(tables, NULL_CORRELATIONS.names)


def fit_replicate(replicate: int, study: NullStudy) -> dict[int, NullFold]:
    """One replicate in all folds, fitted as the real study is, with its penalties and components.

    Returns
    -------
    The folds whose sparse CCA has weights, by number.
    """
    settings = study.settings
    order = shuffled_genotypes(study.folds[0].ids, study.participants, study.splits, study.seed, replicate)
    shuffled = [with_genotypes_of(real, order) for real in study.folds]
    pairs, people = [], []
    for fold, data in enumerate(shuffled):
        assert data.ids.equals(study.folds[0].ids)
        seed = derive_seed(study.seed, "null encoders", replicate, fold)
        with named_in_logs(f"replicate {replicate}, fold {fold}"):
            pair = fit_encoders(data, study.spec, settings.contrastive, settings.people, seed).pair
        pairs.append(pair)
        embedded = embed(pair, data)
        people.append(FoldEmbeddings.of(embedded, study.participants, study.splits, fold, settings.people))
    models = fit_chosen(people, study.chosen, settings.scca)
    alive = [fold for fold, model in enumerate(models) if model.fit.components]
    logging.info("replicate %d: sparse CCA has weights in %d of %d folds", replicate, len(alive), len(models))
    aligned = align([models[fold] for fold in alive])
    return {fold: NullFold(pairs[fold], shuffled[fold], model) for fold, model in zip(alive, aligned, strict=True)}


def with_genotypes_of(data: FoldData, order: np.ndarray) -> FoldData:
    """Everybody with the genotypes of the person at their place in `order`.

    Where confounds were removed from the counts, what is left of them moves: it is the donor's
    genotype without the donor's confounds, and so has nothing to do with the recipient's either
    (permutation of residuals, Freedman and Lane 1983). Cleaned by the recipient's confounds instead,
    the donor's would come back. The raw counts move along, so that their difference stays the donor's.
    """
    views = {**data.views, GENETICS: data.views[GENETICS][order]}
    raw = data.raw_views and {**data.raw_views, GENETICS: data.raw_views[GENETICS][order]}
    return dataclasses.replace(data, views=views, raw_views=raw)


def null_correlations(fits: Mapping[int, NullFold], replicate: int, study: NullStudy) -> pd.DataFrame:
    """Correlations of each fold's validation people (`schemas.NULL_CORRELATIONS`).

    The partial one is that of the real study's out-of-fold test (`scca.inference.PairingTest`), without its p.
    """
    test = PairingTest(study.participants, study.settings.confounds.components, permutations=0)
    parts = []
    for fold, own in fits.items():
        people = own.scca.people
        rows = people.part == "validation"
        variates = {view: values[rows] for view, values in own.scca.variates().items()}
        partial, _ = test.run(people.ids[rows], people.family[rows], variates, seed=0)
        r = variate_correlations(variates[IMAGING], variates[GENETICS])
        found = {"component": own.scca.fit.numbers, "r": r, "partial_r": partial, "n": int(rows.sum())}
        parts.append(pd.DataFrame({"replicate": replicate, "fold": fold, **found}))
    return stacked(parts, NULL_CORRELATIONS.names)


def stacked(tables: Sequence[pd.DataFrame], names: Sequence[str]) -> pd.DataFrame:
    """Tables one below the other, but for empty ones, whose columns have no type; the columns `names` if all are."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(names))


def _batch(number: int, first: int, count: int, size: int) -> range:
    start = first + number * size
    return range(start, min(start + size, first + count))
