"""The tables of sparse CCA: weights, variates, correlations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.scca.components import component_table
from cgni.scca.correlations import variate_correlations
from cgni.scca.fold import FoldEmbeddings, FoldScca
from cgni.scca.inference import PairingTest
from cgni.scca.settings import SccaSettings
from cgni.scca.study import StudyScca, align, fit_chosen, fit_study, node_stability

_SHUFFLES = 100
_SPLITS = ("fit", "monitor", "validation", "holdout")
_GROUPS = {"all": (-1, 0, 1), "low": (0,), "high": (1,)}  # codes of outcome_group


@dataclass(frozen=True, eq=False)
class SccaTables:
    """What is written of a study's sparse CCA; each has its schema in `schemas`."""

    grid: pd.DataFrame
    weights: pd.DataFrame
    variates: pd.DataFrame
    correlations: pd.DataFrame
    components: pd.DataFrame


def scca_tables(
    chosen: Sequence[FoldEmbeddings],
    label_free: Sequence[FoldEmbeddings],
    test: PairingTest,
    settings: SccaSettings,
    seed: int,
) -> SccaTables:
    """Sparse CCA of the interpreted encoders, and correlations of label-free ones at the same penalties.

    Parameters
    ----------
    chosen, label_free
        The folds' people with the embeddings of either kind of encoders.
    test
        How pairings are tested.
    """
    study = fit_study(chosen, settings, seed)
    beside = align(fit_chosen(label_free, study.grid[study.grid["chosen"]], settings))
    correlations = [
        correlation_table(folds, test, seed, encoders)
        for encoders, folds in (("chosen", study.folds), ("label_free", beside))
    ]
    return SccaTables(
        grid=study.grid,
        weights=weight_table(study, settings, seed),
        variates=variate_table(study.folds),
        correlations=pd.concat(correlations, ignore_index=True),
        components=component_table(study.folds, correlations[0], test, settings, seed),
    )


def weight_table(study: StudyScca, settings: SccaSettings, seed: int) -> pd.DataFrame:
    """Every node's weight, with the mean and SD that standardise it, and its stability (`schemas.WEIGHTS`)."""
    parts = []
    for number, fold in enumerate(study.folds):
        stability = node_stability(study, number, settings, seed)
        for view in VIEWS:
            for column, component in enumerate(fold.fit.numbers):
                nodes = {
                    "weight": fold.fit.weights[view][:, column],
                    "mean": fold.scalings[view].mean,
                    "sd": fold.scalings[view].sd,
                    "stability": stability[view][:, column],
                }
                table = pd.DataFrame(nodes).rename_axis("node").reset_index()
                common = {"fold": number, "view": view, "converged": fold.fit.converged[column]}
                parts.append(table.assign(component=component, **common))
    return pd.concat(parts, ignore_index=True)


def variate_table(folds: Sequence[FoldScca]) -> pd.DataFrame:
    """Everybody's canonical variates (`schemas.VARIATES`)."""
    parts = []
    for number, fold in enumerate(folds):
        people = fold.people
        facts = pd.DataFrame({"participant_id": people.ids, "part": people.part, "outcome_group": people.outcome_group})
        variates = fold.variates()
        for column, component in enumerate(fold.fit.numbers):
            own = {view: values[:, column] for view, values in variates.items()}
            parts.append(facts.assign(fold=number, component=component, **own))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(outcome_group=table["outcome_group"].astype("Int8").mask(table["outcome_group"] < 0))


def correlation_table(
    folds: Sequence[FoldScca], test: PairingTest, seed: int, encoders: str = "chosen"
) -> pd.DataFrame:
    """Correlations by part and WM group, partial ones with p where people are unseen (`schemas.CORRELATIONS`).

    The folds' p are each fold's own: folds share people, and pooling them breaks the level. Beside each
    correlation of the true pairing stands the mean over shuffled pairings of the same people. The
    holdout's correlations are descriptive: nothing is chosen by them.
    """
    parts = []
    for number, fold in enumerate(folds):
        people, variates = fold.people, fold.variates()
        unseen = people.part == "validation"
        own = {view: values[unseen] for view, values in variates.items()}
        partial_r, p = test.run(people.ids[unseen], people.family[unseen], own, seed)
        for split in _SPLITS:
            for group, codes in _GROUPS.items():
                rows = (people.part == split) & np.isin(people.outcome_group, codes)
                own = {view: values[rows] for view, values in variates.items()}
                for pairing, r in _pairings(own, seed).items():
                    tested = (split, group, pairing) == ("validation", "all", "true")
                    facts = {"fold": number, "pairing": pairing, "split": split, "group": group, "n": int(rows.sum())}
                    found = {"component": fold.fit.numbers, "r": r}
                    checked = {"partial_r": partial_r if tested else np.nan, "p": p if tested else np.nan}
                    parts.append(pd.DataFrame({**facts, **found, **checked}))
    return pd.concat(parts, ignore_index=True).assign(encoders=encoders)


def _pairings(variates: Mapping[str, np.ndarray], seed: int) -> dict[str, np.ndarray]:
    """Correlations of the true pairing, and their mean over `_SHUFFLES` random ones; NaN for fewer than 3 people."""
    imaging, genetics = variates[IMAGING], variates[GENETICS]
    if len(imaging) < 3:
        return {pairing: np.full(imaging.shape[1], np.nan) for pairing in ("true", "shuffled")}
    rng = np.random.default_rng(seed)
    shuffled = [variate_correlations(imaging, rng.permutation(genetics)) for _ in range(_SHUFFLES)]
    return {"true": variate_correlations(imaging, genetics), "shuffled": np.mean(shuffled, axis=0)}
