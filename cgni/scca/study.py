"""Sparse CCA of a study: one model a fold, matched and oriented components."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.scca.matching import match_components, orient
from cgni.scca.sparse import (
    GridPoint,
    SparseFit,
    Standard,
    fit_sparse,
    search_grid,
    selection_stability,
)


@dataclass
class FoldScca:
    """One fold's people, embeddings and fitted model.

    Attributes
    ----------
    ids, part, wm_score, wm_group, family : of everybody with both modalities.
    imaging, genetics : float [people, nodes] embeddings of the fold's encoders.
    """

    ids: pd.Index
    part: np.ndarray
    wm_score: np.ndarray
    wm_group: np.ndarray
    family: np.ndarray
    imaging: np.ndarray
    genetics: np.ndarray
    penalties: tuple[float, float] | None = None
    standards: tuple[Standard, Standard] | None = None
    fit: SparseFit | None = None

    def fitted_rows(self, fit_on: str) -> np.ndarray:
        """Rows that sparse CCA is fitted on.

        `training`: all training people; `unseen`: those of them whom the encoders were not fitted
        on under `people.fit_on: fit`, which are the monitor people and the fit people without a WM
        group; `monitor`: the monitor people alone.
        """
        training = np.isin(self.part, ["fit", "monitor"])
        return {"training": training, "unseen": training & self.unseen(), "monitor": self.part == "monitor"}[fit_on]

    def views(self) -> list[np.ndarray]:
        """Both embeddings, standardised by the people of the fit."""
        assert self.standards is not None
        return [s.apply(v) for s, v in zip(self.standards, (self.imaging, self.genetics), strict=True)]

    def variates(self) -> np.ndarray:
        """[2, people, components]."""
        assert self.fit is not None
        imaging, genetics = self.views()
        return np.stack([imaging @ self.fit.imaging, genetics @ self.fit.genetics])

    def unseen(self) -> np.ndarray:
        """Rows of development people whom neither the fold's encoders nor its WM network were fitted on."""
        labelled_fit = (self.part == "fit") & (self.wm_group >= 0)
        return ~labelled_fit & (self.part != "holdout")


def fit_study(folds: list[FoldScca], cfg: Mapping[str, Any], seed: int) -> pd.DataFrame:
    """Choose penalties per fold and one number of components for all, fit, match and orient.

    The number of components is the one with the largest mean over folds of the summed held-out
    correlations. Components follow the first fold's order; later folds are matched to it on
    people unseen by both. Fits are left in `folds`; the grid is returned.

    Raises
    ------
    InputError
        A fold without any component at the chosen penalties.
    """
    grids = [_grid(fold, cfg, seed) for fold in folds]
    counts = cfg["components"]
    best_score = {n: np.mean([_best(grid, n).score for grid in grids]) for n in counts}
    components = max(counts, key=lambda n: (best_score[n], -n))
    rows = []
    for number, grid in enumerate(grids):
        best = _best(grid, components)
        rows += [(number, p.components, *p.penalties, p.score, p.converged, p.alive, p is best) for p in grid]
    names = ["fold", "components", "penalty_imaging", "penalty_genetics", "score", "converged", "alive", "chosen"]
    table = pd.DataFrame(rows, columns=names)
    alive = fit_chosen(folds, table[table["chosen"]], cfg)
    if not alive.all():
        raise InputError(
            f"scca.penalties: all weights are zero in {(~alive).sum()} of {len(folds)} folds; use smaller fractions"
        )
    align(folds)
    return table


def fit_chosen(folds: Sequence[FoldScca], chosen: pd.DataFrame, cfg: Mapping[str, Any]) -> np.ndarray:
    """Fit each fold at its chosen penalties (rows of the grid by fold); bool: has it any component?"""
    by_fold = chosen.set_index("fold")
    for number, fold in enumerate(folds):
        row = by_fold.loc[number]
        rows = fold.fitted_rows(cfg["fit_on"])
        fold.penalties = (float(row["penalty_imaging"]), float(row["penalty_genetics"]))
        fold.standards = Standard.fit(fold.imaging[rows]), Standard.fit(fold.genetics[rows])
        imaging, genetics = fold.views()
        fold.fit = fit_sparse(
            imaging[rows], genetics[rows], int(row["components"]), fold.penalties, cfg["max_iterations"],
            cfg["l1_ratio"],
        )  # fmt: skip
    return np.array([fold.fit.imaging.shape[1] > 0 for fold in folds])


def node_stability(fold: FoldScca, cfg: Mapping[str, Any], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """How often each node of the fold's fit is selected again without one inner fold (`selection_stability`)."""
    assert fold.fit is not None and fold.penalties is not None
    rows = fold.fitted_rows(cfg["fit_on"])
    imaging, genetics = fold.views()
    return selection_stability(
        imaging[rows], genetics[rows], fold.family[rows], fold.fit, fold.penalties, cfg["inner_folds"],
        cfg["max_iterations"], seed, cfg["l1_ratio"],
    )  # fmt: skip


def align(folds: Sequence[FoldScca]) -> None:
    """Orient the components of the fold that has most; bring the others' into its order and orientation."""
    if not folds:
        return
    reference = max(folds, key=lambda fold: fold.fit.imaging.shape[1])
    training = np.isin(reference.part, ["fit", "monitor"])
    signs = orient(*(v[training] for v in reference.variates()), reference.wm_score[training])
    everything = np.arange(len(signs[0]))
    _rearrange(reference, everything, everything + 1, *signs)
    for fold in folds:
        if fold is reference:
            continue
        common = fold.ids[fold.unseen()].intersection(reference.ids[reference.unseen()])
        a = reference.variates()[:, reference.ids.get_indexer(common)]
        b = fold.variates()[:, fold.ids.get_indexer(common)]
        order, sign = match_components(a, b)
        kept = order >= 0
        _rearrange(fold, order[kept], np.flatnonzero(kept) + 1, sign[kept], sign[kept])


def _best(grid: Sequence[GridPoint], components: int) -> GridPoint:
    """The best penalties for so many components, among those that leave all of them weights if any do."""
    points = [point for point in grid if point.components == components]
    alive = [point for point in points if point.alive >= components]
    return max(alive or points, key=lambda point: point.score)


def _grid(fold: FoldScca, cfg: Mapping[str, Any], seed: int) -> list[GridPoint]:
    rows = fold.fitted_rows(cfg["fit_on"])
    return search_grid(
        fold.imaging[rows], fold.genetics[rows], fold.family[rows], cfg["components"], cfg["penalties"],
        cfg["inner_folds"], cfg["max_iterations"], seed, cfg["l1_ratio"],
    )  # fmt: skip


def _rearrange(
    fold: FoldScca, order: np.ndarray, numbers: np.ndarray, imaging_signs: np.ndarray, genetic_signs: np.ndarray
) -> None:
    fit = fold.fit
    fold.fit = SparseFit(
        fit.imaging[:, order] * imaging_signs, fit.genetics[:, order] * genetic_signs, fit.converged[order], numbers
    )
