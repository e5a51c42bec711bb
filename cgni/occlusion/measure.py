"""Contributions of all regions and SNPs to a fold's canonical variates, real or under the null."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.embeddings import embed
from cgni.contrastive.encoders import EncoderPair, load_encoders
from cgni.fold_data.people import FoldData
from cgni.fold_data.tables import StudyTables
from cgni.occlusion.losses import column_losses, region_losses
from cgni.occlusion.occluded import Occluded, TableColumns
from cgni.occlusion.readout import Readout, readout
from cgni.occlusion.settings import OcclusionSettings
from cgni.scca.fold import FoldEmbeddings, FoldScca, restore_fit


@dataclass(frozen=True, eq=False)
class FoldMeasurement:
    """What one fold's contributions are measured with.

    Attributes
    ----------
    pair : the fold's encoders.
    data : the fold's people with both modalities.
    scca : the same people's embeddings with the fitted sparse CCA.
    regions : of the people whom contributions average over (the SNPs' people too): their features without each region,
        or the columns of a table that are occluded one by one.
    """

    pair: EncoderPair
    data: FoldData
    scca: FoldScca
    regions: Occluded

    def rows(self) -> np.ndarray:
        """Row numbers in `data` of the people whom contributions average over."""
        rows: np.ndarray = self.data.ids.get_indexer(pd.Index(self.regions.ids))
        assert (rows >= 0).all()
        return rows

    def explained(self, view: str) -> np.ndarray:
        """What confounds explain of a view of those people, float32 [people, columns]; 0 where nothing is removed."""
        rows = self.rows()
        shift: np.ndarray = self.data.raw[view][rows] - self.data.views[view][rows]
        return shift


@dataclass(frozen=True, eq=False)
class Occlusions:
    """What each feature of a view is to each person.

    Attributes
    ----------
    losses : float64 [people, features, components], score - score without the feature.
    features : their names.
    values : float [people, features], what the direction of a contribution is seen by.
    sizes : int [features], voxels of a region, 1 for a SNP or a feature of a table.
    """

    losses: np.ndarray
    features: Sequence[str]
    values: np.ndarray
    sizes: np.ndarray


def measure_study(
    tables: StudyTables,
    encoders: Mapping[str, Any],
    weights: pd.DataFrame,
    regions: Iterable[Occluded],
    settings: OcclusionSettings,
    people: PeopleSettings,
    views: Sequence[str] = VIEWS,
) -> dict[str, pd.DataFrame]:
    """Contributions of each view's features in all folds (`schemas.OCCLUSION`).

    Parameters
    ----------
    encoders
        Checkpoint of all folds' encoders.
    weights
        Their sparse CCA (`scca.schemas.WEIGHTS`).
    regions
        Of each fold, in order; read one after the other.
    views
        Whose features are occluded.
    """
    found: dict[str, list[pd.DataFrame]] = {view: [] for view in views}
    for fold, own_regions in zip(tables.folds(), regions, strict=True):
        data, pair = tables.fold_data(fold), load_encoders(encoders, fold)
        embedded = FoldEmbeddings.of(embed(pair, data), tables.participants, tables.splits, fold, people)
        scca = restore_fit(embedded, weights[weights["fold"] == fold])
        own = FoldMeasurement(pair, data, scca, own_regions)
        for view in views:
            found[view].append(fold_contributions(own, fold, view, settings))
    return {view: pd.concat(parts, ignore_index=True) for view, parts in found.items()}


def fold_contributions(own: FoldMeasurement, fold: int, view: str, settings: OcclusionSettings) -> pd.DataFrame:
    """Contributions of a view's features in a fold (`schemas.OCCLUSION`).

    Parameters
    ----------
    settings
        `node` (`readout`) and `baseline`: of SNPs, `zero` is no copy of the counted allele (less what confounds explain
        of the person's count), otherwise it is the training people's mean count; of a table's features likewise. That
        of regions is in their features.
    """
    read = readout(own.scca.fit.weights[view], own.scca.scalings[view], settings.node)
    occlusions = _OCCLUDE[view](own, read, settings.baseline)
    variates = own.scca.variates()[view][own.rows()]
    return contribution_table(occlusions, variates, own.scca.fit.numbers).assign(fold=fold)


def contribution_table(occlusions: Occlusions, variates: np.ndarray, numbers: np.ndarray) -> pd.DataFrame:
    """Mean and mean absolute loss of each feature and component (`schemas.OCCLUSION` without the fold).

    Parameters
    ----------
    variates
        [people, components]; each feature's correlation with them has the direction as its sign (study B24).
    numbers
        The components' numbers.
    """
    losses, correlation = occlusions.losses, _correlations(occlusions.values, variates)
    tables = [
        pd.DataFrame(
            {
                "component": component,
                "feature": list(occlusions.features),
                "contribution": losses[:, :, column].mean(axis=0),
                "absolute": np.abs(losses[:, :, column]).mean(axis=0),
                "correlation": correlation[:, column],
                "size": occlusions.sizes,
                "people": len(losses),
            }
        )
        for column, component in enumerate(numbers)
    ]
    return pd.concat(tables, ignore_index=True)


def _occlude_regions(own: FoldMeasurement, read: Readout, baseline: str) -> Occlusions:
    regions = own.regions
    if isinstance(regions, TableColumns):
        return _occlude_columns(own, IMAGING, read, baseline, list(regions.columns))
    # what the confounds explain of a person's features stays taken out when a region is occluded
    explained = own.explained(IMAGING)
    intact, occluded = regions.intact - explained, regions.occluded - explained[:, None]
    losses = region_losses(own.pair, torch.from_numpy(intact), torch.from_numpy(occluded), read)
    return Occlusions(losses, list(regions.names), regions.means, regions.sizes)


def _occlude_snps(own: FoldMeasurement, read: Readout, baseline: str) -> Occlusions:
    return _occlude_columns(own, GENETICS, read, baseline, own.data.variants)


def _occlude_columns(own: FoldMeasurement, view: str, read: Readout, baseline: str, names: Sequence[str]) -> Occlusions:
    everybody = own.data.views[view]
    values = everybody[own.rows()]
    training = np.isin(own.data.part, ["fit", "monitor"])
    # a single number cannot be blurred: its mean stands in for it then, too
    mean = np.broadcast_to(everybody[training].mean(axis=0), values.shape)
    losses = column_losses(own.pair, view, values, -own.explained(view) if baseline == "zero" else mean, read)
    return Occlusions(losses, names, values, np.ones(values.shape[1], int))


_OCCLUDE: Mapping[str, Callable[[FoldMeasurement, Readout, str], Occlusions]] = {
    IMAGING: _occlude_regions,
    GENETICS: _occlude_snps,
}


def _correlations(values: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Pearson r [features, components] of values and scores over people; NaN where one is constant."""
    a, b = values - values.mean(axis=0), scores - scores.mean(axis=0)
    scale = np.sqrt(np.outer((a**2).sum(axis=0), (b**2).sum(axis=0)))
    r: np.ndarray = np.divide(a.T @ b, scale, out=np.full(scale.shape, np.nan), where=scale > 1e-12)
    return r
