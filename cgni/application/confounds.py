"""What a fold's confounds explain of its views, kept for people of another cohort."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from cgni.base.views import VIEWS
from cgni.cohort.confounds import CATEGORY, ConfoundModel, ConfoundRemoval, confound_columns
from cgni.cohort.settings import ConfoundSettings
from cgni.fold_data.people import FoldData

_SITE = "site_"


@dataclass(frozen=True, eq=False)
class FoldConfounds:
    """A fold's design of confounds and its coefficients for either view.

    Attributes
    ----------
    model : how confounds become a design; it names no site or category with fewer than ten fit people.
    removals : of each view.
    """

    model: ConfoundModel
    removals: Mapping[str, ConfoundRemoval]

    @classmethod
    def fit(cls, data: FoldData, participants: pd.DataFrame, settings: ConfoundSettings) -> "FoldConfounds | None":
        """From the fold's fit people alone, as `fold_data.people.remove_confounds`; None: nothing is removed."""
        if settings.remove == "none":
            return None
        fit = data.part == "fit"
        model = ConfoundModel.fit(participants, data.ids[fit], settings)
        design = model.design(participants, data.ids[fit])
        return cls(model, {view: ConfoundRemoval.fit(data.raw[view][fit], design) for view in VIEWS})

    def removed(
        self, raw: Mapping[str, np.ndarray], participants: pd.DataFrame, ids: pd.Index
    ) -> dict[str, np.ndarray]:
        """Views float32 [people, columns] without what confounds of `ids` explain; unknown ones are the mean."""
        design = self.design(participants, ids)
        return {view: (raw[view] - self.removals[view].explained(design)).astype(np.float32) for view in VIEWS}

    def design(self, participants: pd.DataFrame, ids: pd.Index) -> np.ndarray:
        """`ConfoundModel.design` by the levels of the study that was fitted, whatever levels these people have."""
        values = (self._columns(participants, ids).to_numpy() - self.model.mean) / self.model.sd
        return np.asarray(np.nan_to_num(values) @ self.model.axes)

    def unknown(self, participants: pd.DataFrame, ids: pd.Index) -> pd.Series:
        """Share of `ids` whose value is unknown, by column of the design."""
        return self._columns(participants, ids).isna().mean()

    def state(self) -> dict[str, Any]:
        """Plain types and tensors."""
        model, arrays = self.model, ("mean", "sd", "axes")
        # of sites those with an indicator; the first place is that of the one without
        sites = ["", *(site for site in model.sites[1:] if f"{_SITE}{site}" in model.names)]
        own = {name: torch.from_numpy(np.ascontiguousarray(getattr(model, name))) for name in arrays}
        coefficients = {view: torch.from_numpy(self.removals[view].coefficients.copy()) for view in VIEWS}
        return {"sites": sites, "names": list(model.names), **own, "coefficients": coefficients}

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> "FoldConfounds | None":
        """From what `state` gave; None of an empty one."""
        if not state:
            return None
        arrays = [state[name].numpy() for name in ("mean", "sd", "axes")]
        model = ConfoundModel(list(state["sites"]), list(state["names"]), *arrays)
        return cls(model, {view: ConfoundRemoval(state["coefficients"][view].numpy()) for view in VIEWS})

    def _columns(self, participants: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
        columns = confound_columns(participants, ids, self.model.sites)
        people = participants.set_index("participant_id").loc[list(ids)]
        for field in (name for name in people.columns if name.startswith(CATEGORY)):
            for name in (name for name in self.model.names if name.startswith(f"{field}_")):
                level = people[field] == name.removeprefix(f"{field}_")
                columns[name] = level.astype("float64").where(people[field].notna())
        return columns.reindex(columns=self.model.names)
