"""Sparse CCA of a study: one model a fold, matched and oriented components."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.base.views import VIEWS
from cgni.networks.scaling import Scaling
from cgni.scca.counts import best_point, choose_count, count_evidence
from cgni.scca.fold import FoldEmbeddings, FoldScca
from cgni.scca.matching import match_components, orient
from cgni.scca.settings import SccaSettings
from cgni.scca.sparse import FitOptions, GridPoint, fit_sparse, search_grid, selection_stability

_FEWEST_UNSEEN = 30  # people by whose variates components are matched and oriented


@dataclass(frozen=True, eq=False)
class StudyScca:
    """The models of all folds, with the grid (`schemas.GRID`) that their penalties were chosen from."""

    grid: pd.DataFrame
    folds: list[FoldScca]


def fit_study(folds: Sequence[FoldEmbeddings], settings: SccaSettings, seed: int) -> StudyScca:
    """Choose penalties per fold and one number of components for all (`counts.choose_count`), fit, match and orient.

    Components follow the order of the fold that has most; other folds are matched to it on people
    unseen by both.

    Raises
    ------
    InputError
        A fold without any component at the chosen penalties.
    """
    grids = [_grid(fold, settings, seed) for fold in folds]
    evidence = count_evidence(grids, [fold.ids[fold.fitted_rows(settings.fit_on)] for fold in folds])
    components = choose_count(grids, evidence, settings.choose)
    grid = pd.DataFrame(
        _grid_row(number, point, chosen=point is best_point(points, components))
        for number, points in enumerate(grids)
        for point in points
    ).merge(evidence, on=["fold", "components"], validate="many_to_one")
    fitted = fit_chosen(folds, grid[grid["chosen"]], settings)
    empty = sum(fold.fit.components == 0 for fold in fitted)
    if empty:
        raise InputError(
            f"scca.penalties: all weights are zero in {empty} of {len(folds)} folds; use smaller fractions"
        )
    return StudyScca(grid, align(fitted))


def fit_chosen(folds: Sequence[FoldEmbeddings], chosen: pd.DataFrame, settings: SccaSettings) -> list[FoldScca]:
    """Fit each fold at its chosen penalties; a fit may have no component.

    Parameters
    ----------
    chosen
        One row of the grid (`schemas.GRID`) for each fold.
    """
    by_fold = chosen.set_index("fold")
    fitted = []
    for number, people in enumerate(folds):
        row, rows = by_fold.loc[number], people.fitted_rows(settings.fit_on)
        scalings = {view: Scaling.fit(people.views[view][rows]) for view in VIEWS}
        views = {view: scalings[view].apply(people.views[view])[rows] for view in VIEWS}
        fit = fit_sparse(views, int(row["components"]), _options(row, settings))
        fitted.append(FoldScca(people, scalings, fit))
    return fitted


def node_stability(study: StudyScca, fold: int, settings: SccaSettings, seed: int) -> dict[str, np.ndarray]:
    """How often each node of a fold's fit is selected again without one inner fold (`selection_stability`)."""
    own = study.folds[fold]
    rows = own.people.fitted_rows(settings.fit_on)
    views = {view: values[rows] for view, values in own.standardised().items()}
    options = _options(study.grid[study.grid["chosen"]].set_index("fold").loc[fold], settings)
    return selection_stability(views, own.people.family[rows], own.fit, options, settings.inner_folds, seed)


def align(folds: Sequence[FoldScca]) -> list[FoldScca]:
    """Orient the components of the fold that has most; bring the others' into its order and orientation.

    Folds are matched by people whom neither fold's encoders have seen; where there are hardly any
    (`people.fit_on: training`), by all development people. Orientation is read from training people
    whom the fold's encoders have not seen: in the others the encoders may have made a tie that nobody
    else shows. Where there are hardly any, it is read from all training people.
    """
    if not folds:
        return []
    most = max(folds, key=lambda fold: fold.fit.components)
    training = most.people.training()
    unseen = training & most.people.unseen()
    rows = unseen if unseen.sum() >= _FEWEST_UNSEEN else training
    signs = orient(_variates(most, rows), most.people.outcome[rows])
    everything = np.arange(most.fit.components)
    reference = dataclasses.replace(most, fit=most.fit.rearranged(everything, everything + 1, signs))
    return [reference if fold is most else _aligned(fold, reference) for fold in folds]


def _aligned(fold: FoldScca, reference: FoldScca) -> FoldScca:
    common = fold.people.ids[fold.people.unseen()].intersection(reference.people.ids[reference.people.unseen()])
    if len(common) < _FEWEST_UNSEEN:
        common = fold.people.ids[fold.people.part != "holdout"]
    shared = [_variates(own, own.people.ids.get_indexer(common)) for own in (reference, fold)]
    order, sign = match_components(*shared)
    kept = order >= 0
    fit = fold.fit.rearranged(order[kept], np.flatnonzero(kept) + 1, dict.fromkeys(VIEWS, sign[kept]))
    return dataclasses.replace(fold, fit=fit)


def _variates(fold: FoldScca, rows: np.ndarray) -> dict[str, np.ndarray]:
    return {view: values[rows] for view, values in fold.variates().items()}


def _options(row: pd.Series, settings: SccaSettings) -> FitOptions:
    """At the penalties of a row of the grid."""
    return FitOptions.of(settings, {view: float(row[f"penalty_{view}"]) for view in VIEWS})


def _grid(fold: FoldEmbeddings, settings: SccaSettings, seed: int) -> list[GridPoint]:
    rows = fold.fitted_rows(settings.fit_on)
    views = {view: values[rows] for view, values in fold.views.items()}
    return search_grid(views, fold.family[rows], settings, seed)


def _grid_row(fold: int, point: GridPoint, chosen: bool) -> dict[str, float]:
    """A row of `schemas.GRID`."""
    return {
        "fold": fold,
        "components": point.components,
        **{f"penalty_{view}": point.penalties[view] for view in VIEWS},
        "score": point.score,
        "converged": point.converged,
        "alive": point.alive,
        "chosen": chosen,
    }
