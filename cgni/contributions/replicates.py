"""Null replicates with contributions: what regions and SNPs contribute where genotypes are shuffled."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.views import IMAGING, VIEWS
from cgni.cohort.settings import PeopleSettings
from cgni.contributions.calls import summarise
from cgni.contributions.null_fits import NullStudy, fit_replicate, null_correlations, stacked
from cgni.contributions.null_readers import REPLICATE, reader_state, restore_measurements
from cgni.contributions.schemas import NULL_CORRELATIONS, NULL_SHARES
from cgni.fold_data.tables import StudyTables
from cgni.occlusion.measure import FoldMeasurement, fold_contributions
from cgni.occlusion.occluded import Occluded, load_occluded
from cgni.occlusion.settings import OcclusionSettings


@dataclass(frozen=True, eq=False)
class NullTables:
    """What is written of replicates.

    Attributes
    ----------
    shares : `schemas.NULL_SHARES`.
    correlations : of each fold's validation people (`schemas.NULL_CORRELATIONS`).
    readers : `replicate<number>` to what its regions are read with (`null_readers.reader_state`).
    """

    shares: pd.DataFrame
    correlations: pd.DataFrame
    readers: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class OcclusionStudy:
    """What the real study's contributions are measured with: features of each fold's occluded people, and settings."""

    regions: Sequence[Occluded]
    settings: OcclusionSettings

    @classmethod
    def read(cls, regions: Iterable[str], section: Callable[[Any], Any]) -> "OcclusionStudy":
        """From the folds' files and from what gives a section of the config, `Job.section`."""
        return cls([load_occluded(path) for path in regions], section(OcclusionSettings))


def null_replicates(replicates: Iterable[int], study: NullStudy, occlusion: OcclusionStudy) -> NullTables:
    """Replicates one after the other; each depends on its number and the seed alone."""
    found = [null_replicate(number, study, occlusion) for number in replicates]
    return NullTables(
        shares=stacked([own.shares for own in found], NULL_SHARES.names),
        correlations=stacked([own.correlations for own in found], NULL_CORRELATIONS.names),
        readers={name: state for own in found for name, state in own.readers.items()},
    )


def null_replicate(replicate: int, study: NullStudy, occlusion: OcclusionStudy) -> NullTables:
    """One replicate in all folds, fitted and measured as the real study is."""
    fits = fit_replicate(replicate, study)
    regions = occlusion.regions
    measured = {fold: FoldMeasurement(own.pair, own.data, own.scca, regions[fold]) for fold, own in fits.items()}
    shares = [_shares(measured, view, occlusion.settings).assign(view=view) for view in VIEWS]
    return NullTables(
        shares=stacked(shares, NULL_SHARES.names).assign(replicate=replicate),
        correlations=null_correlations(fits, replicate, study),
        readers={f"{REPLICATE}{replicate}": reader_state(fits)},
    )


def atlas_shares(
    states: Iterable[tuple[int, Mapping[str, Any]]],
    tables: StudyTables,
    occlusion: OcclusionStudy,
    people: PeopleSettings,
) -> pd.DataFrame:
    """Shares of the regions of a further atlas in replicates that are fitted already (`schemas.NULL_SHARES`).

    Parameters
    ----------
    states
        Numbers of replicates, and what their regions are read with (`null_readers.read_states`).
    occlusion
        Features of each fold's occluded people without each region of that atlas.
    people
        `fit_on` and `encoders_on`, as the replicates were fitted.
    """
    folds, found = [tables.fold_data(fold) for fold in tables.folds()], []
    for number, state in states:
        measured = restore_measurements(state, tables, folds, occlusion.regions, people)
        found.append(_shares(measured, IMAGING, occlusion.settings).assign(view=IMAGING, replicate=number))
    return stacked(found, NULL_SHARES.names)


def _shares(measured: Mapping[int, FoldMeasurement], view: str, settings: OcclusionSettings) -> pd.DataFrame:
    names = ["component", "fold", "feature", "share", "z"]
    tables = [fold_contributions(own, fold, view, settings) for fold, own in measured.items()]
    return summarise(pd.concat(tables, ignore_index=True), np.inf)[names] if tables else pd.DataFrame(columns=names)
