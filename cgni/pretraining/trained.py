"""A fold's trained imaging network, with everything that its rule writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cgni.pretraining.checkpoint import lineage, save_cnn
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.fit import Fitted
from cgni.pretraining.people import lineage_table


@dataclass(frozen=True)
class TrainedNetwork:
    """A network and how its fit went.

    Attributes
    ----------
    network : the kept network, in evaluation mode.
    fitted : learning curve and kept epoch.
    metrics : scores in the columns of `networks.schemas.METRICS`.
    groups : what was learned of the people of each part, indexed by participant_id.
    facts : plain values that the checkpoint states beside them.
    """

    network: BrainCnn
    fitted: Fitted
    metrics: pd.DataFrame
    groups: Mapping[str, pd.Series]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def curve(self) -> pd.DataFrame:
        """The learning curve, in the columns of `networks.schemas.CURVE`."""
        return self.fitted.frame()

    @property
    def lineage(self) -> pd.DataFrame:
        """Who was fitted on and who watched, in the columns of `networks.schemas.LINEAGE`."""
        return lineage_table(self.groups)

    def save(self, path: str | Path, config: Mapping[str, Any]) -> None:
        """Write the checkpoint, which names nobody; `config` is the job's part of the config."""
        facts = {"config": dict(config), **self.facts, "best_epoch": self.fitted.best_epoch}
        save_cnn(self.network, path, lineage(self.groups["fit"].index), **facts)
