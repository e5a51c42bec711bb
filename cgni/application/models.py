"""A bundle's models on another cohort: predictions, embeddings, canonical variates; nothing is fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.application.archive import Archive
from cgni.application.confounds import FoldConfounds
from cgni.application.schemas import APPLIED_PREDICTIONS, APPLIED_VARIATES, MEAN
from cgni.base.errors import InputError
from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.classification.fitters.restore import restore
from cgni.contrastive.embeddings import embed
from cgni.contrastive.encoders import load_encoders
from cgni.fold_data.people import UNLABELLED, FoldData
from cgni.genetics.matrix import load_genotypes
from cgni.scca.fold import FoldEmbeddings, FoldScca, restore_fit
from cgni.scca.inference import HoldoutVariates

_PART = "holdout"  # nobody of another cohort was seen in a fit


@dataclass(frozen=True, eq=False)
class AppliedCohort:
    """Tables of another cohort.

    Attributes
    ----------
    participants : `cohort.schemas.participants_schema`.
    genotypes : participant_id, then a column a SNP of the bundle, missing where unknown.
    features : fold, participant_id, h_0 ... by the bundle's networks.
    """

    participants: pd.DataFrame
    genotypes: pd.DataFrame
    features: pd.DataFrame

    def people(self) -> pd.Index:
        """Sorted ids of those with both modalities.

        Raises
        ------
        InputError
            Nobody.
        """
        ids = pd.Index(self.features["participant_id"].unique())
        both = ids.intersection(pd.Index(self.genotypes["participant_id"])).sort_values()
        if both.empty:
            raise InputError(
                f"application: none of {len(ids)} people with a usable map is among {len(self.genotypes)} with "
                "genotypes; check that the files use the same ids"
            )
        return both

    def fold_data(self, bundle: Archive, fold: int, ids: pd.Index) -> FoldData:
        """Two views of `ids` as the fold's models take them: its fill values and its coefficients of confounds."""
        counts, variants = load_genotypes(self.genotypes, bundle.table(f"fold{fold}/fill.parquet"), ids)
        own = self.features[self.features["fold"] == fold].drop(columns="fold").set_index("participant_id")
        raw = {IMAGING: np.array(own.loc[ids], np.float32), GENETICS: counts}
        confounds = FoldConfounds.of(bundle.checkpoint(f"fold{fold}/confounds.ckpt"))
        people = self.participants.set_index("participant_id").loc[ids]
        return FoldData(
            ids=ids,
            part=np.full(len(ids), _PART, dtype=object),
            labels=people["outcome_group"].fillna(UNLABELLED).to_numpy(np.int64),
            views=confounds.removed(raw, self.participants, ids) if confounds else dict(raw),
            variants=variants,
            families=people["family"].to_numpy(),
            raw_views=raw,
            values=people["target"].to_numpy(np.float64, na_value=np.nan),
        )


@dataclass(frozen=True, eq=False)
class AppliedModels:
    """What a bundle says of a cohort.

    Attributes
    ----------
    predictions, variates : `schemas.APPLIED_PREDICTIONS`, `schemas.APPLIED_VARIATES`; fold -1: mean over folds.
    embeddings : fold, participant_id, imaging_0 ..., genetics_0 ... by the interpreted encoders.
    mean_variates : of everybody, as the test of components takes them.
    """

    predictions: pd.DataFrame
    embeddings: pd.DataFrame
    variates: pd.DataFrame
    mean_variates: HoldoutVariates

    def numbered(self) -> list[str]:
        """Names of the columns of the embeddings that hold numbers."""
        return [name for name in self.embeddings.columns if name not in ("fold", "participant_id")]


def apply_models(bundle: Archive, cohort: AppliedCohort) -> AppliedModels:
    """Predictions, embeddings and variates of everybody with both modalities, by every fold and their mean."""
    names, weights = bundle.json("models.json"), bundle.table("scca_weights.parquet")
    ids = cohort.people()
    predicted: dict[int, np.ndarray] = {}
    embeddings, scca = [], []
    for fold in bundle.folds:
        data = cohort.fold_data(bundle, fold, ids)
        tables = {name: _embedded(bundle, name, fold, data) for name in set(names.values())}
        head = bundle.checkpoint(f"fold{fold}/head.ckpt")
        predicted[fold] = restore(head).predict(head_inputs(head["features"], data, tables[names["proposed"]]))
        embeddings.append(tables[names["interpreted"]].assign(fold=fold))
        people = _fold_embeddings(tables[names["interpreted"]], data)
        scca.append(restore_fit(people, weights[weights["fold"] == fold]))
    predicted[MEAN] = np.mean(list(predicted.values()), axis=0)
    mean = HoldoutVariates.of(scca)
    return AppliedModels(
        _prediction_table(predicted, data),
        pd.concat(embeddings, ignore_index=True),
        _variate_table(scca, ids),
        mean,
    )


def _embedded(bundle: Archive, name: str, fold: int, data: FoldData) -> pd.DataFrame:
    checkpoint = {f"fold{fold}": bundle.checkpoint(f"fold{fold}/{name}.ckpt")}
    return embed(load_encoders(checkpoint, fold), data)


def head_inputs(features: Sequence[str], data: FoldData, embeddings: pd.DataFrame) -> np.ndarray:
    """Inputs float32 [people, columns] of the proposed head, in the order of its feature sets.

    Raises
    ------
    InputError
        A feature set that no proposed model has.
    """
    parts = []
    for name in features:
        view, _, kind = name.partition("_")
        if view not in VIEWS or kind not in ("", "cleaned", "embedding"):
            raise InputError(
                f"bundle: the proposed model reads {name}, which is not known here; use the version that wrote it"
            )
        columns = {"": data.raw, "cleaned": data.views}
        chosen = (
            embeddings.filter(regex=f"^{view}_").to_numpy(np.float32) if kind == "embedding" else columns[kind][view]
        )
        parts.append(chosen)
    return np.hstack(parts)


def _fold_embeddings(table: pd.DataFrame, data: FoldData) -> FoldEmbeddings:
    assert data.families is not None
    return FoldEmbeddings(
        ids=data.ids,
        part=data.part,
        outcome=np.full(len(data.ids), np.nan),
        outcome_group=data.labels,
        family=data.families,
        seen=np.zeros(len(data.ids), bool),
        views={view: table.filter(regex=f"^{view}_").to_numpy(np.float64) for view in VIEWS},
    )


def _prediction_table(predicted: Mapping[int, np.ndarray], data: FoldData) -> pd.DataFrame:
    labels = pd.Series(data.labels, dtype="Int8").mask(data.labels == UNLABELLED)
    facts = {"participant_id": data.ids, "label": labels, "target": data.values}
    parts = [pd.DataFrame({**facts, "fold": fold, "predicted": own}) for fold, own in predicted.items()]
    return pd.concat(parts, ignore_index=True)[APPLIED_PREDICTIONS.names]


def _variate_table(folds: Sequence[FoldScca], ids: pd.Index) -> pd.DataFrame:
    """Variates of every fold, and means over the folds that have a component: they depend on nobody else."""
    parts = []
    for number, fold in enumerate(folds):
        own = fold.variates()
        for column, component in enumerate(fold.fit.numbers):
            values = {view: own[view][:, column] for view in VIEWS}
            parts.append(pd.DataFrame({"fold": number, "component": component, "participant_id": ids, **values}))
    table = pd.concat(parts, ignore_index=True)
    mean = table.groupby(["component", "participant_id"], as_index=False)[list(VIEWS)].mean().assign(fold=MEAN)
    return pd.concat([table, mean], ignore_index=True)[APPLIED_VARIATES.names]
