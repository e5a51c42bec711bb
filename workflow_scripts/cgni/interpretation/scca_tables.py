"""The tables of sparse CCA: weights, variates, correlations."""

import numpy as np
import pandas as pd

from workflow_scripts.cgni.cohort.confounds import confound_columns, residualise, site_levels
from workflow_scripts.cgni.interpretation.matching import permutation_p
from workflow_scripts.cgni.interpretation.scca import variate_correlations
from workflow_scripts.cgni.interpretation.study_scca import FoldScca
from workflow_scripts.cgni.training.multimodal import fold_parts


def read_folds(embeddings: pd.DataFrame, participants: pd.DataFrame, splits: pd.DataFrame) -> list[FoldScca]:
    """Everybody with both modalities in each fold, with that fold's embeddings."""
    people = participants.set_index("participant_id")
    folds = []
    for number, own in embeddings.groupby("fold"):
        own = own.sort_values("participant_id")
        ids = pd.Index(own["participant_id"])
        facts = people.loc[ids]
        folds.append(
            FoldScca(
                ids=ids,
                part=fold_parts(splits, int(number), ids),
                wm_score=facts["wm_score"].to_numpy(np.float64, na_value=np.nan),
                wm_group=facts["wm_group"].fillna(-1).to_numpy(np.int8),
                family=facts["family"].to_numpy(),
                imaging=own.filter(regex="^zv_").to_numpy(np.float64),
                genetics=own.filter(regex="^zg_").to_numpy(np.float64),
            )
        )
    return folds


def weight_table(folds: list[FoldScca]) -> pd.DataFrame:
    """Every node's weight, with the mean and SD that standardise it (`schemas.WEIGHTS`)."""
    parts = []
    for number, fold in enumerate(folds):
        assert fold.fit is not None and fold.standards is not None
        for modality, weights, standard in zip(
            ("imaging", "genetics"), (fold.fit.imaging, fold.fit.genetics), fold.standards, strict=True
        ):
            for component in range(weights.shape[1]):
                facts = {"node": np.arange(len(weights)), "weight": weights[:, component]}
                table = pd.DataFrame({**facts, "mean": standard.mean, "sd": standard.sd})
                parts.append(table.assign(fold=number, component=component + 1, modality=modality))
    return pd.concat(parts, ignore_index=True)


def variate_table(folds: list[FoldScca]) -> pd.DataFrame:
    """Everybody's canonical variates (`schemas.VARIATES`)."""
    parts = []
    for number, fold in enumerate(folds):
        imaging, genetics = fold.variates()
        for component in range(imaging.shape[1]):
            facts = {"participant_id": fold.ids, "part": fold.part, "wm_group": fold.wm_group}
            table = pd.DataFrame({**facts, "imaging": imaging[:, component], "genetics": genetics[:, component]})
            parts.append(table.assign(fold=number, component=component + 1))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(wm_group=table["wm_group"].astype("Int8").mask(table["wm_group"] < 0))


def correlation_table(folds: list[FoldScca], participants: pd.DataFrame, permutations: int, seed: int) -> pd.DataFrame:
    """Correlations by part and WM group, p-values where people are unseen (`schemas.CORRELATIONS`).

    The holdout's correlations are descriptive: nothing is chosen by them.
    """
    rows = []
    for number, fold in enumerate(folds):
        variates = fold.variates()
        p = _validation_p(fold, variates, participants, permutations, seed)
        for split in ("fit", "monitor", "validation", "holdout"):
            for group, code in (("all", None), ("low", 0), ("high", 1)):
                chosen = (fold.part == split) & (True if code is None else fold.wm_group == code)
                size = int(chosen.sum())
                r = variate_correlations(*variates[:, chosen]) if size > 2 else np.full(variates.shape[2], np.nan)
                tested = split == "validation" and group == "all"
                rows += [
                    (number, component + 1, split, group, r[component], size, p[component] if tested else None)
                    for component in range(len(r))
                ]
    return pd.DataFrame(rows, columns=["fold", "component", "split", "group", "r", "n", "p"])


def _validation_p(
    fold: FoldScca, variates: np.ndarray, participants: pd.DataFrame, permutations: int, seed: int
) -> np.ndarray:
    chosen = fold.part == "validation"
    ids = fold.ids[chosen]
    confounds = confound_columns(participants, ids, site_levels(participants, ids)).to_numpy()
    imaging, genetics = (residualise(v[chosen], confounds) for v in variates)
    ancestry = participants.set_index("participant_id").loc[ids, "largest_ancestry"].to_numpy()
    return permutation_p(imaging, genetics, ancestry, fold.family[chosen], permutations, seed)
