"""The people of a fold with their embeddings, and the sparse CCA fitted on some of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.views import VIEWS
from cgni.cohort.settings import PeopleSettings
from cgni.fold_data.people import UNLABELLED, fold_parts, taught_encoders
from cgni.networks.scaling import Scaling
from cgni.scca.sparse import SparseFit


@dataclass(frozen=True, eq=False)
class FoldEmbeddings:
    """Everybody with both modalities in a fold.

    Attributes
    ----------
    ids, part, outcome, outcome_group, family : of each person; NaN and -1: no score, no group.
    seen : bool [people], whether the fold's encoders learnt from the person.
    views : float64 [people, nodes] of each view, embeddings by the fold's encoders.
    """

    ids: pd.Index
    part: np.ndarray
    outcome: np.ndarray
    outcome_group: np.ndarray
    family: np.ndarray
    seen: np.ndarray
    views: Mapping[str, np.ndarray]

    @classmethod
    def of(
        cls,
        embeddings: pd.DataFrame,
        participants: pd.DataFrame,
        splits: pd.DataFrame,
        fold: int,
        people: PeopleSettings,
    ) -> "FoldEmbeddings":
        """From one fold's table of embeddings (participant_id, imaging_0 ..., genetics_0 ...).

        Parameters
        ----------
        people
            `fit_on` and `encoders_on`: whom the encoders learnt from.
        """
        own = embeddings.sort_values("participant_id")
        ids = pd.Index(own["participant_id"])
        facts = participants.set_index("participant_id").loc[ids]
        part, outcome_group = fold_parts(splits, fold, ids), facts["outcome_group"].fillna(UNLABELLED).to_numpy(np.int8)
        return cls(
            ids=ids,
            part=part,
            outcome=facts["outcome"].to_numpy(np.float64, na_value=np.nan),
            outcome_group=outcome_group,
            seen=taught_encoders(part, outcome_group, people),
            family=facts["family"].to_numpy(),
            views={view: own.filter(regex=f"^{view}_").to_numpy(np.float64) for view in VIEWS},
        )

    def training(self) -> np.ndarray:
        """Rows of the fold's training people, bool [people]."""
        rows: np.ndarray = np.isin(self.part, ["fit", "monitor"])
        return rows

    def unseen(self) -> np.ndarray:
        """Rows of development people whom neither the fold's encoders nor its WM network were fitted on."""
        rows: np.ndarray = ~self.seen & (self.part != "holdout")
        return rows

    def fitted_rows(self, fit_on: str) -> np.ndarray:
        """Rows that sparse CCA is fitted on.

        `training`: all training people; `unseen`: those of them whom the encoders were not fitted
        on under `people.fit_on: fit`, which are the monitor people and, under `people.encoders_on:
        labelled`, the fit people without a WM group; `monitor`: the monitor people alone.
        """
        training = self.training()
        rows: dict[str, np.ndarray] = {
            "training": training,
            "unseen": training & self.unseen(),
            "monitor": self.part == "monitor",
        }
        return rows[fit_on]


@dataclass(frozen=True, eq=False)
class FoldScca:
    """A fold's people with the sparse CCA of their embeddings.

    Attributes
    ----------
    scalings : of each view's nodes, by the people of the fit.
    """

    people: FoldEmbeddings
    scalings: Mapping[str, Scaling]
    fit: SparseFit

    def standardised(self) -> dict[str, np.ndarray]:
        """Embeddings [people, nodes] of each view that has a scaling, standardised by the people of the fit."""
        return {view: scaling.apply(self.people.views[view]) for view, scaling in self.scalings.items()}

    def variates(self) -> dict[str, np.ndarray]:
        """Canonical variates [people, components] of each view."""
        return {view: values @ self.fit.weights[view] for view, values in self.standardised().items()}


def read_folds(
    embeddings: pd.DataFrame, participants: pd.DataFrame, splits: pd.DataFrame, people: PeopleSettings
) -> list[FoldEmbeddings]:
    """The people of every fold in a table of embeddings with the column `fold`."""
    folds = embeddings.groupby("fold")
    return [FoldEmbeddings.of(own, participants, splits, int(number), people) for number, own in folds]


def restore_fit(people: FoldEmbeddings, weights: pd.DataFrame) -> FoldScca:
    """The model that one fold's rows of `schemas.WEIGHTS` describe."""
    found, scalings = {}, {}
    for view in VIEWS:
        own = weights[weights["view"] == view]
        found[view] = own.pivot(index="node", columns="component", values="weight").to_numpy()
        nodes = own.drop_duplicates("node").sort_values("node")
        scalings[view] = Scaling(nodes["mean"].to_numpy(), nodes["sd"].to_numpy())
    components = weights.drop_duplicates("component").sort_values("component")
    fit = SparseFit(found, components["converged"].to_numpy(), components["component"].to_numpy())
    return FoldScca(people, scalings, fit)
