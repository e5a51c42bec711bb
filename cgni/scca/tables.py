"""The tables of sparse CCA: weights, variates, correlations."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cgni.cohort.confounds import confound_columns, residualise, site_levels
from cgni.scca.matching import permutation_p
from cgni.scca.sparse import SparseFit, Standard, variate_correlations
from cgni.scca.study import FoldScca, node_stability
from cgni.fold_data.people import fold_parts

_SHUFFLES = 100


def read_folds(embeddings: pd.DataFrame, participants: pd.DataFrame, splits: pd.DataFrame) -> list[FoldScca]:
    """Everybody with both modalities in each fold, with that fold's embeddings."""
    return [fold_scca(own, participants, splits, int(number)) for number, own in embeddings.groupby("fold")]


def fold_scca(embeddings: pd.DataFrame, participants: pd.DataFrame, splits: pd.DataFrame, fold: int) -> FoldScca:
    """One fold's people with their embeddings (columns participant_id, zv_..., zg_...)."""
    own = embeddings.sort_values("participant_id")
    ids = pd.Index(own["participant_id"])
    facts = participants.set_index("participant_id").loc[ids]
    return FoldScca(
        ids=ids,
        part=fold_parts(splits, fold, ids),
        wm_score=facts["wm_score"].to_numpy(np.float64, na_value=np.nan),
        wm_group=facts["wm_group"].fillna(-1).to_numpy(np.int8),
        family=facts["family"].to_numpy(),
        imaging=own.filter(regex="^zv_").to_numpy(np.float64),
        genetics=own.filter(regex="^zg_").to_numpy(np.float64),
    )


def weight_table(folds: list[FoldScca], cfg: Mapping[str, Any], seed: int) -> pd.DataFrame:
    """Every node's weight, with the mean and SD that standardise it, and its stability (`schemas.WEIGHTS`)."""
    parts = []
    for number, fold in enumerate(folds):
        assert fold.fit is not None and fold.standards is not None
        views = zip(
            ("imaging", "genetics"), (fold.fit.imaging, fold.fit.genetics), fold.standards,
            node_stability(fold, cfg, seed), strict=True,
        )  # fmt: skip
        for modality, weights, standard, stability in views:
            for component in range(weights.shape[1]):
                facts = {"node": np.arange(len(weights)), "weight": weights[:, component]}
                table = pd.DataFrame({**facts, "mean": standard.mean, "sd": standard.sd})
                table = table.assign(stability=stability[:, component], converged=fold.fit.converged[component])
                parts.append(table.assign(fold=number, component=fold.fit.numbers[component], modality=modality))
    return pd.concat(parts, ignore_index=True)


def restore_fit(fold: FoldScca, weights: pd.DataFrame) -> None:
    """Put one fold's rows of `schemas.WEIGHTS` back into `fold` as its fit and standards."""
    views, standards = [], []
    for modality in ("imaging", "genetics"):
        own = weights[weights["modality"] == modality]
        views.append(own.pivot(index="node", columns="component", values="weight").to_numpy())
        facts = own.drop_duplicates("node").sort_values("node")
        standards.append(Standard(facts["mean"].to_numpy(), facts["sd"].to_numpy()))
    facts = weights.drop_duplicates("component").sort_values("component")
    fold.fit = SparseFit(views[0], views[1], facts["converged"].to_numpy(), facts["component"].to_numpy())
    fold.standards = standards[0], standards[1]


def variate_table(folds: list[FoldScca]) -> pd.DataFrame:
    """Everybody's canonical variates (`schemas.VARIATES`)."""
    parts = []
    for number, fold in enumerate(folds):
        imaging, genetics = fold.variates()
        for component in range(imaging.shape[1]):
            facts = {"participant_id": fold.ids, "part": fold.part, "wm_group": fold.wm_group}
            table = pd.DataFrame({**facts, "imaging": imaging[:, component], "genetics": genetics[:, component]})
            parts.append(table.assign(fold=number, component=fold.fit.numbers[component]))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(wm_group=table["wm_group"].astype("Int8").mask(table["wm_group"] < 0))


def correlation_table(
    folds: list[FoldScca], participants: pd.DataFrame, permutations: int, seed: int, encoders: str = "chosen"
) -> pd.DataFrame:
    """Correlations by part and WM group, p-values where people are unseen (`schemas.CORRELATIONS`).

    Beside each correlation of the true pairing stands the mean over shuffled pairings of the same
    people. The holdout's correlations are descriptive: nothing is chosen by them.
    """
    rows = []
    for number, fold in enumerate(folds):
        variates = fold.variates()
        p = _validation_p(fold, variates, participants, permutations, seed)
        for split in ("fit", "monitor", "validation", "holdout"):
            for group, code in (("all", None), ("low", 0), ("high", 1)):
                chosen = (fold.part == split) & (True if code is None else fold.wm_group == code)
                size = int(chosen.sum())
                pairings = _pairings(variates[:, chosen], seed) if size > 2 else {}
                for pairing in ("true", "shuffled"):
                    r = pairings.get(pairing, np.full(variates.shape[2], np.nan))
                    tested = split == "validation" and group == "all" and pairing == "true"
                    rows += [
                        (number, fold.fit.numbers[component], encoders, pairing, split, group, r[component], size,
                         p[component] if tested else None)
                        for component in range(len(r))
                    ]  # fmt: skip
    names = ["fold", "component", "encoders", "pairing", "split", "group", "r", "n", "p"]
    return pd.DataFrame(rows, columns=names)


def _pairings(variates: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Correlations of the true pairing, and their mean over `_SHUFFLES` random ones."""
    rng, (imaging, genetics) = np.random.default_rng(seed), variates
    shuffled = [variate_correlations(imaging, rng.permutation(genetics)) for _ in range(_SHUFFLES)]
    return {"true": variate_correlations(imaging, genetics), "shuffled": np.mean(shuffled, axis=0)}


def _validation_p(
    fold: FoldScca, variates: np.ndarray, participants: pd.DataFrame, permutations: int, seed: int
) -> np.ndarray:
    chosen = fold.part == "validation"
    ids = fold.ids[chosen]
    confounds = confound_columns(participants, ids, site_levels(participants, ids)).to_numpy()
    imaging, genetics = (residualise(v[chosen], confounds) for v in variates)
    ancestry = participants.set_index("participant_id").loc[ids, "largest_ancestry"].to_numpy()
    return permutation_p(imaging, genetics, ancestry, fold.family[chosen], permutations, seed)
