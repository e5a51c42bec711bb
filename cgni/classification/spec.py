"""What a model is: one object made when the workflow is parsed, from which rules, labels and searches follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cgni.base.files import read_json


@dataclass(frozen=True)
class ModelSpec:
    """A model of Table 1, or one beside it.

    Attributes
    ----------
    name : in files and tables; label : what readers see.
    fitter : which of `classification.fitters.registry` fits it.
    features : feature sets in the order of its columns (`classification.features`).
    settings : its section of the config below `classification`; empty: none.
    keys : dotted config keys that its fit reads.
    uses : on whom it is fitted (`fit`) and who stops it or sets its probabilities (`monitor`).
    needs : what its fitter takes beside its inputs: `encoders` to train along, `networks` of the folds.
    seed : name of its stream of random numbers; models that differ by their inputs alone share one.
    encoders : name of the encoders whose embeddings it reads; empty: none.
    hidden_of : name of the network whose last hidden layer is among its features; empty: none.
    searched : name under which its settings are searched; empty: never.
    """

    name: str
    label: str
    fitter: str
    features: tuple[str, ...]
    settings: str
    keys: tuple[str, ...]
    uses: tuple[str, ...]
    seed: str
    encoders: str = ""
    hidden_of: str = ""
    searched: str = ""
    needs: tuple[str, ...] = ()

    @property
    def cleaned(self) -> bool:
        """Whether it sees a view without confounds."""
        return any(name.endswith("_cleaned") for name in self.features)

    def params(self) -> dict[str, Any]:
        """What a fit of the model needs to know of it, as plain values; the keys are the rule's own affair."""
        names = ("name", "fitter", "settings", "seed", "encoders", "hidden_of")
        lists = ("features", "uses")
        return {name: getattr(self, name) for name in names} | {name: list(getattr(self, name)) for name in lists}

    @classmethod
    def of(cls, params: Mapping[str, Any], winner: str | Path | None = None) -> "ModelSpec":
        """The spec of a job, from `params`; its label and keys stay behind.

        Parameters
        ----------
        winner
            Path of the searched settings, which may have chosen other features for the proposed model; None: no search.
        """
        features = params["features"]
        if winner and params["encoders"]:
            settings = read_json(winner)
            chosen = settings.get("classification", {}).get(params["settings"], {}).get("features")
            if chosen:
                cleaned = "imaging_cleaned" in features
                features = [f"{name}_cleaned" if cleaned and name == "imaging" else name for name in chosen]
        plain = {**params, "features": tuple(features), "uses": tuple(params["uses"])}
        return cls(label="", keys=(), **plain)
