"""Tests of the canonical variates in people that nothing was fitted on: one p a component for the whole study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.base.views import VIEWS
from cgni.cohort.confounds import all_confounds
from cgni.cohort.strata import pc_strata
from cgni.scca.correlations import standardised
from cgni.scca.fold import FoldScca
from cgni.scca.matching import permutation_test
from cgni.scca.residuals import ExchangeableResiduals

_FEWEST = 3  # residuals


@dataclass(frozen=True, eq=False)
class HoldoutVariates:
    """The study's variates of its holdout people.

    Attributes
    ----------
    ids, family : of each person.
    views : float64 [people, components] of each view, the mean over folds of their standardised variates.
    """

    ids: pd.Index
    family: np.ndarray
    views: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, folds: Sequence[FoldScca]) -> "HoldoutVariates":
        """From the aligned and oriented models of all folds; a component's mean is over the folds that have it.

        Raises
        ------
        InputError
            Folds with different holdout people.
        """
        first = folds[0].people
        rows = first.part == "holdout"
        ids, count = first.ids[rows], max(fold.fit.numbers.max(initial=0) for fold in folds)
        total = {view: np.zeros((len(ids), count)) for view in VIEWS}
        for fold in folds:
            own = fold.people.ids.get_indexer(ids)
            if (fold.people.part[own] != "holdout").any() or (own < 0).any():
                raise InputError("sparse CCA: the folds have different holdout people")
            for view, values in fold.variates().items():
                total[view][:, fold.fit.numbers - 1] += standardised(values[own])
        # the number of folds that have a component only scales its sum, which no correlation depends on
        return cls(ids, first.family[rows], {view: standardised(values) for view, values in total.items()})


@dataclass(frozen=True, eq=False)
class PairingTest:
    """Whether variates of the two views correlate in given people beyond what confounds explain.

    Confounds (all of `cohort.confounds.confound_columns`, whatever `confounds.remove` took out of the
    views) are estimated anew on the people tested. Pairings of Theil's residuals are permuted within
    strata of genetic ancestry (`pc_strata`), whole families at a time, once for all components: the
    largest correlation over components is what each is compared with. With 100 people, 25 confounds
    and 5 components the level of a nominal .05 was .051 in 8,000 draws of unrelated variates (standard
    error .002), .052 with skewed variates, two strata and 20 pairs of relatives, and .109 with
    ordinary residuals.

    Attributes
    ----------
    participants : the participants table.
    confound_components : how many components stand for the user's further confounds (`confounds.components`).
    permutations : how many.
    """

    participants: pd.DataFrame
    confound_components: int
    permutations: int

    def run(
        self, ids: pd.Index, families: np.ndarray, variates: Mapping[str, np.ndarray], seed: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Partial correlation and family-wise p, float64 [components] each, of variates [people, components].

        Both are NaN where confounds leave fewer than 3 residuals.
        """
        nothing = np.full(variates[VIEWS[0]].shape[1], np.nan)
        if len(ids) < _FEWEST:
            return nothing, nothing
        residuals = ExchangeableResiduals.of(all_confounds(self.participants, ids, self.confound_components))
        kept = residuals.kept
        if len(kept) < _FEWEST:
            return nothing, nothing
        first, second = (residuals.apply(variates[view]) for view in VIEWS)
        strata = pc_strata(self.participants, ids)
        return permutation_test(first, second, strata[kept], families[kept], self.permutations, seed)
